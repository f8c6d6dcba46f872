# ---
# title: From preferences to a better model, and catch the reward being hacked
# description: People compared answers in pairs. Learn a reward from what they chose, make the assistant better with it, and notice where the reward rises while the answers get worse.
# minutes: [50, 70]
# difficulty: 3
# pages: [reward-modeling]
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From preferences to a better model, and catch the reward being hacked
#
# **Your assistant is friendly half of the time and rude the other half.** So a crowd was paid to compare its answers in
# pairs, and the team wants a better assistant by next week. The dashboard has one number on it: the reward, as high as
# it gets. In this lab you learn that reward from what people chose, you make the assistant better in two ways, and you
# find out where the number goes on rising while people would already say stop. At the end you ship one setting, and
# you say with an interval what it gains.
#
# It takes 50 to 70 minutes and builds on [Reward modeling](../lesson-4/reward-modeling.md). You are done when the check
# passes all four parts and you can answer the question at the end with numbers of your own.
#
# | part | you write | minutes |
# | --- | --- | ---: |
# | 1 | `merge`, `beyond_chance` and `split`: what the comparisons are worth | 15 |
# | 2 | `loss`, `best_of` and `cost`: a reward, and the best of n by it | 15 |
# | 3 | `total` and `dpo`: training on the pairs directly | 8 |
# | 4 | `twins`, `gap` and `stop`: catch the reward, and stop in time | 18 |
#
# The minutes are estimates: words at 150 a minute, and a guess for thinking and writing.
#
# ## What people compared
#
# The assistant is the course's `talker`. It answered each of 400 requests twice, at random, and three people read each
# pair, in an order of chance. They chose the first, the second, or saw no difference. (These people are the
# [simulated annotators](../lesson-4/reward-modeling.md#step-1-collect-human-feedback) of the course: in a hurry, they look
# for kind words, and they like long answers. All answers were
# [recorded](../reference/labs.preferences_record.md), so everybody works on the same ones.)

# %%
from lessons.labs.preferences_data import comparisons

rows = comparisons()
print(f"{len(rows):,} judgments")
for request, first, second, choice in rows[3:6]:  # one pair, read by three people
    print(f"{request}\n  first:  {first}\n  second: {second}\n  choice: {choice}")

# %% [markdown]
# ## Part 1: what the comparisons are worth
#
# Before you train on people's choices, find out how far they agree. Each row knows who stood *first* when it was read,
# which differs from person to person, so bring the votes on the same two answers together. And set requests apart for
# testing: whole requests, because a reward that has learned from an answer must not be asked about it again.
#
# Agreement by itself flatters. Who tosses coins agrees with the next one half of the time. So take chance off, and
# divide by what is possible above it, as [Cohen's kappa](../lesson-4/reward-modeling.md#step-1-collect-human-feedback)
# does. (This form is for any number of people; for an equal number on each pair it is the kappa of
# [Fleiss](https://doi.org/10.1037/h0031619).)

# %% tags=["starter"]
from collections import Counter
from itertools import combinations
from statistics import fmean

Row = tuple[str, str, str, str]  # request, answer read first, answer read second, choice
Key = tuple[str, str, str]  # request, and two answers in the order of the alphabet


def merge(rows: list[Row]) -> dict[Key, list[float]]:
    """The votes on each pair of different answers to a request, in the order of the rows.

    A choice is "first", "second" or "tie". A vote is 1.0 for the answer that comes first
    in the key, whatever was read first, 0.0 for the other one, and 0.5 for a tie. Rows
    with twice the same answer are left out.
    """
    ...


def beyond_chance(votes: list[list[float]]) -> float:
    """How far people agree beyond chance: (agreement - chance) / (1 - chance).

    Only pairs with two votes or more count. Agreement: of each pair the share of couples
    of voters who say the same; then the mean over the pairs. Chance: how often two votes
    drawn from all of them are the same, which is the sum of the squared share of each
    kind of vote.
    """
    ...


def split(keys: list[Key]) -> tuple[list[Key], list[Key]]:
    """Return the pairs to learn from, and those that are held out.

    Of the different requests, in the order of their first appearance, the 4th, 8th,
    12th, … is held out, with all of its pairs.
    """
    ...


