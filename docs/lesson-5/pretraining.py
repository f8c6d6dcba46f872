# ---
# title: Pre-train, interrupt, resume, scale out
# description: Machines are taken away without warning. Make a training run survive that to the last digit, spread it over processes, and work out how often it should save.
# minutes: [35, 50]
# difficulty: 3
# pages: [pretraining]
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pre-train, interrupt, resume, scale out
#
# **Your run takes four days, on cheap machines that are taken away without warning.** Last week one was taken on day
# three. The run went on from its last checkpoint, the loss fell as before, and nobody can say whether the result is the
# one that you would have got without the interruption. In this lab you make a run of which you can say it: the same
# losses to the last digit, however often it is killed, and the same on two processes as on one. Then you decide how many
# machines to take and how often to save.
#
# It takes 35 to 50 minutes and builds on [Pre-training](../lesson-4/pretraining.md#stop-go-on-join-forces). You are done
# when the check passes all four parts and you can answer the question at the end with numbers of your own.
#
# | part | you write | minutes |
# | --- | --- | ---: |
# | 1 | `batch` and `shard`: who reads which examples, and when | 8 |
# | 2 | `combine`: one gradient from many | 7 |
# | 3 | `save` and `load`: a checkpoint that outlives a kill | 14 |
# | 4 | `finish` and `interval`: how often to save | 12 |
#
# The minutes are estimates: words at 150 a minute, and a guess for thinking and writing.
#
# ## The run
#
# The model is given: a small transformer in PyTorch, with AdamW, warm-up and dropout, which learns 120 short texts letter
# by letter in a second or two. This is its training loop, and the five functions that it calls as `own.…` will be yours:

# %%
import inspect

from lessons.labs.pretraining_run import launch, loop, train

print(inspect.getsource(loop))

# %% [markdown]
# `place.everyone` collects a value from each process into one list, so with one process it is a list of one. `micro` is
# how many examples are computed at once; part 2 says why there may be several such portions.
#
# ## Part 1: who reads what
#
# A run that goes on has to read what it *would have read*. So do not keep a shuffled list that a new process would have to
# find again. Let the step's number alone decide: think of all epochs as one long line of examples, first those of epoch 0,
# then those of epoch 1, and so on. Step 0 reads the first `size` of the line, step 1 the next ones. Where an epoch ends
# within a batch, the rest of the batch comes from the next epoch, so all batches have the same size.
#
# `shard` deals a batch out to several processes, of which each has a number, its *rank*. Every process takes part in every
# step, even one that got nothing.

# %% tags=["starter"]
from random import Random


def batch(seed: int, step: int, examples: int, size: int) -> list[int]:
    """The numbers of the examples that a step reads, each from 0 to examples - 1.

    Each epoch holds each example once. Each pair of seed and epoch has an order of its own,
    and nothing but the arguments decides about it. ``size`` is at most ``examples``.
    """
    ...


def shard(ids: list[int], rank: int, world: int) -> list[int]:
    """The part of a batch that the process ``rank`` computes; the first of them is 0.

    All ``world`` processes together compute each example once, and none has more than one
    example more than another. There may be fewer examples than processes.
    """
    ...


# %% [markdown]
# The check runs the cell above in a process of its own, on inputs that it draws anew each time. It says what is wrong
# and why.

# %%
from lessons.labs import check

check("pretraining", batch, shard)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Number the places of the long line from 0: step 3 with batches of 10 has the places 30 to 39. Divided by the number of
# examples, a place gives its epoch, and the remainder says where in the epoch it stands.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `Random(x)` is a source of chance of its own, and begins the same for the same `x` in every process. A text as `x` can
# hold both numbers and keep them apart. And a slice with a step, as in `ids[a::b]`, takes every b-th.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from random import Random
#
#
# def order(seed: int, epoch: int, examples: int) -> list[int]:
#     """The order in which an epoch reads the examples."""
#     numbers = list(range(examples))
#     Random(f"{seed} {epoch}").shuffle(numbers)
#     return numbers
#
#
# def batch(seed: int, step: int, examples: int, size: int) -> list[int]:
#     """The numbers of the examples that a step reads."""
#     chosen = []
#     for place in range(step * size, (step + 1) * size):
#         epoch, at = divmod(place, examples)
#         chosen.append(order(seed, epoch, examples)[at])
#     return chosen
#
#
# def shard(ids: list[int], rank: int, world: int) -> list[int]:
#     """The part of a batch that the process ``rank`` computes."""
#     return ids[rank::world]
# ```
#
# It shuffles again for each place. Keep the last order with `functools.lru_cache` if you want it fast, and for billions of
# examples compute a place's example without a list, by a *permutation* such as a Feistel network.
#
# </details>
#
# Look at the first steps of a tiny collection. Your numbers are others if you shuffle in another way:

