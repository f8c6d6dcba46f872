"""Part 4 of the lab on serving: only tokens that keep the answer valid; with the wrong ways people go."""

from collections.abc import Callable, Iterator
from math import exp
from random import Random
from typing import Any

from lessons.labs.mistakes import Case, Mistake, compare, without_one
from lessons.labs.runner import Solution
from lessons.labs.serving_mistakes import Rounded, known, rounded
from lessons.labs.verdicts import WrongError

Texts = list[bytes]
VALID = [b'{"mood": "good"}', b'{"mood": "bad"}']


def allowed(valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
    """Ids of the tokens after which the text can still become valid: the right answer."""
    return Allow()(valid, text, tokens, end)


class Allow:
    """A way to let tokens through.

    Attributes:
        fits: asks of a valid text and of a beginning whether the one fits the other.
        empty: whether tokens without bytes are let through.
        ends: asks of whether the text is valid, whether the end is allowed.
    """

    def __init__(
        self,
        fits: Callable[[bytes, bytes], bool] = bytes.startswith,
        empty: bool = False,
        ends: Callable[[bool], bool] = bool,
    ) -> None:
        self.fits, self.empty, self.ends = fits, empty, ends

    def __call__(self, valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
        """Return the ids of the tokens that are let through."""
        found = []
        for number, token in enumerate(tokens):
            if number == end:
                if self.ends(text in valid):
                    found.append(number)
            elif (token or self.empty) and any(self.fits(one, text + token) for one in valid):
                found.append(number)
        return found


def _only_rest(valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
    """Look at the token alone, wherever the text stands."""
    inside = [i for i, token in enumerate(tokens) if token and any(token in one for one in valid)]
    return sorted({*inside} - {end} | ({end} if text in valid else set()))


def _first_letter(valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
    """Look at the first letter of a token only."""
    return allowed(valid, text, [token[:1] for token in tokens], end)


def _letters(valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
    """Let only single letters through."""
    return allowed(valid, text, [t if len(t) == 1 else b"" for t in tokens], end)


def _first_valid(valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
    return allowed([one for one in valid if one.startswith(text)][:1], text, tokens, end)


def _as_text(valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
    """Compare texts, in which half a character is another one."""

    def fits(one: bytes, start: bytes) -> bool:
        return one.decode().startswith(start.decode("utf-8", "replace"))

    return Allow(fits)(valid, text, tokens, end)


def _no_repeat(valid: Texts, text: bytes, tokens: Texts, end: int) -> list[int]:
    """Leave out what follows a valid text that is the beginning of another one."""
    return [end] if text in valid else allowed(valid, text, tokens, end)


ALLOWED = (
    Mistake(
        "the end is allowed at any time",
        "The model would stop in the middle, and half an object is no JSON.",
        Allow(ends=lambda _: True),
    ),
    Mistake(
        "the end is never allowed",
        "Once the text is valid, the model has to be able to stop.",
        Allow(ends=lambda _: False),
    ),
    Mistake(
        "tokens without bytes are allowed",
        "Special tokens have none. They keep every text valid, so the model could write them for ever.",
        Allow(empty=True),
    ),
    Mistake(
        "a token is looked at without the text before it",
        "It has to fit where the text stands now, not anywhere in an answer.",
        _only_rest,
    ),
    Mistake(
        "only the first letter of a token is compared",
        "A token may be many letters long, and all of them are written.",
        _first_letter,
    ),
    Mistake(
        "only tokens of one letter are let through",
        "A model knows whole words. Cut into letters they are something it has hardly ever seen, and its "
        "answers get worse.",
        _letters,
    ),
    Mistake(
        "only the first of the valid texts is followed",
        "Then the program has answered, not the model.",
        _first_valid,
    ),
    Mistake(
        "half a character does not fit",
        "A token may hold the first byte of é. Compare bytes, not texts.",
        _as_text,
    ),
    Mistake(
        "a valid text cannot go on, although a longer one begins with it",
        "1 is valid, and so is 12. Both the end and the next digit are allowed.",
        _no_repeat,
    ),
    Mistake(
        "tokens are compared with the end of a text",
        "What is written so far, with the token behind it, has to be the beginning of a valid text.",
        Allow(bytes.endswith),
    ),
)

Numbers = list[float]


def chances(logits: Numbers, ids: list[int]) -> Numbers:
    """Probabilities of the allowed tokens, which sum to 1; all others have none: the right answer."""
    top = max(logits[i] for i in ids)
    weights = [exp(logit - top) if i in ids else 0.0 for i, logit in enumerate(logits)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _softmax(logits: Numbers) -> Numbers:
    return chances(logits, list(range(len(logits))))


def _mask_after(logits: Numbers, ids: list[int]) -> Numbers:
    return [share if i in ids else 0.0 for i, share in enumerate(_softmax(logits))]


def _zero_logits(logits: Numbers, ids: list[int]) -> Numbers:
    return _softmax([logit if i in ids else 0.0 for i, logit in enumerate(logits)])


def _minus(logits: Numbers, ids: list[int]) -> Numbers:
    return _softmax([logit if i in ids else logit - 10 for i, logit in enumerate(logits)])


def _equal_parts(logits: Numbers, ids: list[int]) -> Numbers:
    return [1 / len(ids) if i in ids else 0.0 for i in range(len(logits))]


def _best_only(logits: Numbers, ids: list[int]) -> Numbers:
    best = max(ids, key=lambda i: logits[i])
    return [1.0 if i == best else 0.0 for i in range(len(logits))]


def _shorter(logits: Numbers, ids: list[int]) -> Numbers:
    return [share for i, share in enumerate(chances(logits, ids)) if i in ids]


def _share_of_logits(logits: Numbers, ids: list[int]) -> Numbers:
    total = sum(logits[i] for i in ids)
    return [logit / total if i in ids else 0.0 for i, logit in enumerate(logits)]


CHANCES = (
    Mistake(
        "the softmax is taken before the mask, and what is left does not sum to 1",
        "Whoever draws from it, draws nothing with the chance that is missing. Mask first.",
        _mask_after,
    ),
    Mistake(
        "a masked token gets the logit 0",
        "0 is no small logit: allowed tokens often have one below it, so the masked token wins. Its "
        "chance has to be 0.",
        _zero_logits,
    ),
    Mistake(
        "a masked token only becomes less likely",
        "Seldom is not never, and one such token breaks the answer. Its chance has to be exactly 0.",
        _minus,
    ),
    Mistake(
        "all allowed tokens are equally likely",
        "Then the mask answers instead of the model.",
        _equal_parts,
    ),
    Mistake(
        "the likeliest allowed token gets everything",
        "Taking the likeliest is the next step, and not the only one: whoever draws needs all chances.",
        _best_only,
    ),
    Mistake(
        "the masked tokens are left out of the list",
        "The place in the list is the id. As many numbers are wanted as there are logits.",
        _shorter,
    ),
    Mistake(
        "the logits are divided by their sum",
        "Logits may be negative. A softmax raises e to their power first.",
        _share_of_logits,
    ),
)

TOKENS = [
    b"<|end|>", b"", b'{"', b"mood", b'": "', b"good", b"bad", b'"}', b"g", b"o", b"ood", b"b", b"ad",
    b'd"}', b"goo", b"goods", b" ", b"{", b'"', b"\xc3", b"\xa9", "é".encode(), b"1", b"2", b"12", b", ",
]  # fmt: skip
NAMES = ["Zoé", "Zo", "Zoë", "Ada", "Adam"]


def check_json(solution: Solution, rng: Random) -> None:
    """Only tokens that can still become valid, the end where it is; chances that sum to 1."""
    cases: list[Case] = [(VALID, b'{"mood": "', TOKENS, 0), (VALID, VALID[1], TOKENS, 0)]
    cases += [(VALID, b"", TOKENS, 0), (VALID, b'{"mood": "go', TOKENS, 0)]
    cases += [
        ([b"1", b"12", b"22"], b"1", TOKENS, 0),
        (["Zoé".encode()], b"Zo", [*TOKENS, b"Zo"], 0),
    ]
    cases += [(["Zoé".encode(), b"Zob"], b"Zo\xc3", TOKENS, 0)]
    for _ in range(14):
        drawn = rng.sample(NAMES, rng.randint(1, 4))
        valid = [f'{{"name": "{name}"}}'.encode() for name in drawn]
        one = rng.choice(valid)
        pieces = [one[a : a + rng.randint(1, 6)] for a in range(len(one))]
        tokens = list(dict.fromkeys([b"<|end|>", b"", *pieces, *rng.sample(TOKENS[2:], 6)]))
        cases.append((valid, one[: rng.randint(0, len(one))], tokens, 0))
    cases += [
        (valid, text, [*tokens[1:], tokens[0]], len(tokens) - 1)
        for valid, text, tokens, _ in cases[:5]
    ]

    def other(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, list) or not all(isinstance(one, int) for one in got):
            return "allowed does not return a list of ids", "A token's id is its place in the list."
        wanted = allowed(*case)
        if sorted(got) == wanted:
            return "the ids are not in order", "From small to large."
        if extra := set(got) - set(wanted):
            return "allowed lets a token through after which nothing valid can come", (
                f"It is {_named(case, min(extra))}, after {case[1]!r}."
            )
        back = _named(case, min(set(wanted) - set(got)))
        return "allowed keeps a token back that fits", f"It is {back}, after {case[1]!r}."

    compare(solution, "allowed", cases, allowed, known(ALLOWED), _fewer, other)
    _check_chances(solution, rng)


def _named(case: Case, number: int) -> str:
    """A token as a reader knows it."""
    _, _, tokens, end = case
    if number == end:
        return "the end"
    return repr(tokens[number]) if number < len(tokens) else f"{number}, which is no id"


def _fewer(case: Case) -> Iterator[Case]:
    """Cases with a valid text or a token less; the end stays."""
    valid, text, tokens, end = case
    yield from ((fewer, text, tokens, end) for fewer in without_one(valid))
    for keep in without_one([i for i in range(len(tokens)) if i != end]):
        kept = [tokens[end], *(tokens[i] for i in keep)]
        yield (valid, text, kept, 0)


def _check_chances(solution: Solution, rng: Random) -> None:
    cases: list[Case] = [([2.0, 1.0, 3.0, 1.0], [1, 3]), ([-3.0, -1.0, -2.5], [0, 2]), ([0.5], [0])]
    for _ in range(10):
        logits = [rng.uniform(-6, 6) for _ in range(rng.randint(2, 7))]
        cases.append((logits, sorted(rng.sample(range(len(logits)), rng.randint(1, len(logits))))))
    large: list[Case] = [([1200.0, 1199.0, 3.0], [0, 1]), ([900.0, -900.0, -901.0], [1, 2])]

    def fewer(case: Case) -> Iterator[Case]:
        logits, ids = case
        for keep in without_one(list(range(len(logits)))):
            if left := [keep.index(i) for i in ids if i in keep]:
                yield [logits[i] for i in keep], left

    def other(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, list) or len(got) != len(case[0]):
            return (
                "chances does not return a number for each token",
                "The place in the list is the id.",
            )
        return "chances gives other numbers", (
            "It is a softmax over the allowed tokens, as if there were no others: e to the power of each "
            "logit, by their sum. (Take the largest allowed one off first, or the powers get too large.)"
        )

    compare(Rounded(solution), "chances", cases, rounded(chances), known(CHANCES), fewer, other)
    try:
        compare(Rounded(solution), "chances", large, rounded(chances), known(CHANCES), fewer, other)
    except WrongError as error:
        if "OverflowError" in error.mistake or "ZeroDivisionError" in error.mistake:
            error.why = (
                "e to the power of a large logit is too large for a float, and of a very small one it is "
                f"0. Only differences between the allowed ones count. ({error.why})"
            )
        raise