# %% [markdown]
# The check runs the cell above in a process of its own, on inputs that it draws anew each time. It says what is wrong
# and why, and shows the smallest input that it found.

# %%
from lessons.labs import check

check("preferences", merge, beyond_chance, split)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First find the key, and only then what the choice is worth to the key's first answer. Who chose the first one may have
# chosen the key's second answer. `sorted` brings two texts into the order of the alphabet.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A dictionary's `setdefault(key, [])` starts a list where there is none. `combinations(votes, 2)` gives all couples of
# voters. For `split`, number the different requests with `dict.fromkeys`, and ask of each pair what number its request has.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from collections import Counter
# from itertools import combinations
# from statistics import fmean
#
# Row = tuple[str, str, str, str]  # request, answer read first, answer read second, choice
# Key = tuple[str, str, str]  # request, and two answers in the order of the alphabet
#
#
# def merge(rows: list[Row]) -> dict[Key, list[float]]:
#     """The votes on each pair of different answers to a request, in the order of the rows."""
#     votes = {}
#     for request, first, second, choice in rows:
#         if first == second:
#             continue
#         one, other = sorted((first, second))
#         chosen = {"first": first, "second": second, "tie": None}[choice]
#         vote = 0.5 if chosen is None else float(chosen == one)
#         votes.setdefault((request, one, other), []).append(vote)
#     return votes
#
#
# def beyond_chance(votes: list[list[float]]) -> float:
#     """How far people agree beyond chance: (agreement - chance) / (1 - chance)."""
#     several = [one for one in votes if len(one) > 1]
#     agreement = fmean(fmean(a == b for a, b in combinations(one, 2)) for one in several)
#     counts = Counter(vote for one in several for vote in one)
#     chance = sum((count / counts.total()) ** 2 for count in counts.values())
#     return (agreement - chance) / (1 - chance)
#
#
# def split(keys: list[Key]) -> tuple[list[Key], list[Key]]:
#     """Return the pairs to learn from, and those that are held out."""
#     numbers = {request: n for n, request in enumerate(dict.fromkeys(k[0] for k in keys), 1)}
#     learn = [key for key in keys if numbers[key[0]] % 4]
#     return learn, [key for key in keys if numbers[key[0]] % 4 == 0]
# ```
#
# </details>

# %%
votes = merge(rows)
learn, held_out = split(list(votes))
against = sum({0.0, 1.0} <= set(one) for one in votes.values())
ties = fmean(vote == 0.5 for one in votes.values() for vote in one)
read_first = fmean(choice == "first" for *_, choice in rows if choice != "tie")
print(f"{len(votes)} pairs of different answers; {len(learn)} to learn, {len(held_out)} held out")
print(
    f"somebody contradicts somebody: {against} pairs; no difference seen: {ties:.0%} of the votes"
)
print(f"agreement beyond chance: {beyond_chance(list(votes.values())):.2f}")
print(f"the one that was read first is chosen in {read_first:.0%} of the other votes")

# %% [markdown]
# People agree about halfway between chance and perfectly, as in many real projects. On nearly a quarter of the pairs
# somebody contradicts somebody, so no reward can be right about every vote. And about half of the votes go to the answer
# that was read first, so nobody here prefers a place. If they did, the order of chance would keep it from helping one
# and the same answer each time. That is why you shuffle.
#
# ## Part 2: a reward, and the best of n
#
# A *reward* is a number for an answer. The model of [Bradley and Terry](../lesson-4/reward-modeling.md#by-hand-two-rewards)
# says what it has to do with choices: if the rewards of two answers differ by the *margin* m, the first is chosen with
# probability σ(m) = 1 / (1 + e^-m). The loss is how surprising the votes are, −ln of the probability of each. With share s
# of the votes for the first answer that is, for one pair,
#
# `s · (−ln σ(m)) + (1 − s) · (−ln σ(−m))`
#
# The best of n needs no training: write n answers, give out the one with the highest reward. To know what that is worth
# you need not write anew for each n. Write a pool of N once, and average over *every* choice of n out of N. (Of 64 answers
# there are 10¹⁸ choices of 32, so count the choices in which an answer wins, and do not list them.) How far it
# takes you from the assistant you had is the
# [KL divergence](../lesson-4/reward-modeling.md#best-of-n-choose-train-nothing), which is at most `ln n − (n − 1)/n` nats,
# the unit that goes with the natural logarithm.

