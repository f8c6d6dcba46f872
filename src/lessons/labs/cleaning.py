"""The checks of the lab "Clean a dirty collection", part by part."""

from collections.abc import Iterator
from html import escape
from random import Random
from typing import Any
from unicodedata import normalize

from lessons.data_preparation.privacy import mask
from lessons.labs import cleaning_leaks as leaky
from lessons.labs import cleaning_mistakes as ways
from lessons.labs import cleaning_privacy as private
from lessons.labs.cleaning_data import exchange
from lessons.labs.mistakes import Case, compare, without_one
from lessons.labs.runner import Solution
from lessons.world import documents
from lessons.world.dirty import PAGES

# Part 1

TEXTS = (
    "<p>Le cafÃ©</p>",
    "<p>Il est <b>fer</b>mÃ©.</p>",
    "if x < y and y > 0:\n    return None",
    "Write &lt;b&gt;Rose&lt;/b&gt;, and &amp;amp; for &amp;",
    "le caf&Atilde;&copy; et le caf&eacute;",
    normalize("NFD", "un été près du marché"),
    normalize("NFD", "café fermé").encode().decode("latin-1"),
    "x² + ½ °C, -3.5",
    "“Élan,” says L'Haÿ",
    "    a  b \n",
    "",
)
BITS = (
    "café",
    "Noël",
    "a < b > c",
    "œuvre",
    "x²",
    "  ",
    "\n",
    "3.50 €",
    "Rose",
    "“oui”",
    normalize("NFD", "forêt"),
)


def _text(rng: Random) -> str:
    """Draw a text that is clean in parts, and dirty in one way or several."""
    text = " ".join(rng.choices(BITS, k=rng.randint(1, 5)))
    if rng.random() < 0.5:
        text = f"<p>{escape(text)}</p>".replace("Rose", "R<i>o</i>se")
    return text.encode().decode("latin-1") if rng.random() < 0.3 else text


def _fewer_words(case: Case) -> Iterator[Case]:
    yield from ((" ".join(words),) for words in without_one(case[0].split(" ")))


def check_tidy(solution: Solution, rng: Random) -> None:
    """Tags, entities and broken letters go; case, accents, spaces and code stay."""
    cases: list[Case] = [(text,) for text in TEXTS]
    cases += [(_text(rng),) for _ in range(24)]

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, str):
            return "tidy does not return a text", "A repaired text is wanted for each text."
        if ways.tidy(*case) == case[0]:
            return (
                "tidy changes a text in which nothing is broken",
                "A cleaner that changes clean texts does harm wherever it goes.",
            )
        return (
            "tidy repairs it otherwise",
            "Tags go, entities are decoded once, broken letters are repaired, a letter and its mark "
            "become one character, and all else stays.",
        )

    compare(solution, "tidy", cases, ways.tidy, ways.TIDY, _fewer_words, otherwise)


# Part 2

FOX = "the old fox found the key under a tree"
CHAIN = [  # each a copy of the next, but the first is none of the last
    "one two three four five six seven eight nine ten end",
    "hat two three four five six seven eight nine ten end",
    "hat two three four five six seven eight nine ten bag",
]
KEEP_CASES: tuple[Case, ...] = (
    ([FOX, "A hen sat on the wall all day.", FOX.replace("tree", "table")], 0.5),
    ([], 0.5),
    (["one two three four", "two three four"], 0.5),
    (CHAIN, 0.7),
    ([CHAIN[0], CHAIN[2], CHAIN[1]], 0.7),
    ([FOX.upper() + ".", "a red hen", FOX], 0.9),
    (["the old fox found the key", f"{FOX} and ate it all by himself"], 0.7),
    (["the cat saw the dog and the hen", "the dog and the cat saw the hen"], 0.8),
    ([FOX, FOX, "a red hen", FOX], 1.0),
)


def _copies(rng: Random) -> list[str]:
    """Texts of which some are copies with words exchanged, in any order."""
    texts = [" ".join(rng.sample("abcdefghijklmnop", 9)) for _ in range(3)]
    texts += [exchange(rng, rng.choice(texts), rng.choice((0.0, 0.1, 0.2))) for _ in range(4)]
    rng.shuffle(texts)
    return texts