# %%
for step in range(5):
    numbers = batch(0, step, examples=10, size=4)
    print(f"step {step} reads {numbers}, on three processes", end=" ")
    print(*(shard(numbers, rank, 3) for rank in range(3)))

# %% [markdown]
# PyTorch's `DistributedSampler` does the same job, with two choices that you avoided. It shuffles by `seed + epoch`, so
# a run with the next seed reads the same orders, one epoch earlier. And it fills up with examples that were read already, so that all
# processes get equally many.
#
# ## Part 2: one gradient from many
#
# The batch does not fit into the memory, so it is computed in *micro-batches*, one after the other, and on several
# processes at the same time. For each micro-batch you get its mean loss for a token, the gradient of this mean, and how
# many tokens it had. What would the whole batch have given at once? The texts are of different lengths, and a process
# whose shard is empty hands in `(nan, [nan, …], 0)`, since the mean of nothing is no number.


# %% tags=["starter"]
Part = tuple[float, list[float], int]  # mean loss, gradient of this mean, tokens


def combine(parts: list[Part]) -> Part:
    """What one batch of all these tokens would have given, in the form of a part.

    ``combine([(2.0, [1.0, 0.0], 3), (4.0, [0.0, 1.0], 1)])`` is ``(2.5, [0.75, 0.25], 4)``.
    There is at least one part. If none has tokens, loss and gradient are 0.
    """
    ...


# %%
check("pretraining", combine)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A mean times its number of tokens is a sum again. Sums may be added, and you divide once, at the end.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The share of a part is its tokens, divided by all tokens. Skip parts without tokens *before* you multiply, because 0 times
# nan is nan.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def combine(parts: list[Part]) -> Part:
#     """What one batch of all these tokens would have given, in the form of a part."""
#     tokens = sum(count for _, _, count in parts)
#     loss, gradient = 0.0, [0.0] * len(parts[0][1])
#     for mean, slopes, count in parts:
#         if count:
#             share = count / tokens
#             loss += share * mean
#             gradient = [total + share * slope for total, slope in zip(gradient, slopes)]
#     return loss, gradient, tokens
# ```
#
# </details>
#
# A test that you can use on any training code: change the size of the micro-batches, and nothing else. The losses must not
# move. (Without dropout, which would draw other random numbers.)


# %%
def mean_of_means(parts):
    """What many programs do."""
    losses, gradients, counts = zip(*parts)
    gradient = [sum(column) / len(parts) for column in zip(*gradients)]
    return sum(losses) / len(parts), gradient, sum(counts)


run = {"batch": batch, "shard": shard, "combine": combine}
whole = train(run, micro=10, dropout=0.0)  # all ten examples of a step at once
print(f"at once: {whole[0]:.2f} at the first step, {whole[-1]:.2f} at the last")
for name, way in (("mean of means", mean_of_means), ("yours", combine)):
    for micro in (1, 4, 6):
        losses = train({**run, "combine": way}, micro=micro, dropout=0.0)
        apart = max(abs(a - b) for a, b in zip(losses, whole))
        told = "less than 0.0001" if apart < 0.0001 else f"up to {apart:.2f}"
        print(f"{name:13}, {micro} at a time: {losses[-1]:.2f}, apart by {told}")