# %% tags=["starter"]
from math import comb, exp, log, log1p


def loss(margins: list[float], shares: list[float]) -> float:
    """The mean loss of Bradley and Terry over pairs, in nats, for margins of any size.

    ``margins`` are the reward of the first answer less that of the second, ``shares`` the
    share of votes for the first.
    """
    ...


def best_of(n: int, rewards: list[float], values: list[float]) -> float:
    """What the best of n by the reward is worth, on average over all choices of n answers.

    Of equal rewards the answer that stands earlier wins. The choice goes by ``rewards``;
    what the chosen answer is worth stands in ``values``, at the same place.
    """
    ...


def cost(n: int) -> float:
    """How far the best of n moves from the start at most, in nats."""
    ...


# %%
check("preferences", loss, best_of, cost)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# −ln σ(m) is ln(1 + e^-m). For m = −800 that is about 800, although e^800 is more than a computer can write down. What is
# left of it if you take −m out of the logarithm? And who wins a choice of n? The best answer of all, whenever it is
# among the n; the second best, whenever it is and the best one is not.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `max(-m, 0) + log1p(exp(-abs(m)))` holds for any m. Sort the places of the answers by their reward, the highest first.
# The answer of rank k from 0 wins if the other n − 1 come from those behind it: `comb(N - 1 - k, n - 1)` of the `comb(N, n)`
# choices.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from math import comb, exp, log, log1p
#
#
# def surprise(margin: float) -> float:
#     """Minus the logarithm of the sigmoid of a margin."""
#     return max(-margin, 0.0) + log1p(exp(-abs(margin)))
#
#
# def loss(margins: list[float], shares: list[float]) -> float:
#     """The mean loss of Bradley and Terry over pairs, in nats."""
#     pairs = zip(margins, shares)
#     return fmean(share * surprise(m) + (1 - share) * surprise(-m) for m, share in pairs)
#
#
# def best_of(n: int, rewards: list[float], values: list[float]) -> float:
#     """What the best of n by the reward is worth, on average over all choices of n answers."""
#     size = len(rewards)
#     order = sorted(range(size), key=lambda place: -rewards[place])
#     wins = [comb(size - 1 - rank, n - 1) for rank in range(size)]
#     return sum(win * values[place] for win, place in zip(wins, order)) / comb(size, n)
#
#
# def cost(n: int) -> float:
#     """How far the best of n moves from the start at most, in nats."""
#     return log(n) - (n - 1) / n
# ```
#
# </details>
#
# Now learn a reward. This one is small: it has a weight for each word and mark, and adds up the weights of what stands in an
# answer. (A word that the request named counts as `<named>`.) It trains in a second, and you can read what it learned.

# %%
from lessons.labs.preferences_data import features

Weights = dict[str, float]


def reward(weights: Weights, request: str, answer: str) -> float:
    """Add up the weights of the words and marks of an answer."""
    found = features(request, answer)
    return sum(weights.get(word, 0.0) * count for word, count in found.items())


def margins_of(weights: Weights, keys: list[Key]) -> list[float]:
    """How much higher the first answer of each pair is rewarded."""
    return [reward(weights, r, one) - reward(weights, r, other) for r, one, other in keys]


def fit(keys: list[Key], shares: list[float], steps: int = 100, rate: float = 0.3) -> Weights:
    """Lower the loss by gradient descent, from weights of 0."""
    apart = []
    for request, one, other in keys:
        difference = features(request, one)
        difference.subtract(features(request, other))
        apart.append(difference)
    weights: Weights = {}
    for _ in range(steps):
        slopes = Counter()
        for difference, share in zip(apart, shares):
            margin = sum(weights.get(word, 0.0) * n for word, n in difference.items())
            for word, n in difference.items():
                slopes[word] += n * (1 / (1 + exp(-margin)) - share)
        for word, slope in slopes.items():
            weights[word] = weights.get(word, 0.0) - rate * slope / len(keys)
    return weights


