"""The checks of the lab "A prompt that beats another, proven", part by part."""

from collections.abc import Iterator
from random import Random
from typing import Any

from lessons.labs import prompts_comparisons as proofs
from lessons.labs import prompts_mistakes as ways
from lessons.labs.mistakes import Case, compare, without_one
from lessons.labs.prompts_model import numbers
from lessons.labs.runner import Solution
from lessons.labs.verdicts import shown

SMALL = [
    *("What is 2 + 3?", "3+2", "Please add 7, 7 and 2.", "What is 7 + 2?", "5 + 4", "1 + 4"),
    *("Sum of 12 + 3?", "What is 13 + 2?", "what is 2+7 + 7", "9 + 1", "5 + 5", "Sum of 2+7?"),
    *("3 + 3 + 1", "8 + 8", "8 + 6 + 2", "what is 2 + 3", "6 + 4 + 1", "4+6+1", "6 + 30 + 3"),
]


# Part 1


def _messages(rng: Random, count: int) -> list[str]:
    """Sums of few small numbers, so that many of them meet again."""
    forms = ("What is {}?", "what is {}", "Please add {}.", "{}")
    return [
        rng.choice(forms).format(
            rng.choice((" + ", "+")).join(str(rng.randint(1, 6)) for _ in range(rng.randint(2, 3)))
        )
        for _ in range(count)
    ]


def check_split(solution: Solution, rng: Random) -> None:
    """Each sum once, whatever its wording and order; every fourth for development."""
    example = [f"What is {n} + 20?" for n in range(1, 9)]
    cases: list[Case] = [(example,), (SMALL,), (["3 + 4"],)]
    cases += [(_messages(rng, count),) for count in (3, 8, 12, 20, 30, 40)]

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, list | tuple) or len(got) != 2:
            return (
                "split does not return two lists",
                "The lab unpacks its result: develop, test = split(messages).",
            )
        develop, test = (list(side) for side in got)
        if leaked := {ways.same_sum(m) for m in develop} & {ways.same_sum(m) for m in test}:
            return (
                "a sum is on both sides",
                f"The one of {shown(min(leaked))} would choose the prompt and test it, too.",
            )
        if lost := {ways.same_sum(m) for m in case[0]} - {ways.same_sum(m) for m in develop + test}:
            return "split loses sums", f"The one of {shown(min(lost))} is on neither side."
        return (
            "split puts other messages apart",
            "Of the distinct sums, in the order of their first messages, the 4th, 8th, 12th, … are for "
            "development and all others for the test, each by its first message.",
        )

    def fewer(case: Case) -> Iterator[Case]:
        yield from ((messages,) for messages in without_one(case[0]))

    compare(solution, "split", cases, ways.split, ways.SPLIT, fewer, otherwise)


# Part 2


def _answer(rng: Random) -> str:
    """Steps, whole or cut off, with a result, another one, or none."""
    first, second = rng.randint(10, 60), rng.randint(1, 9)
    steps = f"{first} + {second} = {first + second}."
    end = rng.choice((first + second, first, 10 * (first + second), 100 + first + second))
    reason = rng.choice((".", f", as {first} and {second} make it.", ""))
    return rng.choice(
        (steps, f"{steps} The answer is {end}{reason}", f"The answer is {end}{reason}", f"{end}.")
    )


def check_right(solution: Solution, rng: Random) -> None:
    """The result that an answer states, and nothing else in it, is the total."""
    cases: list[Case] = [
        ("15 + 16 = 31. 31 + 21 = 52. The answer is 52.", 52),
        ("64", 64),
        ("64.", 64),
        ("", 64),
        ("but the opposite of heavy is light.", 64),
        ("The answer is", 64),
        ("164", 64),
        ("The answer is 640.", 64),
        ("15 + 16 = 31. 31 + 21 = 52. The answer is 53.", 52),
        ("15 + 16 = 31. 31 + 21 = 52", 52),
        ("The answer is 52, as 31 and 21 make it.", 52),
        ("The answer is 12? No, the answer is 64.", 64),
        ("The answer is 12? No, the answer is 64.", 12),
        ("52 is what 31 and 21 make.", 52),
        ("The answer is 64, I think", 64),
    ]
    for _ in range(30):
        answer = _answer(rng)
        totals = numbers(answer)
        cases.append((answer, rng.choice([*totals, totals[-1] % 100, 7])))

    def otherwise(_: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, bool):
            return "right does not return True or False", "All later parts count its answers."
        return (
            "right reads another result",
            "The result is the first whole number after the last answer is; without these words, the only "
            "number of the answer. It has to be equal to the total.",
        )

    def fewer(case: Case) -> Iterator[Case]:
        yield from ((" ".join(words), case[1]) for words in without_one(case[0].split(" ")))

    compare(solution, "right", cases, ways.right, ways.RIGHT, fewer, otherwise)


# Part 3


def _hits(gained: int, lost: int, both: int, neither: int) -> Case:
    """Right and wrong of two prompts, by how often each of the four happens."""
    new = [True] * gained + [False] * lost + [True] * both + [False] * neither
    old = [False] * gained + [True] * lost + [True] * both + [False] * neither
    return new, old


def _fewer_questions(case: Case) -> Iterator[Case]:
    for pairs in without_one(list(zip(*case, strict=True))):
        new, old = zip(*pairs, strict=True)
        yield list(new), list(old)