# %% [markdown]
# The mean of means learns as well, and no line of its output looks wrong. But its losses depend on how much fits into
# the memory. `Trainer` of transformers had this mistake [until October
# 2024](https://huggingface.co/blog/gradient_accumulation), and training on several processes has it wherever means are
# averaged.
#
# ## Part 3: a checkpoint that outlives a kill
#
# The loop hands you a step and bytes: all that the model, the optimizer and the random numbers need to go on. The kill
# may come at any moment, also while you write. And sometimes a disk or a network changes what was written. Whatever happens,
# `load` has to give back the newest checkpoint that is *whole*, exactly as it was saved.

# %% tags=["starter"]
from pathlib import Path


def save(folder: str, step: int, data: bytes) -> None:
    """Keep the bytes of a step in the folder, which is there and belongs to this run.

    If the process is killed meanwhile, ``load`` finds the checkpoint before or this one.
    Keep this checkpoint and the one before, and take older ones away.
    """
    ...


def load(folder: str) -> tuple[int, bytes] | None:
    """Step and bytes of the newest checkpoint that is whole; None if there is none.

    A damaged file, or half of one, is passed over and is no error.
    """
    ...


# %% [markdown]
# This check looks at the folder at each moment at which `save` changes something there, puts it back to that moment with
# less of the file that was being written, and calls `load`. It also damages files, in one bit and in larger pieces.

# %%
check("pretraining", save, load)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write under a name that `load` does not look for, then rename: there is no half of a renaming. For damage put a
# *digest* in front of the data, a number that nearly always changes when a bit does, such as `hashlib.sha256(data).digest()`
# with its 32 bytes. The step has to be in what is digested.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `step.to_bytes(8)` makes eight bytes of the step, and `int.from_bytes` the step of these. If the step stands in the
# name, write it with leading zeros, as in `f"step-{step:09}"`: then the order of letters is that of the numbers. Delete the
# older ones last of all.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# import hashlib
# import os
# from pathlib import Path
#
#
# def save(folder: str, step: int, data: bytes) -> None:
#     """Keep the bytes of a step, whole or not at all."""
#     body = step.to_bytes(8) + data
#     part = Path(folder, "checkpoint.part")
#     with part.open("wb") as file:
#         file.write(hashlib.sha256(body).digest() + body)
#         file.flush()
#         os.fsync(file.fileno())  # down to the disk, before it gets its name
#     part.replace(Path(folder, f"step-{step:09}"))
#     for old in sorted(Path(folder).glob("step-*"))[:-2]:
#         old.unlink()
#
#
# def load(folder: str) -> tuple[int, bytes] | None:
#     """Step and bytes of the newest checkpoint that is whole."""
#     for path in sorted(Path(folder).glob("step-*"), reverse=True):
#         data = path.read_bytes()
#         if hashlib.sha256(data[32:]).digest() == data[:32]:
#             return int.from_bytes(data[32:40]), data[40:]
#     return None
# ```
#
# The check kills the process, not the machine. If the power goes, what was written may not be on the disk yet, though the
# renaming is. That is what `os.fsync` is for, and the check cannot see whether you call it.
#
# </details>
#
# Now the proof. One run is left alone. The other is killed after step 19 by the signal that no program can catch, and
# the newest checkpoint, that of step 16, is cut in half. It is started again, killed after step 37, and started again.
# Each start is a new process, so this takes some seconds.

# %%
from tempfile import mkdtemp

from lessons.labs.pretraining_run import cut_newest

runs = Path(mkdtemp())  # a new folder each time that this cell runs, so no run finds an older one
run = {"batch": batch, "shard": shard, "combine": combine, "save": save, "load": load}
alone = train(run, runs / "alone")
print("killed:", launch(run, runs / "killed", kill=19) is None)
cut_newest(runs / "killed")
print("goes on from step", load(str(runs / "killed"))[0])
print("killed:", launch(run, runs / "killed", kill=37) is None)
survived = launch(run, runs / "killed")
print(f"last loss {survived[-1]:.2f}; all {len(alone)} losses equal:", survived == alone)
assert survived == alone