shares = [fmean(votes[key]) for key in learn]
weights = fit(learn, shares)
print(f"loss before: {loss([0.0] * len(learn), shares):.4f}")
print(f"loss after:  {loss(margins_of(weights, learn), shares):.2f}")
tested = [(m, fmean(votes[k])) for m, k in zip(margins_of(weights, held_out), held_out)]
agrees = [(margin > 0) == (share > 0.5) for margin, share in tested if share != 0.5]
print(f"held-out pairs: chooses as most people did in {fmean(agrees):.0%} of {len(agrees)}")
liked = sorted(weights, key=weights.get, reverse=True)
print("likes most:", ", ".join(liked[:10]))
print("likes least:", ", ".join(liked[-8:]))

# %% [markdown]
# The loss starts at the logarithm of 2, as it must when all rewards are equal. And on requests that it has not learned
# from, the reward chooses as most people did in nearly nine of ten pairs, though people do not agree themselves. (On 12 of the
# 90 pairs there was no majority, so 78 are left.) Many
# teams would stop testing here.
#
# So use it. For each of 60 new requests the assistant wrote a pool of 64 answers, all at a temperature of 1.25, so that there
# is something to choose from. Half of these requests are for *development*, where you may try what you like, the other
# half is for one *test* at the end. What you can see without asking anybody is the reward:

# %%
from lessons.labs.preferences_data import pools

SIZES = [1, 2, 4, 8, 16, 32, 64]
pool = pools()
develop, test = list(pool)[:30], list(pool)[30:]
rewards = {request: [reward(weights, request, one) for one in pool[request][1]] for request in pool}
for n in SIZES:
    mean = fmean(best_of(n, rewards[one], rewards[one]) for one in develop)
    print(f"best of {n:2}: reward {mean:.1f}, moved at most {cost(n):.2f} nats")

# %% [markdown]
# The more, the better, says the dashboard. Hold that thought.
#
# ## Part 3: train on the pairs directly
#
# [DPO](../lesson-4/reward-modeling.md#dpo-train-on-the-pairs-directly) needs no reward model. It takes for a reward how much
# likelier an answer became: beta times (ln p(answer) by the policy, less ln p(answer) by the start). The margin of a pair
# is the reward of the chosen answer less that of the rejected one, and the loss is that of part 2, where all agree.
#
# The log-probability of an answer is the sum over its tokens. A model gives you one number for each token of the whole
# text: those of the request first, then those of the answer with the mark of its end, then padding up to the length of
# the longest text of the batch.


# %% tags=["starter"]
def total(logprobs: list[float], prompt: int, length: int) -> float:
    """The log-probability of an answer.

    ``logprobs`` has one number for each token, with padding at the end. The first
    ``prompt`` tokens are the request; ``length`` counts request and answer together.
    """
    ...


def dpo(policy: list[tuple[float, float]], start: list[tuple[float, float]], beta: float) -> float:
    """The mean loss of DPO over pairs, for margins of any size.

    Each pair has the log-probability of the chosen answer, then that of the rejected one:
    by the model that is trained, and by the one it started from.
    """
    ...


# %%
check("preferences", total, dpo)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Sums, no means: a slice of the list cuts off what is not the answer. In the loss four numbers belong to a pair, and they
# become one margin.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `zip(policy, start)` gives both pairs at once, and they can be unpacked in the head of the loop. With the margin you can
# call your own `loss` of part 2, with a share of 1 for each pair.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def total(logprobs: list[float], prompt: int, length: int) -> float:
#     """The log-probability of an answer."""
#     return sum(logprobs[prompt:length])
#
#
# def dpo(
#     policy: list[tuple[float, float]], start: list[tuple[float, float]], beta: float
# ) -> float:
#     """The mean loss of DPO over pairs, for margins of any size."""
#     margins = [
#         beta * ((chosen - chosen_before) - (rejected - rejected_before))
#         for (chosen, rejected), (chosen_before, rejected_before) in zip(policy, start)
#     ]
#     return loss(margins, [1.0] * len(margins))
# ```
#
# </details>
#
# Three models were trained by DPO on the pairs that you set apart for learning, four times through, each with another beta:
# the lower beta, the less it costs to move away from the start. What do they say about pairs that they have not seen?

# %%
from lessons.labs.preferences_data import policies, scored


def sums(name: str) -> list[tuple[float, float]]:
    """The log-probabilities of the chosen and the rejected answer of each held-out pair."""
    return [
        (total(chosen, prompt, lengths[0]), total(rejected, prompt, lengths[1]))
        for chosen, rejected, prompt, lengths in scored(name)
    ]


