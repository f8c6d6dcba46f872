"""The checks of the lab "Pre-train, interrupt, resume, scale out", part by part."""

from collections.abc import Iterator
from itertools import combinations
from math import isnan, nan
from random import Random
from typing import Any

from lessons.labs import pretraining_mistakes as ways
from lessons.labs.mistakes import Case, compare, without_one
from lessons.labs.pretraining_saving import check_saving
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError, call_text, shown

__all__ = ["check_combine", "check_data", "check_plan", "check_saving"]

SIZES = ((10, 4), (24, 4), (9, 9), (15, 2))  # examples, and how many a step reads
EPOCHS = 3


# Part 1


def check_data(solution: Solution, rng: Random) -> None:
    """Each example once an epoch, whatever was asked before; and each to one process."""
    for examples, size in (*SIZES, (rng.randint(20, 40), rng.randint(3, 9))):
        lines = {seed: _line(solution, rng, seed, examples, size) for seed in (0, 1)}
        _require_epochs(lines, examples, size)
    _require_new_process(solution)
    _check_shard(solution, rng)


def _line(solution: Solution, rng: Random, seed: int, examples: int, size: int) -> list[list[int]]:
    """The batches of all steps of some epochs, asked for in any order, each of them twice."""
    steps = list(range(-(-EPOCHS * examples // size)))
    found: dict[int, Any] = {}
    for step in rng.sample(steps, len(steps)) + rng.sample(steps, len(steps)):
        got = solution.call("batch", seed, step, examples, size)
        call = call_text("batch", (seed, step, examples, size))
        if not isinstance(got, list) or not all(type(one) is int for one in got):
            raise WrongError(
                "batch does not return a list of numbers",
                "Each is the number of an example, from 0 to examples - 1.",
                call,
                shown(got),
            )
        if step in found and found[step] != got:
            raise WrongError(
                "batch answers differently when it is asked again",
                "A run that goes on asks in a new process, in which no step was asked before. So "
                "the answer may "
                "depend on nothing but the arguments.",
                call,
                f"{shown(found[step])}, then {shown(got)}",
            )
        found[step] = got
    for step in steps:
        if len(found[step]) != size:
            raise WrongError(
                "a batch has another size",
                "An epoch ends within a batch wherever it likes, and what is missing there is the "
                "beginning of the "
                "next epoch. Batches of different sizes make steps of different worth.",
                call_text("batch", (seed, step, examples, size)),
                shown(found[step]),
                f"{size} numbers",
            )
    return [found[step] for step in steps]


def _require_epochs(lines: dict[int, list[list[int]]], examples: int, size: int) -> None:
    orders = {}
    for seed, batches in lines.items():
        line = [one for batch in batches for one in batch]
        epochs = [line[at : at + examples] for at in range(0, EPOCHS * examples, examples)]
        for number, epoch in enumerate(epochs):
            if sorted(epoch) != list(range(examples)):
                raise _wrong_epoch(batches, number, epoch, seed, examples, size)
            orders[seed, number] = epoch
    _require_shuffled(orders, f"batch(seed, step, {examples}, {size}) for all steps")
    if examples > size and examples % size == 0:
        _require_mixed(orders, examples, size)


def _require_shuffled(orders: dict[tuple[int, int], list[int]], call: str) -> None:
    """Each pair of seed and epoch has an order of its own."""
    if any(order == sorted(order) for order in orders.values()):
        raise WrongError(
            "the examples are read in the order in which they lie there",
            "Neighbors come from one source and resemble each other, so a batch would be one-sided.",
            call, shown(orders[0, 0]),
        )  # fmt: skip
    if orders[0, 0] == orders[0, 1]:
        raise WrongError(
            "each epoch has the same order",
            "The model would meet the same examples in the same company each time.",
            call, f"epochs 0 and 1 of seed 0 both as {shown(orders[0, 0])}",
        )  # fmt: skip
    if orders[0, 0] == orders[1, 0]:
        raise WrongError(
            "the seed changes nothing, in the first epoch at least",
            "Runs with other seeds would read the same in the same order, so how far they differ "
            "would say "
            "nothing about the luck of the order.",
            call, f"epoch 0 of seeds 0 and 1 both as {shown(orders[0, 0])}",
        )  # fmt: skip
    if orders[0, 1] == orders[1, 0]:
        raise WrongError(
            "seed and epoch share orders: epoch 1 of seed 0 is epoch 0 of seed 1",
            "That happens where the two are added. Runs with neighboring seeds would then read "
            "nearly the same, "
            "one epoch later, and would not be independent.",
            call, f"both as {shown(orders[0, 1])}",
        )  # fmt: skip
    for one, other in combinations(orders, 2):
        if orders[one] == orders[other]:
            raise WrongError(
                "two pairs of seed and epoch share an order",
                "Each pair is to have an order of its own.",
                call,
                f"(seed, epoch) {one} and {other} both as {shown(orders[one])}",
            )


def _require_mixed(orders: dict[tuple[int, int], list[int]], examples: int, size: int) -> None:
    """Not the same batches in another order."""
    together = [
        {frozenset(orders[key][at : at + size]) for at in range(0, examples, size)}
        for key in ((0, 0), (0, 1))
    ]
    if together[0] == together[1]:
        raise WrongError(
            "the same examples always stand together in a batch",
            "The batches are shuffled, and not the examples. What stands in a batch has to change, too.",
            f"batch(0, step, {examples}, {size}) for all steps",
            shown([sorted(one) for one in together[0]]),
        )


def _wrong_epoch(
    batches: list[list[int]], number: int, epoch: list[int], seed: int, examples: int, size: int
) -> WrongError:
    """Why an epoch does not hold each example once."""
    call = f"batch({seed}, step, {examples}, {size}) for all steps"
    got = f"epoch {number}, which is numbers {number * examples} to {(number + 1) * examples - 1}: {epoch}"
    if outside := [one for one in epoch if not 0 <= one < examples]:
        return WrongError(
            "batch returns a number that no example has",
            f"There are {examples} examples, from 0 to {examples - 1}.",
            call,
            f"{outside[0]} among others",
        )
    whole = examples // size  # batches that fit into an epoch
    blocks = [
        [one for batch in batches[at : at + whole] for one in batch]
        for at in range(0, len(batches), whole)
    ]
    if all(len(set(block)) == len(block) for block in blocks):
        return WrongError(
            "the rest of an epoch is never read",
            "Where the batches do not fit into the epoch, what is left over counts, too: the next "
            "batch holds it, "
            "and goes on with the next epoch.",
            call,
            got,
        )
    twice = min(one for one in epoch if epoch.count(one) > 1)
    return WrongError(
        "an epoch reads examples twice and leaves others unread",
        f"Example {twice} comes {epoch.count(twice)} times. Draw an order of all examples for the "
        "epoch, and read "
        "it from its beginning to its end. Where an epoch ends within a batch, that batch goes on "
        "with the "
        "beginning of the next epoch's order.",
        call,
        got,
    )


def _require_new_process(solution: Solution) -> None:
    """Ask once more in a process that was asked nothing before."""
    case = (3, 5, 12, 5)
    before = solution.call("batch", *case)
    with solution.again() as fresh:
        after = fresh.call("batch", *case)
    if before != after:
        raise WrongError(
            "batch answers differently in a new process",
            "A run goes on in a new process. Python mixes a number of its own into the hash of a "
            "text, another one "
            "in each process, and the global random numbers begin anew there.",
            call_text("batch", case),
            f"{shown(before)}, then {shown(after)}",
        )


def _check_shard(solution: Solution, rng: Random) -> None:
    counts = [(4, 2), (4, 1), (10, 4), (9, 8), (2, 4), (5, 3), (rng.randint(11, 30), 4)]
    for count, world in counts:
        ids = rng.sample(range(100, 200), count)
        shards = [solution.call("shard", ids, rank, world) for rank in range(world)]
        call = f"shard({ids}, rank, {world}) for ranks 0 to {world - 1}"
        got = shown(shards)
        if not all(isinstance(one, list) for one in shards):
            raise WrongError("shard does not return a list", "An empty one counts.", call, got)
        read = [one for shard in shards for one in shard]
        if world > 1 and all(shard == ids for shard in shards):
            raise WrongError(
                "each process gets all of the batch",
                "Then nobody has less to do, and each example counts as often as there are processes.",
                call, got,
            )  # fmt: skip
        if twice := [one for one in ids if read.count(one) > 1]:
            raise WrongError(
                "an example goes to two processes",
                f"Example {twice[0]} would count twice in this step. PyTorch's DistributedSampler "
                "fills up like that "
                "so that all get equally many. Here nothing has to be filled up, because the "
                "gradients are weighed "
                "by tokens.",
                call, got,
            )  # fmt: skip
        if lost := [one for one in ids if one not in read]:
            ask = (
                "Who gets what is left over, if the batch cannot be divided?"
                if count % world
                else f"The ranks are 0 to {world - 1}."
            )
            raise WrongError(
                "an example goes to no process",
                f"Example {lost[0]} would be left out of this step, and one process alone would "
                f"have read it. {ask}",
                call, got,
            )  # fmt: skip
        if len(read) > count:
            raise WrongError(
                "shard hands out examples that the batch does not hold", "Hand out what is in the list.",
                call, got,
            )  # fmt: skip
        sizes = [len(shard) for shard in shards]
        if max(sizes) - min(sizes) > 1:
            raise WrongError(
                "one process gets more than one example more than another",
                f"They get {sizes}. All wait for the slowest in each step, so share out as evenly "
                "as can be: by the "
                "place in the list, not by the number of the example.",
                call, got,
            )  # fmt: skip


# Part 2

EXAMPLE: list[ways.Part] = [(2.0, [1.0, 0.0], 3), (4.0, [0.0, 1.0], 1)]
EMPTY: ways.Part = (nan, [nan, nan], 0)


def check_combine(solution: Solution, rng: Random) -> None:
    """The mean over all tokens, however they were cut into micro-batches."""
    first: list[ways.Part] = [(3.0, [0.5, -1.0], 7)]
    cases: list[Case] = [(EXAMPLE,), (first,), ([*EXAMPLE, EMPTY],), ([EMPTY, *first],)]
    cases += [([_part(rng, 3) for _ in range(rng.randint(2, 5))],) for _ in range(12)]
    cases.append(([EMPTY, EMPTY],))

    def fewer(case: Case) -> Iterator[Case]:
        yield from ((parts,) for parts in without_one(case[0]))

    def otherwise(_: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, tuple) or len(got) != 3 or not isinstance(got[1], list):
            return (
                "combine does not return a loss, a gradient and a count of tokens",
                "It has the form of a part, so that it can be combined again.",
            )
        if any(isinstance(one, float) and isnan(one) for one in (got[0], *got[1])):
            return (
                "a part without tokens makes it nan",
                "The mean of nothing is no number, and whatever it is multiplied by stays none. "
                "Leave such a part "
                "out. Where no part has tokens, there is nothing to learn: loss and gradient are 0.",
            )
        return (
            "combine gives another mean",
            "Wanted is the loss and the gradient that one batch of all these tokens would have.",
        )

    try:
        compare(solution, "combine", cases, ways.combine, ways.COMBINE, fewer, otherwise)
    except WrongError as error:
        if "ZeroDivisionError" in error.mistake:
            error.why = (
                "It may happen that no part has tokens, for instance in a process that got no "
                "example. There is "
                f"nothing to learn then: loss and gradient are 0. ({error.why})"
            )
        raise


def _part(rng: Random, size: int) -> ways.Part:
    slopes = [round(rng.uniform(-2, 2), 2) for _ in range(size)]
    return round(rng.uniform(0.1, 6), 2), slopes, rng.choice([1, 2, 5, 30, 200])


# Part 4


def check_plan(solution: Solution, rng: Random) -> None:
    """When a run is done whose machines are taken, and the interval that loses least."""
    cases: list[Case] = [
        (100, 30, 5, 10, [80]),
        (100, 100, 5, 10, []),
        (60, 20, 4, 6, [22, 50]),
        (40, 20, 4, 6, [30, 33]),
        (50, 20, 10, 6, [25, 90]),
        (40, 20, 4, 6, [24]),  # just when a save is done
    ]
    for _ in range(20):
        work, every = rng.randint(40, 300), rng.randint(10, 60)
        taken = sorted(rng.sample(range(5, 600), rng.randint(1, 6)))
        cases.append((work, every, rng.randint(1, 9), rng.randint(1, 30), taken))

    def fewer(case: Case) -> Iterator[Case]:
        *rest, taken = case
        yield from ((*rest, one) for one in without_one(taken))

    def otherwise(_: Case, __: Any) -> tuple[str, str]:
        return (
            "finish gives another time",
            "Go from save to save: a piece of work and its save count if both are done before the "
            "next machine is "
            "taken. If not, the run goes on from the last save, `restart` seconds after that moment.",
        )

    compare(solution, "finish", cases, ways.finish, ways.FINISH, fewer, otherwise)
    plans: list[Case] = [(60, 6 * 3600, 1), (60, 6 * 3600, 4), (10, 500, 2)]
    plans += [(rng.randint(5, 300), rng.randint(3000, 90000), rng.randint(1, 64)) for _ in range(6)]

    def other_interval(_: Case, __: Any) -> tuple[str, str]:
        return (
            "interval gives another time",
            "Wanted is where the two costs together are least: save / x for saving, and x / 2 for "
            "each stop, of which "
            "there is one in `between / machines` seconds.",
        )

    compare(
        solution, "interval", plans, ways.interval, ways.INTERVAL, lambda _: iter(()), other_interval
    )  # fmt: skip