def check_copies(solution: Solution, rng: Random) -> None:
    """Precision and recall, then the first text of each group of copies."""
    _check_score(solution, rng)
    cases = list(KEEP_CASES)
    cases += [(_copies(rng), rng.choice((0.3, 0.5, 0.7))) for _ in range(12)]

    def smaller(case: Case) -> Iterator[Case]:
        yield from ((texts, case[1]) for texts in without_one(case[0]))

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        wrong = _no_positions("keep", got, len(case[0]))
        if wrong:
            return wrong
        groups = [group for group in ways.groups(*case) if len(group) > 1]
        return (
            "keep puts other texts together",
            f"Groups of more than one text are here: {groups or 'none'}. Of each, the first stays, and so "
            "does each text that is in none.",
        )

    compare(solution, "keep", cases, ways.keep, ways.KEEP, smaller, otherwise)


def _no_positions(name: str, got: Any, count: int) -> tuple[str, str] | None:
    """Say it where a result is no list of positions, each once and in order."""
    if not isinstance(got, list) or not all(type(at) is int and 0 <= at < count for at in got):
        return (
            f"{name} does not return a list of positions",
            "The first text has position 0, and the lab uses them to count what is right.",
        )
    if got != sorted(set(got)):
        return (
            f"{name} loses the order of the texts, or names one twice",
            "Positions from small to large are wanted, each once.",
        )
    return None


def _check_score(solution: Solution, rng: Random) -> None:
    cases: list[Case] = [
        ([1, 2, 3, 4], [2, 3]),
        ([1, 2, 3, 4], [2, 3, 9]),
        ([], [1]),
        ([1], []),
        ([], []),
    ]
    cases += [
        (sorted(rng.sample(range(20), rng.randint(0, 9))), rng.sample(range(20), rng.randint(1, 9)))
        for _ in range(12)
    ]

    def smaller(case: Case) -> Iterator[Case]:
        yield from ((found, case[1]) for found in without_one(case[0]))
        yield from ((case[0], there) for there in without_one(case[1]))

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, tuple) or len(got) != 2:
            return (
                "score does not return two numbers as a tuple",
                "The lab unpacks its result: precision, recall = score(found, there).",
            )
        right = len(set(case[0]) & set(case[1]))
        return (
            "score gives other numbers",
            f"{right} of {len(case[0])} found are right, and {right} of {len(case[1])} there are found.",
        )

    compare(solution, "score", cases, ways.score, ways.SCORE, smaller, otherwise)


# Part 3

PERSONAL = (
    "Write to anna.dupont@example.org, or call 555-0123.",
    "Version 3.11.7 of 2024-05-12 has 12 345 678 lines and costs 1250.00 in 1984.",
    "Mail: anna@example.org. Telephone: 555-0123.",
    "(202) 555-0123 and 202-555-0123 and +1-202-555-0123",
    "Le 01 99 00 12 34, merci",
    "ISBN 978-3-16-148410-0, order 100555-012345, item 7555-01234567",
    "10 boxes @ 2.50, @anna and user@localhost",
    "(rené.o+hat@mail.example.co.uk)",
    "a_b@example.com, c-d@example.net and 555-0100, 555-0199",
    "2025550123 and 14 + 19 + 17 = 50",
)
PIECES = (
    "anna@example.org",
    "bo.li@mail.example.com",
    "chloé@example.net",
    "555-0142",
    "(202) 555-0142",
    "+1-202-555-0142",
    "01 99 00 55 66",
    "2021-11-30",
    "3.9",
    "in 1987",
    "14 + 3",
    "ISBN 978-0-13-110362-7",
    "@cache",
)


def check_mask(solution: Solution, rng: Random) -> None:
    """Addresses and numbers of the table go, whatever only looks like them stays."""
    cases: list[Case] = [(text,) for text in PERSONAL]
    cases += [(", ".join(rng.choices(PIECES, k=rng.randint(1, 4))),) for _ in range(16)]

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, str):
            return "mask does not return a text", "The text is wanted, with placeholders in it."
        if mask(*case) == case[0]:
            return (
                "mask changes a text without personal data",
                "Dates, versions, sums and book numbers only look like it. Go by the forms of the table.",
            )
        return (
            "mask finds something else",
            "Compare what was wanted with what you returned: either a form of the table is missed, or too "
            "much or too little is taken with it.",
        )

    compare(solution, "mask", cases, mask, private.MASK, _fewer_words, otherwise)


# Part 4