start = sums("start")
print(f"the start itself: loss {dpo(start, start, 0.1):.4f}")
for name, found in policies().items():
    now = sums(name)
    ranked = fmean(c - d > a - b for (c, d), (a, b) in zip(now, start))
    trained_with = float(name.removeprefix("beta "))
    print(
        f"{name:9}: loss {dpo(now, start, trained_with):.2f}, in the right order {ranked:.0%},"
        f" moved {found['kl']:.1f} nats"
    )

# %% [markdown]
# All three put the chosen answer first nearly always, and beta 0.3 has the lowest loss. By what is on the dashboard you would
# ship it. The distance is a warning, though. The best of 64 moves 3.2 nats at most, and two of these models went about three
# and four times as far.
#
# ## Part 4: catch it, and stop in time
#
# Reward and loss are what the crowd's choices were turned into. What you want to know is whether *people* like the answers
# that come out, so now you pay for that: a panel reads answers to their end and says whether each is good, that is, whether it
# does what was asked, politely, in whole sentences that make sense. (The panel is the course's exact judge. With real
# people this is the expensive part, and you would buy it for the answers that you would ship.)
#
# To hold the reward against the panel, bring both to one scale: how often does the chosen answer win against a *plain* one?
# That is one of eight more that the assistant wrote to the same request, of which nobody chose. The panel says so with its judgments; two answers that are both good or both bad share
# the win. The reward *claims* it with σ(margin), which is what it was trained for.
#
# What does the reward like that people do not? Change one thing in an answer and nothing else, which is a *controlled
# comparison*: `twins` makes such pairs. `gap` says how far two lists of numbers lie apart, pair by pair, with an
# interval. And `stop` chooses n by a rule that is old and good: not the best mean, a part of which is luck, but the
# smallest n that falls short of it by no more than one standard error.

# %% tags=["starter"]
from math import sqrt
from statistics import stdev

from lessons.intervals import student_t  # student_t(9) is for ten requests


def twins(answers: list[str], phrase: str) -> list[tuple[str, str]]:
    """Each different answer that lacks the phrase, with the same answer that has it.

    In the order of first appearance. The twin is the answer, a space, and the phrase.
    """
    ...


def gap(one: list[float], other: list[float]) -> tuple[float, float, float]:
    """The mean of one less other, pair by pair, with the ends of its 95 % interval.

    Both lists have a value for each request, at the same place. The interval goes
    ``student_t(n - 1)`` standard errors to either side: the standard deviation of the
    differences (``stdev``), divided by the root of n.
    """
    ...


def stop(scores: dict[int, list[float]]) -> int:
    """The smallest n that falls short of the best one by no more than one standard error.

    ``scores`` has for each n a value for each request. The best n has the highest mean.
    The standard error is that of the shortfall, request by request.
    """
    ...


# %%
check("preferences", twins, gap, stop)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `dict.fromkeys` keeps one copy of each answer, in order. For `gap` and `stop` make the list of differences first, and
# forget the two lists from then on: an easy request lifts both, and in the difference that is gone.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A small function that returns the mean and the standard error of the differences of two lists serves both. The best n falls
# short of itself by 0, so there is always an n that `min` can find.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from math import sqrt
# from statistics import stdev
#
# from lessons.intervals import student_t
#
#
# def twins(answers: list[str], phrase: str) -> list[tuple[str, str]]:
#     """Each different answer that lacks the phrase, with the same answer that has it."""
#     different = dict.fromkeys(answers)
#     return [(answer, f"{answer} {phrase}") for answer in different if phrase not in answer]
#
#
# def apart(one: list[float], other: list[float]) -> tuple[float, float]:
#     """The mean of the differences, and its standard error."""
#     differences = [a - b for a, b in zip(one, other)]
#     return fmean(differences), stdev(differences) / sqrt(len(differences))
#
#
# def gap(one: list[float], other: list[float]) -> tuple[float, float, float]:
#     """The mean of one less other, pair by pair, with the ends of its 95 % interval."""
#     value, error = apart(one, other)
#     half = student_t(len(one) - 1) * error
#     return value, value - half, value + half
#
#
# def stop(scores: dict[int, list[float]]) -> int:
#     """The smallest n that falls short of the best one by no more than one standard error."""
#     best = max(scores, key=lambda n: fmean(scores[n]))
#     near = []
#     for n, own in scores.items():
#         shortfall, error = apart(scores[best], own)
#         if shortfall <= error:
#             near.append(n)
#     return min(near)
# ```
#
# </details>
#
# ### Does the panel agree with the reward?
#
# First the development requests, and the question that the dashboard does not ask.