def check_comparison(solution: Solution, rng: Random) -> None:
    """The counts of disagreements, the exact test in both directions, and the paired interval."""
    counts = [(6, 1, 2, 1), (1, 1, 0, 0), (0, 0, 3, 2), (0, 5, 4, 0), (9, 2, 30, 5), (2, 9, 3, 30)]
    counts += [(3, 3, 5, 5), (1, 0, 0, 0)]
    counts += [
        (rng.randint(0, 12), rng.randint(0, 12), rng.randint(0, 40), rng.randint(1, 20))
        for _ in range(12)
    ]
    cases = [_hits(*four) for four in counts]

    def other_counts(_: Case, __: Any) -> tuple[str, str]:
        return (
            "disagree counts other questions",
            "It returns two numbers: on how many questions the new prompt alone is right, then on how many "
            "the old one alone is.",
        )

    def other_p(case: Case, got: Any) -> tuple[str, str]:
        gained, lost = proofs.disagree(*case)
        if isinstance(got, float | int) and not 0 <= got <= 1 + 1e-9:
            return "p is no chance", "A chance lies between 0 and 1."
        return (
            "p_value gives another chance",
            f"Here {gained} are gained and {lost} lost. If each disagreement fell either way like a coin, "
            "how often would the split be at least so uneven, in either direction?",
        )

    def other_interval(_: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, tuple | list) or len(got) != 2:
            return (
                "interval does not return two ends",
                "The lab unpacks it: low, high = interval(…).",
            )
        return (
            "interval gives other ends",
            "Add to the counts what the docstring says, then take shares, their difference and its error.",
        )

    for name, known, otherwise in (
        ("disagree", proofs.DISAGREE, other_counts),
        ("p_value", proofs.P_VALUE, other_p),
        ("interval", proofs.INTERVAL, other_interval),
    ):
        true = getattr(proofs, name)
        compare(solution, name, cases, true, known, _fewer_questions, otherwise)


# Part 4


def check_decision(solution: Solution, rng: Random) -> None:
    """A prompt chosen on development questions, a plan before, and a decision that luck cannot make."""
    _check_pick(solution, rng)
    _check_needed(solution)
    _check_decide(solution)


def _check_pick(solution: Solution, rng: Random) -> None:
    yes, no = True, False
    cases: list[Case] = [
        ({"old": [yes, no, no, yes], "new": [yes, yes, no, no]}, [0, 1], "old"),
        ({"new": [yes, yes, yes, no], "old": [yes, yes, no, no]}, [0, 1], "old"),
        ({"bold": [yes, yes, no, no, no], "old": [no, no, yes, yes, yes]}, [0, 1, 2, 3, 4], "old"),
        ({"old": [yes, no, yes, yes], "new": [no, yes, no, no]}, [1], "old"),
    ]
    for _ in range(12):
        count = rng.randint(4, 12)
        names = [*rng.sample(["plain", "slowly", "old", "example"], 3), "usual"]
        rng.shuffle(names)
        table = {name: [rng.random() < 0.6 for _ in range(count)] for name in names}
        develop = sorted(rng.sample(range(count), rng.randint(1, count - 1)))
        cases.append((table, develop, "usual"))

    def fewer(case: Case) -> Iterator[Case]:
        hits, develop, usual = case
        yield from ((hits, some, usual) for some in without_one(develop))

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        hits, develop, _ = case
        if got not in hits:
            return "pick does not return the name of a prompt", "It is a key of hits."
        scores = ", ".join(f"{name} {sum(row[n] for n in develop)}" for name, row in hits.items())
        return "pick takes another prompt", f"Right on the development questions: {scores}."

    compare(solution, "pick", cases, proofs.pick, proofs.PICK, fewer, otherwise)


def _check_needed(solution: Solution) -> None:
    table = (
        (0.2, 0.1),
        (0.35, 0.1),
        (0.05, 0.02),
        (0.5, 0.3),
        (0.12, 0.04),
        (0.9, 0.8),
        (0.3, 0.3),
    )
    cases: list[Case] = list(table)

    def otherwise(_: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, int):
            return "needed does not return a whole number", "It is a number of questions."
        return "needed plans another number", "The formula stands in the docstring."

    def fewer(_: Case) -> Iterator[Case]:
        yield from ()

    compare(solution, "needed", cases, proofs.needed, proofs.NEEDED, fewer, otherwise)


def _check_decide(solution: Solution) -> None:
    cases: list[Case] = [
        (300, 274, 0.001, 0.08, 0.15, 0.1),  # proven, and it may be worth it
        (100, 274, 0.001, 0.08, 0.15, 0.1),  # too early
        (274, 274, 0.4, -0.03, 0.12, 0.1),  # nobody knows
        (300, 274, 0.3, -0.01, 0.04, 0.1),  # surely not worth it
        (300, 274, 0.001, 0.01, 0.04, 0.1),  # proven, and not worth it
        (300, 274, 0.001, -0.15, -0.08, 0.1),  # proven worse
        (300, 274, 0.06, 0.001, 0.12, 0.1),  # nearly proven
        (300, 274, 0.04, -0.001, 0.12, 0.1),
        (300, 274, 0.04, -0.3, 0.12, 0.02),
        (900, 800, 0.0001, 0.12, 0.2, 0.1),
        (900, 800, 0.5, 0.05, 0.3, 0.1),
        (50, 274, 0.3, -0.05, 0.05, 0.1),
        (274, 274, 0.01, 0.02, 0.1, 0.1),
    ]

    def otherwise(_: Case, got: Any) -> tuple[str, str]:
        if got not in (proofs.KEEP, proofs.CHANGE, proofs.MORE):
            return "decide returns none of its three answers", "They stand in the docstring."
        return "decide takes another way", "The four rules hold in the order of the docstring."

    def fewer(_: Case) -> Iterator[Case]:
        yield from ()

    compare(solution, "decide", cases, proofs.decide, proofs.DECIDE, fewer, otherwise)
