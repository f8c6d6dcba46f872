# ---
# title: An evaluation you would bet on
# description: A model is said to be better. Work out what its test can show, give the gain an interval that holds, check the judge against people, find what leaked, and decide.
# minutes: [45, 70]
# difficulty: 3
# pages: [evaluation]
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An evaluation you would bet on
#
# **A colleague trained the course's model further and says: "Six points better at sums."** Your team would replace
# the old model tomorrow. You get the answers of both models, the text that the new one was trained on, and one
# question: would you bet your own money on it? In this lab you find out, and the answer changes with each part.
#
# It takes 45 to 70 minutes and builds on [Evaluation](../lesson-4/evaluation.md). You are done when the check passes
# all four parts and you can say, with an interval, what you would tell your colleague.
#
# | part | you write | minutes |
# | --- | --- | ---: |
# | 1 | `needed` and `detectable`: what the test can show at all | 11 |
# | 2 | `wilson` and `gain`: intervals that hold | 14 |
# | 3 | `kappa`, `turned` and `corrected`: a judge against people | 18 |
# | 4 | `leaked` and `clean`: what the new model had read before | 12 |
# | end | your bet, and what you ask for | 5 |
#
# The minutes are estimates: words at 150 a minute, and a guess for thinking and writing.
#
# ## The answers
#
# The test has 120 sums of three numbers. Each one is asked three times, with its numbers in another order. Both models
# answered all of these questions at once, without steps. The answers are [recorded](../reference/evaluation.bet.md), so
# that everybody works on the same ones; nothing is trained here.

# %%
from lessons.evaluation.bet_sums import orders, sums_asked, training_texts
from lessons.experiments import load_result
from lessons.world.sums import sum_prompt

cells = load_result("evaluation_bet")["cells"]
recorded = {cell["parameters"]["about"]: cell["values"] for cell in cells}


def column(about: str, name: str) -> list[bool]:
    """One recorded column of answers, as hits and misses."""
    values = recorded[about]
    return [bool(values[key]) for key in values if key.startswith(f"{name}.")]


old, new = column("sums", "old"), column("sums", "new")
questions = [sum_prompt(terms) for one in sums_asked() for terms in orders(one)]
groups = [f"sum {number // 3}" for number in range(len(questions))]
print(f"{len(questions)} questions about {len(set(groups))} sums")
print(questions[:3])
print(f"right: old {sum(old) / len(old):.1%}, new {sum(new) / len(new):.1%}")

# %% [markdown]
# ## Part 1: what can this test show?
#
# Ask this before you look at a difference. Both models get the *same* questions, so a question that both get right or
# both get wrong says nothing about which is better. What counts is the share of questions on which exactly one of
# the two is right. The docstring calls it `apart`.
#
# A test should find a true difference in four of five trials; this is its *power*. With *d* for the difference, it
# takes this many questions, rounded up:
#
# `((1.96 · √apart + 0.84 · √(apart − d²)) / d)²`
#
# The code has more digits of the two numbers, as `LUCK` and `POWER`. Take those, or your result may be a question off.

# %% tags=["starter"]
from math import ceil, sqrt

LUCK, POWER = 1.959964, 0.841621  # the two numbers of the formula, with more digits


def needed(old: float, new: float, apart: float) -> int:
    """How many questions show that two models differ, in four of five trials.

    ``old`` and ``new`` are their true shares of right answers, ``apart`` is the share
    of questions on which exactly one of them is right. The shares differ, by no more
    than ``apart``.
    """
    ...


def detectable(questions: int, apart: float) -> float | None:
    """The smallest difference that needs no more than so many questions.

    Try steps of 0.001, up to ``apart``. None if even that difference needs more.
    """
    ...


# %% [markdown]
# The check runs your function, with what it needs of the cells above, in a process of its own, on inputs that it draws
# anew each time. It says what is wrong and why. (In a file of your own, the shell checks it, as below under "Run this lab". For the cells between the parts
# begin with `from my_evaluation import *`, and leave out those in which you write.)

# %%
from lessons.labs import check