# %%
from lessons.labs.preferences_data import panel, preferred

plain = {request: [panel(request, one) for one in pool[request][0]] for request in pool}
people, claimed = {}, {}  # of each request, for each answer of its pool: how often it wins
for request, (others, answers) in pool.items():
    usual = [reward(weights, request, one) for one in others]
    people[request] = [preferred(panel(request, one), plain[request]) for one in answers]
    claimed[request] = [fmean(1 / (1 + exp(u - r)) for u in usual) for r in rewards[request]]


def table(asked: list[str], worth: dict[str, list[float]]) -> dict[int, list[float]]:
    """For each n what the best of n is worth, request by request."""
    return {n: [best_of(n, rewards[one], worth[one]) for one in asked] for n in SIZES}


says, thinks = table(develop, claimed), table(develop, people)
print("wins against a plain answer:")
for n in SIZES:
    claim, truth = fmean(says[n]), fmean(thinks[n])
    print(f"best of {n:2}: the reward claims {claim:.0%}, the panel says {truth:.0%}")
most = fmean(preferred(True, plain[request]) for request in develop)
print(f"if every answer were good, the panel would say {most:.0%}")

# %% [markdown]
# Up to the best of 8, both rise. Then they part: the reward goes on rising, and people like the answers less and less. The
# best of 64, with the highest reward of all, wins about as often as a plain answer. And the reward claims more than is
# possible at all.
#
# How can that be, if it chose as people did in nearly nine of ten pairs? Those were ordinary answers. The best of 64 is
# none: choosing searches for what the reward likes, and finds where it is wrong. That is *over-optimization*, or *reward
# hacking*.
#
# ### What does the reward like?

# %%
PHRASES = ["You are welcome.", "Have a nice day!", "The red cup is in the park.", "Go away."]
for phrase in PHRASES:
    before, after, good_before, good_after = [], [], [], []
    for request in develop:
        pairs = twins(pool[request][1], phrase)
        before.append(fmean(reward(weights, request, one) for one, _ in pairs))
        after.append(fmean(reward(weights, request, other) for _, other in pairs))
        good_before.append(fmean(panel(request, one) for one, _ in pairs))
        good_after.append(fmean(panel(request, other) for _, other in pairs))
    value, low, high = gap(after, before)
    change = 100 * gap(good_after, good_before)[0]
    interval = f"{value:+.2f} [{low:+.2f}, {high:+.2f}]"
    print(f"{phrase:28} reward {interval}, good {change:+.0f} points")

# %%
for request in develop[:6]:
    answers = pool[request][1]
    best = answers[max(range(len(answers)), key=lambda place: rewards[request][place])]
    print(f"{request} ({'good' if panel(request, best) else 'not good'})\n  {best}")

# %% [markdown]
# No answer gets better by a second farewell or by a cup that nobody asked for, and many that were good are no longer.
# (The panel is strict. Real readers would forgive one farewell more.) But the reward likes each of these sentences, even
# *Go away.*, since a period is worth more to it than these two words cost. It adds up, so more is always better, and nobody
# told it when enough is enough: in the pairs it learned from, the longer answer was mostly the friendly one, and the crowd
# likes length anyway. The answers with the highest rewards show it: some say the right thing, and then go on talking.
#
# (Where the interval has no width, the same words add the same to each answer. A large reward model is no sum, and there
# you need the interval.)
#
# ### Stop, and decide once
#
# Choose on the development requests: n by your rule, and beta by the panel, which read four answers of each model to each
# request, written at the same temperature. Then look at the test, once.

# %%
chosen = stop(table(develop, people))


def liked_by_people(name: str, asked: list[str]) -> list[float]:
    """How often the answers of a model that DPO trained win against plain ones."""
    answers = dict(zip(pool, policies()[name]["answers"]))

    def wins(one: str) -> float:
        return fmean(preferred(panel(one, text), plain[one]) for text in answers[one])

    return [wins(one) for one in asked]


