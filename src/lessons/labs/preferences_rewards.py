"""Wrong ways to use a reward and to train without one that people go, each as a function."""

from collections.abc import Sequence
from math import comb, exp, log, log1p
from statistics import fmean

from lessons.labs.mistakes import Mistake

# Part 2: a reward, and the best of n


def surprise(margin: float) -> float:
    """How surprising it is that the first answer was chosen, in nats; for margins of any size."""
    return max(-margin, 0.0) + log1p(exp(-abs(margin)))


def loss(margins: Sequence[float], shares: Sequence[float]) -> float:
    """The loss of Bradley and Terry: the right answer."""
    return fmean(_losses(margins, shares))


def _losses(margins: Sequence[float], shares: Sequence[float]) -> list[float]:
    return [
        share * surprise(m) + (1 - share) * surprise(-m)
        for m, share in zip(margins, shares, strict=True)
    ]


def _clipped(margins: Sequence[float], shares: Sequence[float], least: float) -> float:
    found = []
    for margin, share in zip(margins, shares, strict=True):
        chance = exp(-surprise(margin))
        chance = min(max(chance, least), 1 - least)
        found.append(-share * log(chance) - (1 - share) * log(1 - chance))
    return fmean(found)


def _decided(margins: Sequence[float], shares: Sequence[float]) -> float:
    kept = [(m, s) for m, s in zip(margins, shares, strict=True) if s != 0.5]
    return loss([m for m, _ in kept], [s for _, s in kept]) if kept else 0.0


def _both_right(margins: Sequence[float], shares: Sequence[float]) -> float:
    return fmean(
        -log(1 - abs(share - exp(-surprise(m))) or 1e-300)
        for m, share in zip(margins, shares, strict=True)
    )


LOSS = (
    Mistake(
        "the losses are added up",
        "Then twice as many pairs make twice the loss, and the start is not at the logarithm of 2.",
        lambda margins, shares: sum(_losses(margins, shares)),
    ),
    Mistake(
        "the logarithm is that to the base of 2",
        "The start would be 1. Nats are wanted, so that the start is at 0.693.",
        lambda margins, shares: loss(margins, shares) / log(2),
    ),
    Mistake(
        "the sign of the margin is wrong",
        "A large margin says that the first answer is the better one. If people chose it, that is no "
        "surprise.",
        lambda margins, shares: loss([-m for m in margins], shares),
    ),
    Mistake(
        "the share of votes is not used",
        "As if everybody had chosen the first answer. Each margin would be pushed up without end.",
        lambda margins, _: loss(margins, [1.0] * len(margins)),
    ),
    Mistake(
        "the majority counts as everybody",
        "Two of three is a share of 0.67. Rounded to 1, the reward becomes surer than people are.",
        lambda margins, shares: loss(
            margins, [share if share == 0.5 else float(share > 0.5) for share in shares]
        ),
    ),
    Mistake(
        "pairs on which people are divided are left out",
        "They say that the two rewards should be near each other.",
        _decided,
    ),
    Mistake(
        "only the part of those who chose the first answer is counted",
        "The others were surprised in the other direction. Both parts belong to the loss.",
        lambda margins, shares: fmean(
            s * surprise(m) for m, s in zip(margins, shares, strict=True)
        ),
    ),
    Mistake(
        "the probability is compared with the share, without a logarithm of each",
        "The loss is how surprising each vote is: share of the first times its surprise, plus the rest "
        "times that of the other.",
        _both_right,
    ),
    *(
        Mistake(
            "large margins are cut off",
            "The worst mistakes of a reward then cost no more than large ones, and give it no slope to "
            "learn from.",
            lambda margins, shares, most=most: loss(
                [min(max(m, -most), most) for m in margins], shares
            ),
        )
        for most in (10, 20, 30, 50, 100, 500, 700, 709)
    ),
    *(
        Mistake(
            "large margins are cut off",
            "A probability that may not come near 0 or 1 hides the worst mistakes of a reward, and gives "
            "them no slope to learn from.",
            lambda margins, shares, least=least: _clipped(margins, shares, least),
        )
        for least in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
    ),
)


def _order(rewards: Sequence[float]) -> list[int]:
    """The places of answers, the best one first; of equal ones the earlier one."""
    return sorted(range(len(rewards)), key=lambda place: -rewards[place])


def best_of(n: int, rewards: Sequence[float], values: Sequence[float]) -> float:
    """What the best of n is worth, over all choices of n: the right answer."""
    total = len(rewards)
    wins = [comb(total - 1 - rank, n - 1) for rank in range(total)]
    ranked = zip(wins, _order(rewards), strict=True)
    return float(sum(win * values[place] for win, place in ranked) / comb(total, n))


