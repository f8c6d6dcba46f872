# ---
# title: Fine-tune a classifier, and price its labels
# description: Sort messages with a line, with LoRA or with all weights, on a split that leaks nothing, and decide by a curve in money how many labels to buy.
# minutes: [40, 55]
# difficulty: 2
# pages: [fine-tuning]
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Fine-tune a classifier, and price its labels
#
# **A shop gets messages, and each one belongs into a queue: complaint, praise or question.** In a pilot, people have
# sorted 2,000 of them by hand. Forty more shops are to follow, each with products and queues of its own, and there a
# label costs half a dollar. How many labels do you buy for each shop, and what do you train with them? In this lab you
# find out, in money.
#
# It takes 40 to 55 minutes and builds on [Fine-tuning](../lesson-4/fine-tuning.md). You are done when the check passes all
# four parts and you can say, with an interval, what the next labels would earn.
#
# | part | you write | minutes |
# | --- | --- | ---: |
# | 1 | `group` and `split`: a test that nobody has read | 12 |
# | 2 | `batch`, `pooled` and `loss`: messages of any length, queues of any size | 10 |
# | 3 | `start`, `adapted` and `merged`: LoRA by hand | 10 |
# | 4 | `pick`, `costs` and `profit`: choose, report, decide | 12 |
#
# The minutes are estimates: words at 150 a minute, and a guess for thinking and writing.
#
# ## The messages
#
# They are made of the [course's world](../models/language.md). Customers write again, often without saying what it was about, and then
# the message goes where the first one went. Some send the same text twice, and some texts are passed on to others. The
# queues stand in a fixed order, and the place of a queue is its *id*, in training and in use. (If ids follow the order in
# which labels turn up, another file gives the same id to another queue, and nobody notices.)

# %%
from collections import Counter

from lessons.fine_tuning.sorting_messages import QUEUES, content, drawn_order, messages

inbox = messages()
labels = [message.queue for message in inbox]
print(QUEUES, [labels.count(queue) for queue in QUEUES])
for queue in QUEUES:
    short = [m for m in inbox if m.queue == queue and len(m.text) < 90]
    for message in short[:3]:
        print(f"{queue:9} {message.author}: {message.text}")

# %% [markdown]
# ## Part 1: a test that nobody has read
#
# If one message of a customer is learned from, and the next one tested, the test asks what has been read: the names, the
# product, perhaps the same text. So messages that belong together stay together. First find these groups, then deal whole
# groups into three parts: to learn from, to choose settings by (*validation*), and to report on (*test*). The test comes
# first, in an order drawn by lot, before anybody has looked.
#
# `content` is given: it takes greeting and signature off. Texts count as copies only if they are long, since many people
# write *Which lamp would you take?*

# %% tags=["starter"]
COPY = 12  # words: two people hardly write so many alike


def group(authors: list[str], contents: list[str]) -> list[int]:
    """Return for each message the number of its group.

    Two messages are linked if they have the same author, or the same content of COPY
    words or more. Whoever is linked over others is in one group, too. Its number is
    the place of its first message, counted from 0.
    """
    ...


def split(
    labels: list[str], groups: list[int], order: list[int]
) -> tuple[list[int], list[int], list[int]]:
    """Return the places of messages to learn from, to choose by, and to report on.

    Each group has one label, and stays together. Take the groups in the order given.
    A group goes into the test as long as the test has less than a fifth of the
    messages with this label; else into validation, as long as that has less than a
    fifth of them; else it is learned from.
    """
    ...


# %% [markdown]
# The check runs the cell above in a process of its own, on inputs that it draws anew each time. It says what is wrong
# and why, and shows a small input that it found.

# %%
from lessons.labs import check