check("evaluation", needed, detectable)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The formula knows the difference of the two shares, and never the shares themselves. The new model may also be the
# worse one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Write a small function that takes the difference and `apart`, because both functions need it. For `detectable`, go
# through `step / 1000` from 1 on and return the first one that is small enough.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from math import ceil, sqrt
#
# LUCK, POWER = 1.959964, 0.841621  # the two numbers of the formula, with more digits
#
#
# def for_difference(difference: float, apart: float) -> int:
#     """How many questions show a difference of two models."""
#     distance = LUCK * sqrt(apart) + POWER * sqrt(apart - difference**2)
#     return ceil((distance / difference) ** 2)
#
#
# def needed(old: float, new: float, apart: float) -> int:
#     """How many questions show that two models differ, in four of five trials."""
#     return for_difference(abs(new - old), apart)
#
#
# def detectable(questions: int, apart: float) -> float | None:
#     """The smallest difference, in steps of 0.001, that needs no more than so many questions."""
#     for step in range(1, round(apart * 1000) + 1):
#         if for_difference(step / 1000, apart) <= questions:
#             return step / 1000
#     return None
# ```
#
# </details>
#
# Now hold the claim against it. Your team said beforehand that three points would be worth the change.

# %%
apart = sum(a != b for a, b in zip(old, new)) / len(old)
print(f"exactly one is right on {apart:.1%} of the questions")
print(f"to find 3 points: {needed(0.24, 0.27, apart):,} questions")
for count in (len(old), len(set(groups))):
    print(f"with {count} questions, found are {detectable(count, apart):.1%} and more")

# %% [markdown]
# So this test could hardly have shown three points. It can show about nine if all its questions are independent, and
# about fifteen in the worst case, where the three questions about a sum say only what one would. Keep that in mind
# when you now look at six.
#
# ## Part 2: an interval that holds
#
# `wilson` goes around one share, as on the page about [evaluation](../lesson-4/evaluation.md#how-much-is-luck). With z
# for `LUCK`, p for the share and n for the questions, it is
#
# `(p + z²/(2n) ± z · √(p(1 − p)/n + z²/(4n²))) / (1 + z²/n)`
#
# `gain` goes around the difference. Questions about the same sum are easy together or hard together, so they are added
# up within their *group* before anything is squared. (A bootstrap that draws whole groups again says nearly the same,
# as you will see.)

# %% tags=["starter"]
from collections import defaultdict

from lessons.intervals import student_t  # student_t(9) is for ten groups


def wilson(right: int, asked: int) -> tuple[float, float]:
    """The 95 % interval of a share: its low and its high end."""
    ...


def gain(old: list[bool], new: list[bool], groups: list[str]) -> tuple[float, float, float]:
    """How much better the new model is, with the ends of its 95 % interval.

    The gain is the mean of all differences, new minus old. For its standard error,
    take the mean off each difference, add up what is left within each group, square
    these sums and add them up; multiply by groups / (groups - 1), take the root,
    divide by the number of questions. The interval goes ``student_t(groups - 1)``
    standard errors to either side.
    """
    ...


# %%
check("evaluation", wilson, gain)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Begin with a list of differences, one for each question: 1 where only the new model is right, -1 where only the old
# one is, else 0. From then on there is one list, and the models are forgotten.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `defaultdict(float)` keeps one sum for each group. Its length is the number of groups, and `len(differences)` that
# of the questions. Both occur, at different places.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from collections import defaultdict
#
# from lessons.intervals import student_t
#
#
# def wilson(right: int, asked: int) -> tuple[float, float]:
#     """The 95 % interval of a share: its low and its high end."""
#     share, scale = right / asked, 1 + LUCK**2 / asked
#     middle = share + LUCK**2 / (2 * asked)
#     half = LUCK * sqrt(share * (1 - share) / asked + LUCK**2 / (4 * asked**2))
#     return (middle - half) / scale, (middle + half) / scale
#
#
# def gain(
#     old: list[bool], new: list[bool], groups: list[str]
# ) -> tuple[float, float, float]:
#     """How much better the new model is, with the ends of its 95 % interval."""
#     differences = [after - before for before, after in zip(old, new)]
#     value = sum(differences) / len(differences)
#     sums = defaultdict(float)
#     for group, difference in zip(groups, differences):
#         sums[group] += difference - value
#     spread = sum(total**2 for total in sums.values()) * len(sums) / (len(sums) - 1)
#     half = student_t(len(sums) - 1) * sqrt(spread) / len(differences)
#     return value, value - half, value + half
# ```
#
# </details>