def _first_n(n: int, rewards: Sequence[float], values: Sequence[float]) -> float:
    return values[_order(rewards[:n])[0]]


def _blocks(n: int, rewards: Sequence[float], values: Sequence[float]) -> float:
    starts = range(0, len(rewards) - n + 1, n)
    return fmean(_first_n(n, rewards[i : i + n], values[i : i + n]) for i in starts)


def _with_replacement(n: int, rewards: Sequence[float], values: Sequence[float]) -> float:
    total = len(rewards)
    wins = [((total - rank) ** n - (total - rank - 1) ** n) / total**n for rank in range(total)]
    return float(sum(win * values[i] for win, i in zip(wins, _order(rewards), strict=True)))


def _later(n: int, rewards: Sequence[float], values: Sequence[float]) -> float:
    return best_of(n, rewards[::-1], values[::-1])


BEST_OF = (
    Mistake(
        "the answer is chosen by its value",
        "Nobody knows that when an answer has to be given out. The choice goes by the reward, and the "
        "value says what that was worth.",
        lambda n, _, values: best_of(n, values, values),
    ),
    Mistake(
        "the reward is reported, and not the value",
        "That the highest of many rewards is high says nothing about what people get.",
        lambda n, rewards, _: best_of(n, rewards, rewards),
    ),
    Mistake(
        "the answer with the lowest reward is taken",
        "The best one has the highest.",
        lambda n, rewards, values: best_of(n, [-r for r in rewards], values),
    ),
    Mistake(
        "the best of all answers is taken, whatever n is",
        "n answers are written, and the best of these is taken. All others count as other draws.",
        lambda _, rewards, values: best_of(len(rewards), rewards, values),
    ),
    Mistake(
        "only the first n answers are used",
        "It is one draw of many, so luck decides. All answers are there: average over every choice of n.",
        _first_n,
    ),
    Mistake(
        "the answers are cut into blocks of n",
        "That averages over a few choices of n out of very many, so it wobbles more than it has to.",
        _blocks,
    ),
    Mistake(
        "answers are drawn with replacement",
        "Then one answer may be its own rival, and n draws hold fewer than n answers. So the gain comes "
        "out too small.",
        _with_replacement,
    ),
    Mistake(
        "of equal rewards the later answer wins",
        "The docstring says which one is to win, so that there is one right result.",
        _later,
    ),
    Mistake(
        "the n best answers are averaged",
        "Only one answer is given out.",
        lambda n, rewards, values: fmean(values[i] for i in _order(rewards)[:n]),
    ),
)


def cost(n: int) -> float:
    """The most that the best of n can move away from the start, in nats: the right answer."""
    return log(n) - (n - 1) / n


COST = (
    Mistake(
        "the second part is missing",
        "It would say that the best of 2 moves by 0.69 nats. It is 0.19.",
        lambda n: log(n),
    ),
    Mistake(
        "the second part has the wrong sign",
        "The best of 1 costs nothing, and the more answers, the more it costs, but never more than log n.",
        lambda n: log(n) + (n - 1) / n,
    ),
    Mistake(
        "the logarithm is that to the base of 2",
        "Nats are wanted, as in the loss.",
        lambda n: log(n) / log(2) - (n - 1) / n,
    ),
    Mistake(
        "a pair of parentheses is missing",
        "Division comes before subtraction: it is (n - 1) / n.",
        lambda n: log(n) - n - 1 / n,
    ),
    Mistake(
        "the cost is that of writing",
        "n answers cost n times the work. Here the distance from the start is asked for.",
        lambda n: n,
    ),
)


# Part 3: DPO


def total(logprobs: Sequence[float], prompt: int, length: int) -> float:
    """The log-probability of an answer: the right answer."""
    return sum(logprobs[prompt:length])


