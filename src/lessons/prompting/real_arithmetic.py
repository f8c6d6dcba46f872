"""Sums for a real model: at once, behind examples and in steps, each answer read in three ways."""

import random
import re
from collections.abc import Sequence
from itertools import product

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.intervals import mean, share
from lessons.prompting.prompts import _named
from lessons.real_models import loading
from lessons.real_models.writing import replies

KINDS = {  # how many numbers are added, the smallest and the largest of them
    "one digit": (2, 1, 9),
    "two digits": (2, 10, 99),
    "four numbers": (4, 1, 9),
}
ASKED = {  # in the chat template
    "direct": "What is {}?",
    "steps": "What is {}? Let's think step by step.",
    "steps, other words": "What is {}? Write down each step, then the result.",
}
SHOWN = ("examples", "examples in steps")  # plain text behind four solved sums
ROOMS = {  # new tokens at most; what is longer than 200 goes round in circles
    "direct": 200,
    "steps": 200,
    "steps, other words": 200,
    "examples": 8,
    "examples in steps": 48,
}
SO = "\n\nSo, the answer is"  # what is asked once more behind an answer, as Kojima et al. 2022 do
SHOTS = 4


def different_sums(kind: str, n: int, seed: int) -> list[tuple[int, ...]]:
    """Choose sums, no two of which are the same text: all of a kind where there are no more than ``n``."""
    count, low, high = KINDS[kind]
    every = list(product(range(low, high + 1), repeat=count))
    random.Random(f"real sums {kind} {seed}").shuffle(every)
    return every[:n]


def steps(terms: Sequence[int]) -> str:
    """Write a sum in steps: number by number, or of two numbers of two digits first tens, then ones."""
    if len(terms) == 2:
        first, second = terms
        tens, ones = first // 10 * 10 + second // 10 * 10, first % 10 + second % 10
        parts = [
            f"{first // 10 * 10} + {second // 10 * 10} = {tens}.",
            f"{first % 10} + {second % 10} = {ones}.",
            f"{tens} + {ones} = {tens + ones}.",
        ]
    else:
        parts = [
            f"{sum(terms[:i])} + {terms[i]} = {sum(terms[: i + 1])}." for i in range(1, len(terms))
        ]
    return f"{' '.join(parts)} The answer is {sum(terms)}."


def written_out(terms: Sequence[int]) -> str:
    """Write a sum as it is asked for: ``3 + 4``."""
    return " + ".join(map(str, terms))


def prompt(tokenizer: PreTrainedTokenizerBase, way: str, kind: str, terms: tuple[int, ...]) -> str:
    """Ask for a sum: in the chat template, or as the fifth of a list of solved ones.

    The solved ones are others for each sum, and never that sum.
    """
    if way in ASKED:
        question = ASKED[way].format(written_out(terms))
        chat = tokenizer.apply_chat_template(
            [{"role": "user", "content": question}], tokenize=False, add_generation_prompt=True
        )
        return str(chat)
    count, low, high = KINDS[kind]
    rng = random.Random(f"examples {terms}")
    shown: dict[tuple[int, ...], None] = {}
    while len(shown) < SHOTS:
        drawn = tuple(rng.randint(low, high) for _ in range(count))
        if drawn != terms:
            shown[drawn] = None
    answers = [steps(each) if way == "examples in steps" else str(sum(each)) for each in shown]
    solved = [
        f"Question: What is {written_out(each)}?\nAnswer: {answer}\n\n"
        for each, answer in zip(shown, answers, strict=True)
    ]
    return f"{''.join(solved)}Question: What is {written_out(terms)}?\nAnswer:"


def numbers(text: str) -> list[float]:
    """Read the numbers out of a text."""
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def asked(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    kind: str,
    way: str,
    sums: Sequence[tuple[int, ...]],
) -> dict[str, list[bool]]:
    """Ask for sums in one way, and read the answers in three.

    Returns:
        For each sum whether its answer is right: ``last`` by the last number of the answer, ``so`` by the
        first number behind "So, the answer is", which the model continues, ``somewhere`` if the sum is
        any of the numbers of the answer, which is more than to answer; and whether it was ``cut``, since it
        had not come to its end in the room it had. Behind examples an answer is one line, and there ``so``
        is ``last``.
    """
    prompts = [prompt(tokenizer, way, kind, terms) for terms in sums]
    given = replies(model, tokenizer, prompts, ROOMS[way])
    texts = [reply.text for reply in given]
    cut = [not reply.ended for reply in given]
    if way in SHOWN:
        cut = [each and "\n" not in text.lstrip() for each, text in zip(cut, texts, strict=True)]
        texts = [text.strip().split("\n")[0] for text in texts]
    found = [numbers(text) for text in texts]
    totals = [float(sum(terms)) for terms in sums]
    hits = {
        "last": [each[-1:] == [total] for each, total in zip(found, totals, strict=True)],
        "somewhere": [total in each for each, total in zip(found, totals, strict=True)],
        "cut": cut,
    }
    if way in SHOWN:
        return hits | {"so": hits["last"]}
    again = [f"{before}{text.rstrip()}{SO}" for before, text in zip(prompts, texts, strict=True)]
    said = [numbers(reply.text)[:1] for reply in replies(model, tokenizer, again, room=8)]
    return hits | {"so": [each == [total] for each, total in zip(said, totals, strict=True)]}


def arithmetic(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, kind: str, n: int, seed: int
) -> dict[str, float]:
    """Ask for the same sums in each way; ``gain`` is what a way has more right than direct, by ``so``."""
    sums = different_sums(kind, n, seed)
    values: dict[str, float] = {}
    direct: list[bool] = []
    for way in (*ASKED, *SHOWN):
        if (way, kind) == ("examples in steps", "one digit"):
            continue  # one addition has no steps
        hits = asked(model, tokenizer, kind, way, sums)
        direct = direct or hits["so"]
        for name, each in hits.items():
            values |= _named(f"{way}.{name}", share(each))
        gain = mean([a - b for a, b in zip(hits["so"], direct, strict=True)])
        values |= _named(f"{way}.gain", gain)
    return values


def arithmetic_cell(kind: str, n: int, seed: int) -> dict[str, float]:
    """Ask SmolLM2 for sums of a kind, in each way; see `arithmetic`."""
    return arithmetic(*loading.causal(), kind, n, seed)


def shown(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, way: str, terms: tuple[int, int]
) -> dict[str, str]:
    """Ask for one sum, and keep the ``prompt`` and the ``answer``, to be looked at and not counted."""
    asked_for = prompt(tokenizer, way, "one digit", terms)
    (reply,) = replies(model, tokenizer, [asked_for], ROOMS[way])
    return {"prompt": asked_for, "answer": reply.text}


def shown_cell(way: str, first: int, second: int) -> dict[str, str]:
    """Ask SmolLM2 for one sum in one way; see `shown`."""
    return shown(*loading.causal(), way, (first, second))