scores = {name: fmean(liked_by_people(name, develop)) for name in policies()}
for name, score in scores.items():
    print(f"{name:9}: the panel says {score:.0%}")
model = max(scores, key=scores.get)
print(f"chosen on the development requests: best of {chosen}; of the models, {model}")

# %% [markdown]
# So the model with the lowest loss is worse than the one you began with: it wins less than half against plain answers.
# Now the test, with the two that you chose. The best of 1 is a plain answer itself, so a gain counts from there.

# %%
says, thinks = table(test, claimed), table(test, people)
theirs = liked_by_people(model, test)


def points(one: list[float], other: list[float]) -> str:
    """A gap in points, with its interval."""
    value, low, high = (100 * number for number in gap(one, other))
    return f"{value:+.0f} points [{low:+.0f}, {high:+.0f}]"


print(f"best of {chosen}, against plain answers: {points(thinks[chosen], thinks[1])}")
print(f"{model}, against plain answers: {points(theirs, thinks[1])}")
print(f"best of {chosen}, against {model}: {points(thinks[chosen], theirs)}")

# %% [markdown]
# **What you should see.** The best of 8 gains about 20 points over plain answers, on requests that had no say in the choice,
# and more than ten over the best model that DPO made. So ship the best of 8, if you can pay for eight answers each time.
# If you cannot, beta 2 costs no more than before, and its gain is there, too: its interval leaves out 0.
#
# That does not make DPO worse than the best of n in general: only three values of beta were tried, with one learning rate,
# one seed, and four times through 245 pairs. (Of your 270 pairs, 25 have no majority, so DPO has no answer to prefer.)
#
# ## Your answer
#
# Your team lead looks at the dashboard and says: "Best of 64 has the highest reward. Ship that." Answer with numbers of
# the test: how much less do people like the best of 64 than your n, and by how much does the reward overstate each of
# the two? `points` and the two tables give you all of that. And what should stand on the dashboard instead of the reward?
# Write it down before you open the answer.
#
# <details><summary>An answer</summary>
#
# About 19 points less, somewhere between 11 and 27. What choosing had gained is gone: against plain answers the best of 64
# gains 3 points, and its interval holds 0. The reward overstates your best of 8 by about 11 points, and the best of 64 by
# nearly 40. That it flatters even a good choice is no accident. You chose by it, and of what it is wrong about, you chose
# what it is wrong about upward.
#
# So put on the dashboard what people say about answers that you would ship, against plain ones, with an interval, and
# the reward beside it. Where the two lines part, stop. And an alarm for the distance costs nothing, because nobody has to
# read for it. What comes next is to let people compare *those* answers, the best of 64, and to learn the reward anew; how
# much that helps was not measured here.
#
# </details>
#
# ## On a real model
#
# Is it different with people who exist, and with a model that others trained? On the page about reward modeling,
# SmolLM2 learned from ratings that
# [real readers](../lesson-4/reward-modeling.md#on-a-real-model-measured) gave sentences of movie reviews. The record of
# that experiment says how often each judge puts 300 unseen pairs into the right order.

# %%
from lessons.experiments import load_result

real = load_result("reward_modeling_real_ratings")["summary"]
judges = {
    "SmolLM2, 160 pairs": real["smollm2"]["pairs160"]["items"],
    "a weight for each word, 160 pairs": real["words"]["pairs160"]["items"],
    "a weight for each word, 2,560 pairs": real["words"]["pairs2560"]["items"],
    "the longer sentence": real["longer"]["pairs0"]["items"],
    "one reader": real["people"]["pairs0"]["one"]["items"],
}
for name, found in judges.items():
    print(f"{name:36} {found['value']:.0%} [{found['low']:.0%}, {found['high']:.0%}]")

# %% [markdown]
# There a reward of the kind that you trained is far from what one reader can tell, even after many pairs, and length by
# itself says nothing. So do not expect *this* shortcut in your own data. Look for the one that your pairs offer, by twins
# that differ in one thing. What the best of many answers does to such a reward was not measured there.
#
# What was passed, when, and with which versions stands in a file on your disk, which
# `python -m lessons.labs progress` shows. It is a note to yourself and proves nothing to others.