TOTAL = (
    Mistake(
        "the mean is taken, and not the sum",
        "The log-probability of a text is the sum of those of its tokens. A mean would reward a model for "
        "adding tokens that are easy to guess.",
        lambda logs, prompt, length: total(logs, prompt, length) / (length - prompt),
    ),
    Mistake(
        "the request is counted, too",
        "It was given, and not written. In DPO it would even cancel, until the two texts are cut or padded "
        "differently.",
        lambda logs, _, length: total(logs, 0, length),
    ),
    Mistake(
        "request and padding are counted, too",
        "The request was given, and padding only fills the batch. Neither is part of the answer.",
        lambda logs, *_: sum(logs),
    ),
    Mistake(
        "padding is counted, too",
        "It only fills the batch. With it an answer gets another value beside a long one than alone.",
        lambda logs, prompt, _: sum(logs[prompt:]),
    ),
    Mistake(
        "the first token of the answer is missing",
        "The list has a number for each token, so the answer's first one stands at the place that the "
        "length of the request names.",
        lambda logs, prompt, length: total(logs, prompt + 1, length),
    ),
    Mistake(
        "the last token of the answer is missing",
        "It marks the end. A model that never ends its answers would lose nothing by it.",
        lambda logs, prompt, length: total(logs, prompt, length - 1),
    ),
    Mistake(
        "the length is taken for that of the answer alone",
        "It counts request and answer together, so it is the place at which the padding begins.",
        lambda logs, prompt, length: sum(logs[prompt : prompt + length]),
    ),
    Mistake(
        "the list is shifted by one token",
        "A model's output at one place is about the next token, so whoever reads it there has to shift. "
        "Here that is done already: place 0 of the list belongs to the first token.",
        lambda logs, prompt, length: sum(logs[prompt - 1 : length - 1]),
    ),
    Mistake(
        "it begins one token too early",
        "That is the last token of the request. The list is not shifted: its place 0 is the first token.",
        lambda logs, prompt, length: total(logs, prompt - 1, length),
    ),
    Mistake(
        "it is a probability, and no logarithm of one",
        "That of a long answer is so small that a computer rounds it to 0. Stay with logarithms.",
        lambda *case: exp(total(*case)),
    ),
)
Pairs = Sequence[tuple[float, float]]


def dpo(policy: Pairs, start: Pairs, beta: float) -> float:
    """The loss of DPO: the right answer."""
    return fmean(_dpo(policy, start, beta))


def _moved(policy: Pairs, start: Pairs) -> list[tuple[float, float]]:
    """How much likelier each answer of each pair has become."""
    return [
        (chosen - before, rejected - earlier)
        for (chosen, rejected), (before, earlier) in zip(policy, start, strict=True)
    ]


def _dpo(policy: Pairs, start: Pairs, beta: float) -> list[float]:
    return [surprise(beta * (c - r)) for c, r in _moved(policy, start)]


DPO = (
    Mistake(
        "the start is not used",
        "Then a chosen answer that was unlikely from the beginning counts as a mistake, and at the first "
        "step the loss is not the logarithm of 2.",
        lambda policy, _, beta: fmean(surprise(beta * (c - r)) for c, r in policy),
    ),
    Mistake(
        "the sign is wrong: chosen and rejected are swapped, or policy and start",
        "The loss would fall where chosen answers become less likely than they were. No error is raised, "
        "and the model learns what people like less.",
        lambda policy, start, beta: dpo(start, policy, beta),
    ),
    Mistake(
        "beta is left out",
        "It says what it costs to move away from the start. Without it that price is always the same.",
        lambda policy, start, _: dpo(policy, start, 1.0),
    ),
    Mistake(
        "beta stands outside of the logarithm",
        "There it only makes the loss larger or smaller. It belongs to the reward: beta times how much "
        "likelier an answer became.",
        lambda policy, start, beta: beta * dpo(policy, start, 1.0),
    ),
    Mistake(
        "the difference is divided by beta",
        "The reward of an answer is beta times how much likelier it became.",
        lambda policy, start, beta: dpo(policy, start, 1 / beta),
    ),
    Mistake(
        "the losses are added up",
        "Then twice as many pairs make twice the loss, and the start is not at the logarithm of 2.",
        lambda policy, start, beta: sum(_dpo(policy, start, beta)),
    ),
    Mistake(
        "the rejected answer is added, and not subtracted",
        "Then the loss falls when both become likelier. The margin is how much more the chosen one rose.",
        lambda policy, start, beta: fmean(
            surprise(beta * (c + r)) for c, r in _moved(policy, start)
        ),
    ),
    Mistake(
        "half of the people are taken for the rejected answer",
        "In these pairs all agree: the share of the chosen answer is 1.",
        lambda policy, start, beta: fmean(
            (surprise(beta * (c - r)) + surprise(beta * (r - c))) / 2
            for c, r in _moved(policy, start)
        ),
    ),
    Mistake(
        "only the chosen answers count",
        "A loss that never looks at rejected ones is content if both become likelier.",
        lambda policy, start, beta: fmean(surprise(beta * c) for c, _ in _moved(policy, start)),
    ),
    Mistake(
        "the margin comes back, and not its loss",
        "How surprising it is that people chose so, is minus the logarithm of the sigmoid.",
        lambda policy, start, beta: fmean(beta * (c - r) for c, r in _moved(policy, start)),
    ),
    Mistake(
        "the mean margin is taken before the loss",
        "Then one pair that was learned far too well hides many that are wrong. Take the loss of each.",
        lambda policy, start, beta: surprise(
            fmean(beta * (c - r) for c, r in _moved(policy, start))
        ),
    ),
)