check("classifier", group, split)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Let each message begin as a group of its own. Whenever two are linked, all messages of both groups get the smaller of the
# two numbers. For `split`, count what each part has of each label.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Remember in a dictionary where each author, and each long content, was seen first. With the place of that one and of this
# message you have two numbers; go through the list and put the smaller for the larger. In `split`, a `Counter` with the keys
# `(part, label)` tells how full each part is.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from collections import Counter
#
# COPY = 12  # words: two people hardly write so many alike
#
#
# def group(authors: list[str], contents: list[str]) -> list[int]:
#     """Return for each message the number of its group."""
#     groups, seen = list(range(len(authors))), {}
#     for place, (author, text) in enumerate(zip(authors, contents, strict=True)):
#         keys = [("author", author)]
#         if len(text.split()) >= COPY:
#             keys.append(("text", text))
#         for key in keys:
#             before = seen.setdefault(key, place)
#             small, large = sorted((groups[before], groups[place]))
#             groups = [small if number == large else number for number in groups]
#     return groups
#
#
# def split(
#     labels: list[str], groups: list[int], order: list[int]
# ) -> tuple[list[int], list[int], list[int]]:
#     """Return the places of messages to learn from, to choose by, and to report on."""
#     members = {number: [] for number in order}
#     for place, number in enumerate(groups):
#         members[number].append(place)
#     total, full = Counter(labels), Counter()
#     parts = {"test": [], "choose": [], "learn": []}
#     for places in members.values():
#         label = labels[places[0]]
#         open_parts = [p for p in ("test", "choose") if full[p, label] < total[label] / 5]
#         part = open_parts[0] if open_parts else "learn"
#         full[part, label] += len(places)
#         parts[part] += places
#     return sorted(parts["learn"]), sorted(parts["choose"]), sorted(parts["test"])
# ```
#
# </details>
#
# What would a careless split have said? Sort each message of the test by its *nearest* message among those learned from,
# the one with the most words in common. Once with your split, and once with messages dealt one by one:

# %%
from random import Random

groups = group([m.author for m in inbox], [content(m.text) for m in inbox])
parts = split(labels, groups, drawn_order(groups))
learn, choose, test = map(sorted, parts)  # in the inbox's order, as the records of part 4 are
print(f"{len(inbox):,} messages in {len(set(groups)):,} groups")
for name, part in (("learn", learn), ("choose", choose), ("test", test)):
    counts = Counter(labels[place] for place in part)
    print(f"{name:7}{len(part):5}", {queue: counts[queue] for queue in QUEUES})
words = [set(m.text.lower().split()) for m in inbox]


def nearest(known: list[int], asked: list[int]) -> float:
    """The share of messages that belong where the most similar known one does."""
    right = 0
    for place in asked:
        alike = {p: len(words[p] & words[place]) / len(words[p] | words[place]) for p in known}
        right += labels[max(alike, key=alike.get)] == labels[place]
    return right / len(asked)


shuffled = Random(0).sample(range(len(inbox)), len(inbox))
careless = nearest(shuffled[: len(learn)], shuffled[-len(test) :])
print(f"dealt one by one: {careless:.1%} right; by group: {nearest(learn, test):.1%}")

# %% [markdown]
# The careless number is about seven points too good. In a new shop nobody has written before, so the number by
# group is what you would get. Nothing about the sorter differs.
#
# ## Part 2: messages of any length, queues of any size
#
# A network reads a *batch*, a table of ids in which all rows have one length, so short rows are filled up with a pad id. A
# mask says what is real. The frozen model of this lab is a small BERT that has read reviews and never a label. It gives a
# vector for each token, pad tokens as well, and the mean over the *real* ones stands for the message. (A model that reads
# from left to right would need its last *real* token instead: the last place of a row is a pad in all but the longest.)
#
# Most messages are questions. If each one counts the same, a line that overlooks complaints is hardly punished, so each
# queue gets a weight: `weigh` is given. The loss is that of the page, the
# [negative logarithm](../lesson-4/fine-tuning.md#by-hand-what-a-loss-punishes) of what the right label got, and its
# probability is `exp(score)` divided by the sum of `exp` over all scores of the row (*softmax*).

# %% tags=["starter"]
from math import exp, log


def weigh(labels: list[str], queues: tuple[str, ...]) -> list[float]:
    """A weight for each queue, so that all queues together count alike. (Given.)"""
    return [len(labels) / len(queues) / max(1, labels.count(queue)) for queue in queues]