# %%
from lessons.intervals import mean as bootstrap


def points(value: float, low: float, high: float) -> str:
    """A difference in points, with its interval."""
    return f"{100 * value:+.1f} points, {100 * low:+.1f} to {100 * high:+.1f}"


for name, hits in (("old", old), ("new", new)):
    low, high = wilson(sum(hits), len(hits))
    print(f"{name} alone: {sum(hits) / len(hits):.1%}, {low:.1%} to {high:.1%}")
each_alone = [str(number) for number in range(len(old))]
print("each question by itself: ", points(*gain(old, new, each_alone)))
print("three questions, one sum:", points(*gain(old, new, groups)))
drawn = bootstrap([after - before for before, after in zip(old, new)], groups)
print("bootstrap of whole sums: ", points(drawn.value, drawn.low, drawn.high))

# %% [markdown]
# Question by question, the interval leaves out 0, if barely, and somebody would now write "significantly better".
# By sums it holds 0. Nothing about the models changed, only what was counted as independent. (Wilson's intervals
# around the two scores are such a count, too: they are honest for new questions about *other* sums only when each
# question has a sum of its own.)
#
# ## Part 3: a judge against people
#
# For requests such as *Can you lend me the blue cup?* no rule knows the right answer, so the team wants a model as
# judge. Both answers to a request come from one model here, so *old* and *new* are only names: *new* is its likeliest
# answer, *old* is one that was drawn at random. The judge compared them in two orders: once with the old answer first,
# once *swapped*. Two people chose as well. (They are the
# [simulated annotators](../lesson-4/reward-modeling.md) of the course, and do not always agree.) Before you use this
# judge where no people looked, find out what it is worth:
#
# - `kappa`: how far do two agree *beyond chance*? Chance is what would remain if each said each label as often as
#   now, but without looking.
# - `turned`: how often does the verdict change when only the order does?
# - `corrected`: how often would a person have said yes, the new answer is better? *Sensitivity* is how often the judge
#   says yes where a person does, *specificity* how often it says no where a person does. With both, the judge's share
#   can be corrected (Rogan and Gladen did so for medical tests in 1978):
#
# `(the judge's share of yes + specificity − 1) / (sensitivity + specificity − 1)`


# %% tags=["starter"]
def kappa(one: list[str], other: list[str]) -> float:
    """Cohen's kappa: agreement less chance, divided by the most that this can be.

    Each list has a label for each pair, of two or more kinds; not all are the same.
    """
    ...


def turned(run: list[str], swapped: list[str]) -> float:
    """The share of pairs of which another answer wins when the two change places.

    Each verdict is the place of the answer that was chosen, as it was read then:
    ``first`` or ``second``.
    """
    ...


def corrected(verdicts: list[bool], checked: list[tuple[bool, bool]]) -> float | None:
    """The judge's share of yes, corrected by its errors, and cut off at 0 and 1.

    ``checked`` is a sample of an earlier comparison, in which the share of yes may have
    been another: the judge's yes or no, then a person's. None if sensitivity and
    specificity together do not exceed 1, or if the person never said yes, or never no.
    """
    ...