# %% [markdown]
# Equal, and not merely close. Would anybody have noticed a checkpoint that lacks something? Stop after 24 steps and go
# on without one thing: the optimizer's *moments*, the state of the *random* numbers that dropout uses, or the *step*, which
# stands for the place in the data and in the schedule of the learning rate.

# %%
for missing in ("", "moments", "random", "step"):
    folder, name = mkdtemp(), f"without {missing or 'nothing'}"
    train(run, folder, steps=24)
    losses = train(run, folder, without=missing)
    other = [n for n, (a, b) in enumerate(zip(losses, alone), 1) if a != b]
    last = sum(losses[-8:]) / 8
    print(f"{name:15}  last losses {last:.1f}, first other one:", other[0] if other else "none")

# %% [markdown]
# None of the three is an error, and the last losses look as good as before. (Without the moments, the loss of step 25 is
# still the same, since it is computed before the step that lacks them.) Without the step, the loss even ends lower: the
# run read the first texts once more, and took more steps. So a plausible loss after a restart proves nothing. Equal losses
# do, and you can have that test in a few seconds for your own training code.
#
# ## Two processes
#
# The same files work on two processes, started by `torchrun` on one machine or on many. Here both are killed once as
# well. (Again without dropout: each process draws random numbers of its own.)

# %%
folder = mkdtemp()
print("killed:", launch(run, folder, processes=2, kill=19, dropout=0.0) is None)
two = launch(run, folder, processes=2, dropout=0.0)
apart = max(abs(a - b) for a, b in zip(two, whole))
print(f"one process {whole[-1]:.2f}, two {two[-1]:.2f}; apart by less than 0.0001:", apart < 0.0001)
assert apart < 0.0001

# %% [markdown]
# The two are close, and need not be equal to the last digit, since the numbers were added in another order. More is not to
# be had without giving up speed. With your functions in a file, this is what you would type yourself:
#
# ```bash
# torchrun --nproc-per-node 2 -m lessons.labs.pretraining_run my_pretraining.py run
# ```
#
# (On Windows say `set USE_LIBUV=0` before it: PyTorch's builds for Windows may lack that library, and ask for it unless
# told otherwise.)
#
# [The script](../reference/labs.pretraining_run.md) gathers whole gradients, which is easy to read and slow. The course's
# own training leaves that to PyTorch, on [many machines](../models/scaling.md) too.
#
# ## Part 4: how often to save?
#
# Now to the four days. Say that on one machine the run is 96 hours of work, that each machine is taken once in 24 hours on
# average, at any time, and that a new one is there and has loaded the checkpoint after ten minutes. A save takes three
# minutes: seven billion weights and their two moments, in four bytes each, are 84 GB, and the disk takes half a gigabyte a
# second. Save often, and you train little. Save seldom, and you lose much.
#
# `finish` plays one run through. `interval` says what is best on average. If you save every x seconds of work, then saving
# costs you the share `save / x` of your time. And each time a machine is taken, you lose half an interval, on average:
# that is the share `(x / 2) / m`, if m is the mean time from one such stop to the next. Which x makes both together smallest?

# %% tags=["starter"]
from math import inf, sqrt


def finish(work: int, every: int, save: int, restart: int, taken: list[int]) -> int:
    """When a run is done, in seconds since its start, if machines are taken at these moments.

    After each ``every`` seconds of work, and once more at the end, it saves for ``save``
    seconds. When a machine is taken, all since the last save that was done is lost
    (one that is done at this very moment counts), and the run goes on after ``restart``
    seconds. If the machine is taken before that, the restart begins anew.
    ``taken`` is in order; ``finish(100, 30, 5, 10, [80])`` is 140.
    """
    ...


def interval(save: float, between: float, machines: int) -> float:
    """The seconds of work after which to save.

    A save takes ``save`` seconds. Each machine is taken once in ``between`` seconds on
    average, and the run stops when any of them is.
    """
    ...