LEAK_CASES: tuple[Case, ...] = (
    ([FOX], [FOX.replace("tree", "table")], 0.5),
    (["a red hen sat there", FOX, "it rained all day"], [FOX.replace("tree", "table")], 0.5),
    ([], [FOX], 0.5),
    ([FOX], [], 0.5),
    (["two three four"], ["one two three four"], 0.5),
    ([f"It was late in the year when {FOX} and {CHAIN[0]}"], [FOX], 0.9),
    (["found the key"], [FOX], 0.5),
    (["a red hen", f"{CHAIN[0]} and {FOX}"], [FOX, CHAIN[0]], 0.9),
    (["the tree under a key found the old fox"], [FOX], 0.9),
    ([CHAIN[0], "a red hen", FOX], [FOX, CHAIN[2]], 0.6),
    ([FOX, "a red hen"], ["it rained all day", FOX], 1.0),
)


def _with_leaks(rng: Random) -> tuple[list[str], list[str]]:
    texts = documents(rng.randrange(10**6), 7, "train", PAGES)
    test, train = texts[:3], texts[3:]
    train += [exchange(rng, rng.choice(test), rng.choice((0.0, 0.1, 0.3))) for _ in range(2)]
    rng.shuffle(train)
    return train, test


def check_leaks(solution: Solution, rng: Random) -> None:
    """Training texts that hold much of a test item; then a share chosen apart from where it is measured."""
    cases = list(LEAK_CASES)
    cases += [(*_with_leaks(rng), rng.choice((0.2, 0.4, 0.6, 0.9))) for _ in range(10)]

    def smaller(case: Case) -> Iterator[Case]:
        train, test, share = case
        yield from ((fewer, test, share) for fewer in without_one(train))
        yield from ((train, fewer, share) for fewer in without_one(test))

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        return _no_positions("leaks", got, len(case[0])) or (
            "leaks names other texts",
            "A text goes if it holds at least the share of the runs of three words of any one item.",
        )

    compare(solution, "leaks", cases, leaky.leaks, leaky.LEAKS, smaller, otherwise)
    _check_decide(solution, rng)


DECIDE_CASES: tuple[Case, ...] = (
    (({0.5: [0, 1], 1.0: [0]}, [0, 1]), ({0.5: [2, 3], 1.0: [2]}, [2]), 5),
    (
        ({0.2: [0, 1, 2, 3, 4], 0.5: [0, 1, 4], 0.8: [0]}, [0, 1, 2]),
        ({0.2: [5, 6, 7, 8], 0.5: [5, 6, 9], 0.8: [5]}, [5, 6, 7]),
        5.0,
    ),
    (({0.3: [0, 1, 2], 0.6: [0]}, [0, 1]), ({0.3: [4, 5], 0.6: [4]}, [4, 5]), 1.0),
    (({0.3: [0, 1], 0.6: []}, []), ({0.3: [2], 0.6: []}, [2]), 3.0),
)


def _part(rng: Random) -> leaky.Part:
    """Draw what three shares find on a part: the smaller the share, the more, right and wrong."""
    there = sorted(rng.sample(range(30), 6))
    level = {
        at: rng.betavariate(4, 2) if at in there else rng.betavariate(2, 6) for at in range(30)
    }
    return {s: [at for at in range(30) if level[at] >= s] for s in (0.2, 0.4, 0.6, 0.8)}, there


def _check_decide(solution: Solution, rng: Random) -> None:
    cases = list(DECIDE_CASES)
    cases += [(_part(rng), _part(rng), rng.choice((0.5, 1.0, 5.0, 20.0))) for _ in range(24)]

    def smaller(case: Case) -> Iterator[Case]:
        develop, hidden, price = case
        for shares in without_one(list(develop[0])):
            parts = [({s: part[0][s] for s in shares}, part[1]) for part in (develop, hidden)]
            yield (*parts, price)

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, tuple) or len(got) != 3:
            return (
                "decide does not return three numbers as a tuple",
                "The lab unpacks its result: share, precision, recall.",
            )
        (found, there), _, price = case
        told = [f"{s} costs {leaky.cost(found[s], there, price):g}" for s in sorted(found)]
        return (
            "decide takes another share, or tells other numbers",
            f"On the development part, {', '.join(told)}. Take the cheapest, and tell its precision and "
            "recall on the hidden part.",
        )

    compare(solution, "decide", cases, leaky.decide, leaky.DECIDE, smaller, otherwise)