# %%
check("evaluation", kappa, turned, corrected)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Chance agrees on a label as often as the one says it, times as often as the other does. Add that up over the labels.
# And who chooses *first* in both orders has chosen two different answers.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For `corrected`, make two lists: the judge's verdicts where the person said yes, and those where the person said no.
# If one of them is empty, nothing can be said. Sensitivity and specificity are a mean of each.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def kappa(one: list[str], other: list[str]) -> float:
#     """Cohen's kappa: agreement less chance, divided by the most that this can be."""
#     agreement = sum(a == b for a, b in zip(one, other)) / len(one)
#     chance = sum(one.count(label) * other.count(label) for label in set(one)) / len(one) ** 2
#     return (agreement - chance) / (1 - chance)
#
#
# def turned(run: list[str], swapped: list[str]) -> float:
#     """The share of pairs of which another answer wins when the two change places."""
#     return sum(a == b for a, b in zip(run, swapped)) / len(run)
#
#
# def corrected(verdicts: list[bool], checked: list[tuple[bool, bool]]) -> float | None:
#     """The judge's share of yes, corrected by its errors, and cut off at 0 and 1."""
#     yes = [judge for judge, person in checked if person]
#     no = [judge for judge, person in checked if not person]
#     if not yes or not no:
#         return None
#     sensitivity, specificity = sum(yes) / len(yes), 1 - sum(no) / len(no)
#     if sensitivity + specificity <= 1:
#         return None
#     share = sum(verdicts) / len(verdicts)
#     found = (share + specificity - 1) / (sensitivity + specificity - 1)
#     return min(1.0, max(0.0, found))
# ```
#
# </details>
#
# In the recording, each value says whether the *new* answer was chosen. It was read last in the first run, and first
# in the swapped one. The earlier comparison, which a person checked, is the first 200 pairs; the share is wanted for
# the others.

# %%
last, first = column("requests", "last"), column("requests", "first")
person, second_person = column("requests", "one"), column("requests", "two")


def labels(chosen: list[bool]) -> list[str]:
    """The winner of each pair, by name."""
    return ["new" if one else "old" for one in chosen]


names = ("second person", "judge, new last", "judge, new first")
for name, chosen in zip(names, (second_person, last, first)):
    agreement = sum(a == b for a, b in zip(chosen, person)) / len(person)
    beyond = kappa(labels(chosen), labels(person))
    print(f"{name:16}  agreement {agreement:.2f}, kappa {beyond:.2f}")
run = ["second" if one else "first" for one in last]
swapped = ["first" if one else "second" for one in first]
print(f"verdicts that the order turns: {turned(run, swapped):.0%} of {len(run)}")

# %%
for name, chosen in (("new last", last), ("new first", first)):
    checked = list(zip(chosen, person))[:200]
    found = [sum(one for one, yes in checked if yes == side) for side in (True, False)]
    yes = sum(person[:200])
    beyond = found[0] / yes - found[1] / (200 - yes)  # what the correction divides by
    rest = chosen[200:]
    counted, better = sum(rest) / len(rest), corrected(rest, checked)
    print(f"judge, {name}: {counted:.0%}, corrected {better:.0%} (by {beyond:.2f})")
both = last[200:] + first[200:]
print(f"judge, both orders: {sum(both) / len(both):.0%}")
print(f"a person: {sum(person[200:]) / len(rest):.0%}, of {len(rest)} pairs")

# %% [markdown]
# **Agreement hides what kappa shows.** Three of four verdicts agree with a person even with the new answer last, as
# nearly always the old answer wins. Beyond chance, hardly anything is left. And for every third pair the *order*
# decides, so a team that always shows the new answer last measures its judge's taste for places.
#
# **A correction repairs a biased judge, not a blind one.** With the new answer first, the judge calls it better too
# often, and the corrected share is near that of a person. With the new answer last, it sees little of what a person
# sees: the correction divides by a small number, which makes the luck of a small sample several times larger, and the
# result is worse than no correction. So look at that number first. Where it is near 0, get another judge. And ask in
# both orders: what a place gives to one answer it then gives to the other, and here the mean of both comes close to the
# person's share with no correction at all.
#
# ## Part 4: what had the new model read?
#
# Back to the sums. You have the text that the new model was trained on. A question has *leaked* if a run of its words
# stands in that text. And if one question of a group leaked, the others of that group are no longer new either. `words`
# is given: capitals and marks do not matter.

# %% tags=["starter"]
import re


def words(text: str) -> list[str]:
    """The words of a text, small; numbers are words, too. (Given.)"""
    return re.findall(r"\w+", text.lower())


def leaked(items: list[str], texts: list[str], size: int) -> list[bool]:
    """Say of each item whether it shares a run of ``size`` words with one of the texts.

    A run is words that stand side by side. An item of fewer words has leaked if all of
    it is such a run.
    """
    ...


