"""Another road through the lab on preferences: other data structures, exact fractions, numpy."""

OTHER = """
from collections import defaultdict
from fractions import Fraction
import statistics


def merge(rows):
    found = defaultdict(list)
    for request, *pair, choice in rows:
        if len(set(pair)) == 2:
            ordered = tuple(sorted(pair))
            winner = {"first": 0, "second": 1}.get(choice)
            vote = 0.5 if winner is None else 1.0 if pair[winner] == ordered[0] else 0.0
            found[(request, *ordered)] += [vote]
    return dict(found)


def beyond_chance(votes):
    shared, counts = [], {1.0: 0, 0.5: 0, 0.0: 0}
    for one in votes:
        m = len(one)
        if m < 2:
            continue
        here = {kind: one.count(kind) for kind in counts}
        shared.append(Fraction(sum(k * (k - 1) for k in here.values()), m * (m - 1)))
        for kind in counts:
            counts[kind] += here[kind]
    everything = sum(counts.values())
    chance = sum(Fraction(k, everything) ** 2 for k in counts.values())
    return float(1 - (1 - sum(shared) / len(shared)) / (1 - chance))


def split(keys):
    seen, sides = [], [[], []]
    for key in keys:
        if key[0] not in seen:
            seen.append(key[0])
        sides[(seen.index(key[0]) + 1) % 4 == 0].append(key)
    return sides


def loss(margins, shares):
    import numpy as np

    m, s = np.array(margins), np.array(shares)
    return float((np.logaddexp(0, -m) * s + np.logaddexp(0, m) * (1 - s)).mean())


def best_of(n, rewards, values):
    order = sorted(range(len(rewards)), key=lambda i: (-rewards[i], i))
    left, worth = 1.0, 0.0
    for rank, place in enumerate(order):
        rest = len(order) - rank
        chance = min(1.0, n / rest)
        worth += left * chance * values[place]
        left *= 1 - chance
    return worth


def cost(n):
    return log(n) - 1 + 1 / n


def total(logprobs, prompt, length):
    return float(sum(one for place, one in enumerate(logprobs) if prompt <= place < length))


def dpo(policy, start, beta):
    margins = []
    for now, before in zip(policy, start):
        chosen, rejected = (beta * (a - b) for a, b in zip(now, before))
        margins.append(chosen - rejected)
    return sum(max(0, -m) + log1p(exp(-abs(m))) for m in margins) / len(margins)


def twins(answers, phrase):
    found = {}
    for answer in answers:
        if answer.find(phrase) < 0:
            found[answer] = " ".join([answer, phrase])
    return [list(pair) for pair in found.items()]


def gap(one, other):
    differences = [a - b for a, b in zip(one, other)]
    half = student_t(len(one) - 1) * (statistics.variance(differences) / len(one)) ** 0.5
    middle = statistics.mean(differences)
    return [middle, middle - half, middle + half]


def stop(scores):
    means = {n: sum(own) / len(own) for n, own in scores.items()}
    best = max(sorted(means), key=means.get)
    for n in sorted(scores):
        off = [b - a for a, b in zip(scores[n], scores[best])]
        if means[best] - means[n] <= statistics.stdev(off) / len(off) ** 0.5:
            return n
"""