# %%
check("pretraining", finish, interval)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# For `finish`, keep two numbers: what time it is, and how much work is saved. Go through the moments, with one more that
# never comes (`inf`). Up to each, do as many whole pieces as fit, each with its save.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The sum of a falling and a rising cost is smallest where its slope is 0: `save / x²` is then equal to `1 / (2 · m)`. And
# with ten machines, one of them is taken ten times as often.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from math import inf, sqrt
#
#
# def finish(work: int, every: int, save: int, restart: int, taken: list[int]) -> int:
#     """When a run is done, in seconds since its start."""
#     now = done = 0
#     for moment in [*taken, inf]:
#         while done < work:
#             piece = min(every, work - done)
#             if now + piece + save > moment:
#                 break
#             now, done = now + piece + save, done + piece
#         if done == work:
#             break
#         now = moment + restart
#     return now
#
#
# def interval(save: float, between: float, machines: int) -> float:
#     """The seconds of work after which to save."""
#     return sqrt(2 * save * between / machines)
# ```
#
# </details>
#
# The formula is Young's, of [1974](https://doi.org/10.1145/361147.361115). It neglects what happens during saves and restarts
# ([Daly](https://doi.org/10.1016/j.future.2004.11.016) refined it in 2006), and it knows only averages. So hold it against
# runs that are played through: 200 for each number below, with moments drawn at random. More machines share the work
# evenly, and if one is taken, all stop.

# %%
HOUR = 3600


def hours(machines: int, every: float, save: int = 180) -> float:
    """How long a run takes, as the mean of 200 that are played through."""
    total, work = 0, 96 * HOUR // machines
    for seed in range(200):
        rng, taken = Random(f"{machines} machines, run {seed}"), [0.0]
        while taken[-1] < 40 * work:
            taken.append(taken[-1] + rng.expovariate(machines / (24 * HOUR)))
        moments = [round(moment) for moment in taken[1:]]
        total += finish(work, round(every), save, 600, moments)
    return total / 200 / HOUR


print("hours, if it saves at                  cost at x,")
print("machines  x is    x/4    x/2      x    2x    4x   machine-hours")
for machines in (1, 4, 16, 64):
    x = interval(180, 24 * HOUR, machines)
    found = [hours(machines, x * share) for share in (1 / 4, 1 / 2, 1, 2, 4)]
    print(f"{machines:8}  {x / 60:2.0f} min", *(f"{one:5.1f}" for one in found), end="  ")
    print(f"{found[2] * machines:12.0f}")
    assert found[2] == min(found)

# %% [markdown]
# **What you should see.** Young's interval wins in each row, even with 64 machines, where hardly two saves fit between two
# stops. And the valley is flat: half or double the interval costs less than a tenth, and only with 64 machines does double
# cost a fifth. So a rough idea of how often machines are taken will do. What costs is a habit: the 93 minutes that were best
# for one machine are eight times too long for 64. Try `hours(64, 93 * 60)`.
#
# ## Your answer
#
# The result is wanted within a day and a half, and each machine-hour costs the same. How many machines do you take, and how
# often do you save? Then an engineer offers to have the checkpoint copied within the machine, so that a save stops the run for
# ten seconds only, and is written while training goes on. What would that change? Call `interval` and `hours` with
# `save=10`, and write your decision down before you open the answer.
#
# <details><summary>An answer</summary>
#
# Four machines, and a save every three quarters of an hour: 28 hours, for about 112 machine-hours. (Three would be a
# little late, with almost 37 hours.) Sixteen machines would be done in nine hours and cost a quarter more. Sixty-four pay
# for 264 machine-hours to do 96 hours of work, because they mostly save, restart and repeat.
#
# With saves of ten seconds, sixteen machines save every five and a half minutes and are done in about seven hours for
# 114 machine-hours: four times as fast as before for the same money. So what a save costs decides how far you can scale
# out. What remains are the restarts, which no interval changes: 64 machines would still cost about 165.
#
# That is too kind in one respect: `finish` counts such a save as done after ten seconds, but until it is written, three
# minutes later, a stop loses it. And 64 machines would have to save every 2.7 minutes, faster than the disk can write.
#
# </details>
#
# What was passed, when, and with which versions stands in a file on your disk, which
# `python -m lessons.labs progress` shows. It is a note to yourself and proves nothing to others.