def clean(
    old: list[bool], new: list[bool], groups: list[str], leaks: list[bool]
) -> tuple[list[bool], list[bool], list[str]]:
    """Leave out each group of which a question leaked.

    Returns ``old``, ``new`` and ``groups`` of the rest, each as a list.
    """
    ...


# %%
check("evaluation", leaked, clean)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Make the runs of an item, then search each text for each of them. Compare whole words: the 3 of 31 is not a 3.
# For `clean`, first collect the groups that have to go.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Joined with spaces, and with one more space before and behind, a run can be searched in a text with `in`. Of `n`
# words, there are `n - size + 1` runs.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# import re
#
#
# def words(text: str) -> list[str]:
#     """The words of a text, small; numbers are words, too. (Given.)"""
#     return re.findall(r"\w+", text.lower())
#
#
# def leaked(items: list[str], texts: list[str], size: int) -> list[bool]:
#     """Say of each item whether it shares a run of ``size`` words with one of the texts."""
#     read = [f" {' '.join(words(text))} " for text in texts]
#     found = []
#     for item in items:
#         own = words(item)
#         length = min(size, len(own))
#         runs = [" ".join(own[i : i + length]) for i in range(len(own) - length + 1)]
#         found.append(any(f" {run} " in text for run in runs for text in read))
#     return found
#
#
# def clean(
#     old: list[bool], new: list[bool], groups: list[str], leaks: list[bool]
# ) -> tuple[list[bool], list[bool], list[str]]:
#     """Leave out each group of which a question leaked."""
#     gone = {group for group, leak in zip(groups, leaks) if leak}
#     rows = [row for row, group in enumerate(groups) if group not in gone]
#     return [old[row] for row in rows], [new[row] for row in rows], [groups[row] for row in rows]
# ```
#
# </details>
#
# Each question has seven words, *question what is 3 5 1 answer*. Search for all seven, and see what fewer would find.

# %%
texts = training_texts()
print(f"{len(texts):,} texts, the first: {texts[0]!r}")
for size in (4, 5, 6, 7):
    leaks = leaked(questions, texts, size)
    hit = {group for group, leak in zip(groups, leaks) if leak}
    print(f"runs of {size}: {sum(leaks):3} of 360 questions, {len(hit):3} of 120 sums")

# %%
leaks = leaked(questions, texts, 7)
alone = [row for row, leak in enumerate(leaks) if not leak]
kept = [[answers[row] for row in alone] for answers in (old, new, groups)]
honest = clean(old, new, groups, leaks)
print("as claimed, by sums:     ", points(*gain(old, new, groups)))
print("without leaked questions:", points(*gain(*kept)))
print("without leaked sums:     ", points(*gain(*honest)))
apart = sum(a != b for a, b in zip(honest[0], honest[1])) / len(honest[0])
print(f"new sums that show 3 points, one question each: {needed(0.24, 0.27, apart):,}")

# %% [markdown]
# **What you should see.** Half of the sums stand in the training text. Without them the gain of six points turns
# into a loss, and what looked like learning was remembering: the leak helped with the other two orders of a sum, too,
# which is why leaving out only the question that was quoted still flatters. A run of four or five words finds more questions, but
# wrongly: *question what is 3* begins many a sum.
#
# We planted this leak, and we chose one that shows clearly. Real ones are seldom so large, and seldom so easy to
# find: nobody gives you the training text, or the question was quoted in other words.
#
# ## Your answer
#
# Would you bet that the new model is better at sums? That it is worse? And what do you ask your colleague for, with a
# number in it? Write it down before you open the answer.
#
# <details><summary>An answer</summary>
#
# Do not bet on *better*: the six points are what the leaked sums gave. Do not bet on *worse* either, because the
# interval of the clean sums still holds 0. What you can say is that a gain of three points is not shown, and
# what it would take: the last line of the output, more than two thousand *new* sums, one question each, drawn after
# the training. And for requests, show the judge each pair in both orders, and have people check a sample each time.
#
# This is one training run with one seed. Even an honest test says which of these two models is better, and not
# whether training this way makes models better: for that, train several times.
#
# </details>
#
# What was passed, when, and with which versions stands in a file on your disk, which
# `python -m lessons.labs progress` shows. It is a note to yourself and proves nothing to others.