def batch(rows: list[list[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return ids and mask, all rows as long as the longest, filled up on the right.

    The mask is 1 for what was in a row and 0 for what was filled up. The pad id may
    also stand within a row, and is real there.
    """
    ...


def pooled(vectors: list[list[float]], mask: list[int]) -> list[float]:
    """The mean of those vectors of one message whose token is real, 1 in the mask."""
    ...


def loss(scores: list[list[float]], labels: list[int], weights: list[float]) -> float:
    """The weighted mean of minus the natural logarithm of what each label got.

    Each row has a score for each queue, and its label is an id. A row counts with the
    weight of its label; the sum is divided by the sum of these weights. Scores may be
    as large as 1,000 and as small as -1,000.
    """
    ...


# %%
check("classifier", batch, pooled, loss)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The mask follows from the lengths and not from the ids. And the logarithm of a quotient is a difference: the logarithm of
# the sum, less the score of the label.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `zip(*vectors)` gives the columns. For the sum of `exp`, take the largest score of a row off all its scores first. That
# changes no probability, and the largest `exp` is then 1.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from math import exp, log
#
#
# def weigh(labels: list[str], queues: tuple[str, ...]) -> list[float]:
#     """A weight for each queue, so that all queues together count alike. (Given.)"""
#     return [len(labels) / len(queues) / max(1, labels.count(queue)) for queue in queues]
#
#
# def batch(rows: list[list[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
#     """Return ids and mask, all rows as long as the longest, filled up on the right."""
#     longest = max(len(row) for row in rows)
#     ids = [row + [pad] * (longest - len(row)) for row in rows]
#     return ids, [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
#
#
# def pooled(vectors: list[list[float]], mask: list[int]) -> list[float]:
#     """The mean of those vectors of one message whose token is real, 1 in the mask."""
#     real = [vector for vector, one in zip(vectors, mask, strict=True) if one]
#     return [sum(column) / len(real) for column in zip(*real, strict=True)]
#
#
# def loss(scores: list[list[float]], labels: list[int], weights: list[float]) -> float:
#     """The weighted mean of minus the natural logarithm of what each label got."""
#     total = 0.0
#     for row, label in zip(scores, labels, strict=True):
#         high = max(row)
#         everything = log(sum(exp(score - high) for score in row))
#         total += weights[label] * (everything - (row[label] - high))
#     return total / sum(weights[label] for label in labels)
# ```
#
# </details>
#
# All training below uses this very loss, as PyTorch computes it (`cross_entropy` with weights). Does the company change the
# answer? Read the shortest of some messages alone, then in a batch with the others. Then see
# what weights do to the simplest sorter that there is, a *line* (logistic regression) on the frozen vectors:

# %%
from lessons.labs import classifier_model as given

rows = given.read([message.text for message in inbox[:8]])
ids, mask = batch(rows, 0)
row = min(range(8), key=lambda place: len(rows[place]))
together = given.token_vectors(ids, mask)[row]
(alone,) = given.token_vectors([rows[row]], [[1] * len(rows[row])])
vector = pooled(alone, [1] * len(alone))


def apart(other: list[float]) -> float:
    """The largest difference to the vector that the message has alone."""
    return max(abs(a - b) for a, b in zip(vector, other, strict=True))


print(f"{len(rows[row])} tokens, filled up to {len(ids[row])}")
print(f"with your mask: {apart(pooled(together, mask[row])):.3f} apart")
print(f"mean of all:    {apart(pooled(together, [1] * len(ids[row]))):.3f} apart")

# %%
for name, weights in (
    ("all messages alike", [1.0, 1.0, 1.0]),
    ("all queues alike", weigh([labels[place] for place in learn[:300]], QUEUES)),
):
    answers = given.line(learn[:300], weights)
    found = Counter(labels[p] for p in choose if QUEUES[answers[p]] == labels[p])
    total = Counter(labels[p] for p in choose)
    shares = ", ".join(f"{queue} {found[queue] / total[queue]:.0%}" for queue in QUEUES)
    print(f"{name:19} found: {shares}; in all {found.total() / total.total():.0%}")

# %% [markdown]
# **More complaints are found, and fewer messages are right in all.** Is that better? The share of right answers says no.
# It cannot know what an overlooked complaint costs, so part 4 counts in money.
#
# ## Part 3: LoRA by hand
#
# The line uses the model as it is. *LoRA* lets the model itself learn, cheaply: a large matrix *W* stays frozen, and
# beside it stand two thin ones, *A* and *B*, of which the [page](../lesson-4/fine-tuning.md#all-weights-or-a-few) has an
# example by hand. What goes in as *x* comes out as
#
# `W x + alpha / rank · B (A x)`
#
# *alpha* is a number that you choose. *A* makes a few numbers of *x* (as many as the *rank*), and *B* makes of these as
# many as *W x* has. At the start *B* is zero, so that the model begins as the one that was pre-trained. *A* is drawn by
# luck: if it were zero, too, neither would ever get a gradient. After training you can add the product into *W* once, and
# what you ship is no larger than before. Matrices are lists of rows here, and `x` is a list.

# %% tags=["starter"]
from random import Random

Matrix = list[list[float]]


def start(outputs: int, inputs: int, rank: int, seed: int) -> tuple[Matrix, Matrix]:
    """Return A and B as training begins.

    The numbers of A are drawn one by one, with a spread of 1 / √inputs around 0; the
    seed fixes them. B is zero. A makes ``rank`` numbers of ``inputs``, and B makes
    ``outputs`` numbers of ``rank``.
    """
    ...


def adapted(W: Matrix, A: Matrix, B: Matrix, alpha: float, x: list[float]) -> list[float]:
    """W x + alpha / rank · B (A x)."""
    ...


def merged(W: Matrix, A: Matrix, B: Matrix, alpha: float) -> Matrix:
    """One matrix that does the same to every x."""
    ...


# %%
check("classifier", start, adapted, merged)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A matrix has a row for each number that comes out, and each number is the sum of the products of that row with what goes
# in. The rank is the length of A. `Random(seed)` has its own method for numbers around 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Write a function `times(matrix, x)` and use it three times in `adapted`. For `merged`: the columns of the product are what
# `B` makes of each column of `A`, or take row *i* of `B` with each column of `A`, which is `zip(*A)`.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from random import Random
#
# Matrix = list[list[float]]
#
#
# def times(matrix: Matrix, x: list[float]) -> list[float]:
#     """A number for each row: the sum of its products with x."""
#     return [sum(a * b for a, b in zip(row, x, strict=True)) for row in matrix]
#
#
# def start(outputs: int, inputs: int, rank: int, seed: int) -> tuple[Matrix, Matrix]:
#     """Return A and B as training begins."""
#     luck = Random(seed)
#     A = [[luck.gauss(0, inputs**-0.5) for _ in range(inputs)] for _ in range(rank)]
#     return A, [[0.0] * rank for _ in range(outputs)]
#
#
# def adapted(W: Matrix, A: Matrix, B: Matrix, alpha: float, x: list[float]) -> list[float]:
#     """W x + alpha / rank · B (A x)."""
#     added = times(B, times(A, x))
#     return [a + alpha / len(A) * b for a, b in zip(times(W, x), added, strict=True)]
#
#
# def merged(W: Matrix, A: Matrix, B: Matrix, alpha: float) -> Matrix:
#     """One matrix that does the same to every x."""
#     columns = list(zip(*A, strict=True))
#     product = [times(columns, row) for row in B]
#     scale = alpha / len(A)
#     return [
#         [a + scale * b for a, b in zip(row, added, strict=True)]
#         for row, added in zip(W, product, strict=True)
#     ]
# ```
#
# </details>
#
# Now train with it. `Lora` is given: it puts your A and B beside the queries and values of the model, eight matrices of
# 128 × 128, with the line as its head. It trains 60 steps on 300 messages, which takes some seconds.

# %%
lora = given.Lora(learn[:300], start)
before = lora.scores(choose)
print(f"trained are {lora.trained:,} of {lora.all:,} numbers ({lora.trained / lora.all:.1%})")
base = lora.scores(choose, [W for W, _, _, _ in lora.matrices()])
print("at the start, the model is the one that was pre-trained:", before == base)
lora.train(60)
after = lora.scores(choose)
once = lora.scores(choose, [merged(*parts) for parts in lora.matrices()])
changed = sum(a.index(max(a)) != b.index(max(b)) for a, b in zip(before, after))
largest = max(abs(a - b) for one, two in zip(after, once) for a, b in zip(one, two))
print("after training, at least ten answers have changed:", changed >= 10)
print("merged, no score is further off than a thousandth:", largest < 0.001)

# %% [markdown]
# ## Part 4: choose, report, decide
#
# Sixty steps are a demonstration. For the decision, each way was trained five times with each number of labels, with other
# messages and another seed each time, and the answers are [recorded](../reference/fine_tuning.sorting.md), so that everybody
# works on the same ones. (There are 1,196 messages to learn from, so the last column has all of them.)
#
# Count in dollars. A message in the wrong queue is handled twice, which costs 1. An overlooked complaint loses customers,
# and costs 5. The share of right answers counts both alike. These prices are guesses of the shop's owner:
# change them, and see what happens.

# %% tags=["starter"]
from statistics import mean

from lessons.intervals import clustered  # clustered(values, groups) has .value, .low, .high

PRICES = [[0, 5, 5], [1, 0, 1], [1, 1, 0]]  # row: where it belongs; column: where it was put
LABEL, MESSAGES = 0.5, 10_000  # dollars for a label; messages that a shop gets in a year


def pick(validation: dict[str, list[float]]) -> str:
    """The setting with the lowest mean cost over its runs; of equal ones, the first."""
    ...


def costs(runs: list[list[int]], truth: list[int], prices: list[list[float]]) -> list[float]:
    """What each message costs, as the mean over the runs.

    A run has an answer for each message, ``truth`` where each message belongs, both as
    ids of queues.
    """
    ...


def profit(
    before: list[float], after: list[float], groups: list[int], messages: int, price: float
) -> tuple[float, float, float]:
    """What a change earns, and the low and the high end of its 95 % interval.

    ``before`` and ``after`` are the costs of the same messages. What a message saves on
    average, with its interval by groups, holds for each of ``messages``; what the change
    costs once, ``price``, is taken off. ``clustered`` wants the groups as texts.
    """
    ...


# %%
check("classifier", pick, costs, profit)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `min` with a key returns the first of several. For `costs`, each message has one answer in each run, so go through the
# columns. In `profit`, take the difference of each message first, and make one interval of these.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `zip(*runs)` gives the columns. `[str(number) for number in groups]` are the groups as texts. The three numbers that
# `clustered` finds are treated alike: times `messages`, less `price`.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from statistics import mean
#
# from lessons.intervals import clustered  # clustered(values, groups) has .value, .low, .high
#
# PRICES = [[0, 5, 5], [1, 0, 1], [1, 1, 0]]  # row: where it belongs; column: where it was put
# LABEL, MESSAGES = 0.5, 10_000  # dollars for a label; messages that a shop gets in a year
#
#
# def pick(validation: dict[str, list[float]]) -> str:
#     """The setting with the lowest mean cost over its runs; of equal ones, the first."""
#     return min(validation, key=lambda name: mean(validation[name]))
#
#
# def costs(runs: list[list[int]], truth: list[int], prices: list[list[float]]) -> list[float]:
#     """What each message costs, as the mean over the runs."""
#     answers = zip(*runs, strict=True)
#     return [mean(prices[t][a] for a in column) for t, column in zip(truth, answers, strict=True)]
#
#
# def profit(
#     before: list[float], after: list[float], groups: list[int], messages: int, price: float
# ) -> tuple[float, float, float]:
#     """What a change earns, and the low and the high end of its 95 % interval."""
#     saved = [old - new for old, new in zip(before, after, strict=True)]
#     found = clustered(saved, [str(number) for number in groups])
#     return tuple(messages * one - price for one in (found.value, found.low, found.high))
# ```
#
# </details>
#
# First the rate of LoRA and that of training all weights, on validation, with 300 labels. LoRA wants a rate ten times as
# high, so what was good for one way says nothing about the other. (The three rates of `all` are so close together that
# another five runs could turn their order. Then it matters little which one you take.)

# %%
from lessons.experiments import load_result
from lessons.fine_tuning.sorting_experiments import RATES

cells = load_result("fine_tuning_sorting")["cells"]
truth = {
    "validation": [QUEUES.index(labels[place]) for place in choose],
    "test": [QUEUES.index(labels[place]) for place in test],
}


def per_run(way: str, count: int, rate: float, part: str) -> list[float]:
    """The mean cost of a message in each of the five runs."""
    runs = given.recorded(cells, way, count, rate, part)
    return [mean(costs([run], truth[part], PRICES)) for run in runs]


for way in ("lora", "all"):
    tried = {f"{rate:g}": per_run(way, 300, rate, "validation") for rate in RATES[way]}
    shown = ", ".join(f"{rate} {mean(values):.2f}" for rate, values in tried.items())
    print(f"{way:5} dollars a message, by rate: {shown}; chosen: {pick(tried)}")

# %% [markdown]
# Now the test, once, at the chosen rates: what does a message cost, by way and by labels?

# %%
COUNTS = (75, 150, 300, 600, 1200)
bills = {
    (way, count): costs(given.recorded(cells, way, count), truth["test"], PRICES)
    for way in ("line", "lora", "all")
    for count in COUNTS
}
print("labels " + "".join(f"{count:>9,}" for count in COUNTS))
for way in ("line", "lora", "all"):
    print(f"{way:7}" + "".join(f"{mean(bills[way, count]):9.2f}" for count in COUNTS))
print("one queue for all:", f"{mean(costs([[2] * len(test)], truth['test'], PRICES)):.2f}")

# %%
from itertools import pairwise

where = [groups[place] for place in test]


def said(earned: tuple[float, float, float]) -> str:
    """A profit in words."""
    value, low, high = earned
    verdict = "buy" if low > 0 else "leave it" if high < 0 else "not clear"
    return f"{value:+7,.0f} dollars a year, {low:+7,.0f} to {high:+7,.0f}: {verdict}"


print("more labels, all weights trained:")
for fewer, more in pairwise(COUNTS):
    paid = LABEL * (more - fewer)
    step = profit(bills["all", fewer], bills["all", more], where, MESSAGES, paid)
    print(f"  {fewer:4} to {more:5,}: {said(step)}")
print("another way, 300 labels:")
for old, new in (("line", "lora"), ("lora", "all")):
    step = profit(bills[old, 300], bills[new, 300], where, MESSAGES, 0)
    print(f"  {old:>4} to {new:>5}: {said(step)}")

# %% [markdown]
# **What you should see.** Up to 300 labels, each doubling earns more than it costs, and even the low end of its interval is
# above 0. What the next ones earn is not clear. That is no proof that they earn nothing: with the test that you have, you
# cannot tell, and more messages a year would not help, since the low end of what is *saved* lies below 0 already. And look
# along the rows: all weights trained on 300 labels are as cheap as the line with four times as many. Here, training more
# saves as much as labeling more.
#
# Three limits. The intervals say what other customers would have given, for the average of five runs; the one run that you
# will use may be luckier or not. Nothing was chosen by the test, but who now tries a fourth way because of this table has
# begun to. And these are short texts of a small world: your own curve will bend elsewhere, so measure it.
#
# ## On a real model
#
# Does that hold where nobody made the world up? MiniLM, a BERT of 22 million numbers, learned to tell favorable sentences
# about movies from unfavorable ones, as people had rated them. That is
# [recorded](../lesson-4/fine-tuning.md#on-a-real-model-measured), too: 300 new sentences, five seeds, without LoRA.

# %%
real = load_result("fine_tuning_real_labels")["summary"]
names = {"words": "line on words", "vectors": "line on vectors", "all": "all weights"}
for way, name in names.items():
    shares = (
        f"{count:,}: {real[way][f'labels{count}']['test_accuracy']['mean']:.0%}"
        for count in (16, 64, 256, 1000)
        if f"labels{count}" in real[way]
    )
    print(f"{name:15}", ", ".join(shares))
for count in (16, 64, 256):
    gain = real["gain"]["all_vectors"][f"labels{count}"]
    low, value, high = (100 * gain[name] for name in ("low", "value", "high"))
    ends = f"{low:+.1f} to {high:+.1f}"
    print(f"all against the line, {count:3} labels: {value:+.1f} points, {ends}")

# %% [markdown]
# The order is the same, and the amounts are not. With few labels, training all weights gains nothing over the line that
# could not be luck; with 256, it gains some points. (These intervals are over seeds, for the same 300 sentences. How such
# sentences were parted, and what a label saves there, says the page.)
#
# ## Your answer
#
# A small shop gets 1,000 messages a year. How many labels do you buy for it, if you train all weights? Change `MESSAGES`
# in the cell of your functions, run that cell and the one that prints the profits again, and write down the last step
# that you would pay for, with its interval. Then the forty shops: would you give each a model of its own, or one model
# with forty LoRA adapters? Put a number on either side before you open the answer.
#
# <details><summary>An answer</summary>
#
# Buy 150. The step to 300 would probably earn something, some forty dollars, but its interval reaches from a loss to a gain.
# The step to 150 pays, low end and all. Fewer messages mean that each label is used less often.
#
# For the shops: all weights save about 500 dollars a year in each shop of 10,000 messages, compared with LoRA at the same
# 300 labels, and the interval is above 0. On the other side, an adapter is about a sixtieth as large as the model, one
# model in memory can serve all shops, and a shop that leaves takes only its adapter along. With a model as small as this
# one, forty copies cost nothing, so take all weights. With seven billion numbers each, forty copies take more
# than a terabyte (in 32 bits), and 500 dollars are soon spent: then LoRA, and perhaps 300 labels more, for which you now know the price.
#
# </details>
#
# What was passed, when, and with which versions stands in a file on your disk, which
# `python -m lessons.labs progress` shows. It is a note to yourself and proves nothing to others.
