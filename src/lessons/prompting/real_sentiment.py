"""Reviews that people rated, for a real model: other wordings, other orders, examples labeled wrongly."""

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from statistics import median

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.intervals import clustered, mean, share
from lessons.prompting.prompts import FORMS, MOODS, _named
from lessons.real_models import loading, texts

CLEAR = 1.0  # how far from 0 the mean rating of a sentence is at least
WORDS = (5, 25)  # in a sentence, at least and at most


@dataclass(frozen=True)
class Sentence:
    """A sentence of a movie review, and whether people found it favorable."""

    text: str
    positive: bool


@cache
def sentences() -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """Choose clear sentences, in an order that chance decides once: to ask about, and for examples.

    Positive and negative ones take turns in both, and no text occurs twice.
    """
    clear = {
        each.text: each.mean > 0
        for each in texts.ratings("movies")
        if abs(each.mean) >= CLEAR and WORDS[0] <= len(each.text.split()) <= WORDS[1]
    }
    sides = [[text for text, found in clear.items() if found is side] for side in (True, False)]
    rng = random.Random("real sentences")
    for side in sides:
        rng.shuffle(side)
    pairs = list(zip(*sides, strict=False))
    turns = [
        Sentence(text, side)
        for pair in pairs
        for text, side in zip(pair, (True, False), strict=True)
    ]
    return tuple(turns[:1000]), tuple(turns[1000:])


def quick_margins(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    start: str,
    rests: Sequence[str],
    words: tuple[str, str],
    batch: int = 20,
) -> list[float]:
    """Compare two answers as `lessons.real_models.loading.margins` does, several texts at a time.

    What fills up short texts stands behind their last token, so it changes nothing before it.

    Args:
        model: causal language model.
        tokenizer: the model's own, with a padding token.
        start: what all texts begin with, such as examples; read once.
        rests: what follows, each at least a token.
        words: the two answers, one token each.
        batch: texts that are read together.

    Returns:
        For each text the log-odds of the second word against the first.

    Raises:
        ValueError: start and rest share a token.
    """
    (first,), (second,) = (tokenizer(word)["input_ids"] for word in words)
    head = tokenizer(start)["input_ids"]
    rows = [tokenizer(start + rest)["input_ids"] for rest in rests]
    if any(row[: len(head)] != head for row in rows):
        raise ValueError(f"start and rest share a token: cut elsewhere than behind {start[-20:]!r}")
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = [0.0] * len(rows)
    with torch.no_grad():
        begun = model(torch.tensor([head]), use_cache=True).past_key_values
        for place in range(0, len(order), batch):
            chosen = order[place : place + batch]
            lengths = torch.tensor([len(rows[i]) - len(head) for i in chosen])
            ids = torch.full((len(chosen), int(lengths.max())), tokenizer.pad_token_id)
            for row, i in enumerate(chosen):
                ids[row, : lengths[row]] = torch.tensor(rows[i][len(head) :])
            known = copy.deepcopy(begun)  # the model writes into it
            known.batch_repeat_interleave(len(chosen))
            hidden = model.base_model(ids, past_key_values=known).last_hidden_state
            last = hidden[
                torch.arange(len(chosen)), lengths - 1
            ]  # only these need all words' scores
            logits = model.get_output_embeddings()(last)  # type: ignore[no-untyped-call]
            for i, difference in zip(chosen, logits[:, second] - logits[:, first], strict=True):
                found[i] = difference.item()
    return found


THRESHOLDS = ("zero", "empty", "middle")


def judge(margins: Sequence[float], empty: float, truths: Sequence[bool]) -> dict[str, list[bool]]:
    """Say which sentences are judged right, with each of three thresholds.

    ``zero`` takes the likelier word. ``empty`` takes the log-odds of an empty review for the threshold
    (Zhao et al. 2021, https://arxiv.org/abs/2102.09690). ``middle`` takes the median of what is judged,
    which needs no label, but knows that half of the sentences are positive.
    """
    levels = {"zero": 0.0, "empty": empty, "middle": median(margins)}
    return {
        name: [(margin > level) == truth for margin, truth in zip(margins, truths, strict=True)]
        for name, level in levels.items()
    }


def ranked(margins: Sequence[float], truths: Sequence[bool]) -> float:
    """Return how often a positive sentence has more than a negative one: 0.5 by chance."""
    up = [margin for margin, truth in zip(margins, truths, strict=True) if truth]
    down = [margin for margin, truth in zip(margins, truths, strict=True) if not truth]
    wins = sum((a > b) + (a == b) / 2 for a in up for b in down)
    return wins / (len(up) * len(down))


# Start, what stands behind the review, and the answers: against it, for it.
WORDINGS = {
    "sentiment": ("Review:", "\nSentiment:", (" negative", " positive")),
    "this movie is": ("Review:", "\nThis movie is", (" bad", " good")),
    "all in all": ("Review:", " All in all, the movie was", (" terrible", " great")),
    "a question": (
        "Review:", "\nQuestion: Did the reviewer like the movie?\nAnswer:", (" No", " Yes"),
    ),
    "a label": ("Review:", "\nLabel (Positive or Negative):", (" Negative", " Positive")),
    "chat": (
        "Is this movie review positive or negative? Answer with one word.\n\nReview:", "",
        ("Negative", "Positive"),
    ),
}  # fmt: skip


def query(text: str, end: str) -> str:
    """Write what follows ``Review:``; of an empty review not even the space."""
    return f"{' ' * bool(text)}{text}{end}"


def in_words(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    name: str,
    asked: Sequence[Sentence],
) -> dict[str, float]:
    """Judge sentences, asked in one of the wordings, with three thresholds.

    ``positive`` is how often it says the word of praise, ``ranked`` says how well the sentences are
    ordered, whatever the threshold.
    """
    start, end, words = WORDINGS[name]
    if name == "chat":
        chat = tokenizer.apply_chat_template(
            [{"role": "user", "content": f"{start}<>"}], tokenize=False, add_generation_prompt=True
        )
        start, end = str(chat).split("<>")
    rests = [query(text, end) for text in ("", *(each.text for each in asked))]
    empty, *margins = quick_margins(model, tokenizer, start, rests, words)
    truths = [each.positive for each in asked]
    values = {
        "positive": sum(margin > 0 for margin in margins) / len(margins),
        "ranked": ranked(margins, truths),
        "empty_margin": empty,
        "middle_margin": median(margins),
    }
    for level, hits in judge(margins, empty, truths).items():
        values |= _named(level, share(hits))
    return values


def wording_cell(wording: str, n: int) -> dict[str, float]:
    """Let SmolLM2 judge the first ``n`` sentences, asked in one wording; see `in_words`."""
    return in_words(*loading.causal(), wording, sentences()[0][:n])


def shown(form: str, examples: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Write solved examples; return what all prompts begin with, and what stands behind their review."""
    written = FORMS[form]
    begin = written.prompt(examples, "").removesuffix(written.query("")) + written.before.rstrip()
    return begin, written.middle.rstrip()


def set_of_examples(number: int, pairs: int) -> list[Sentence]:
    """Take some sentences for examples, positive and negative in turn; other ones with each number."""
    size = 8  # no set has more, so that sets have nothing in common
    return list(sentences()[1][number * size : number * size + 2 * pairs])


ORDERS = tuple(
    "".join(order) for order in sorted(set(permutations("PPNN")))
)  # of two positive and two negative examples


def orders(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    examples: Sequence[Sentence],
    asked: Sequence[Sentence],
) -> dict[str, float]:
    """Judge the same sentences behind the same four examples, in the six orders of their labels.

    ``gap`` compares the order that was best on the first half of the sentences with the one that was
    worst there, on the second half, sentence by sentence; ``only_best`` and ``only_worst`` are the shares
    that just one of the two judges right. ``last`` is how often the last example's label is said again.
    """
    words = (f" {MOODS[1]}", f" {MOODS[0]}")
    truths, half = [each.positive for each in asked], len(asked) // 2
    every: dict[str, dict[str, list[bool]]] = {}
    values: dict[str, float] = {}
    for order in ORDERS:
        left = {
            side: [each.text for each in examples if each.positive == side]
            for side in (True, False)
        }
        pairs = [(left[side == "P"].pop(0), MOODS[side == "N"]) for side in order]
        begin, end = shown("known", pairs)
        rests = [query(text, end) for text in ("", *(each.text for each in asked))]
        empty, *margins = quick_margins(model, tokenizer, begin, rests, words)
        every[order] = judge(margins, empty, truths)
        said = [margin > 0 for margin in margins]
        values[f"{order}.positive"] = sum(said) / len(said)
        values[f"{order}.last"] = sum(each == (order[-1] == "P") for each in said) / len(said)
        values[f"{order}.ranked"] = ranked(margins, truths)
        for level, hits in every[order].items():
            values[f"{order}.{level}"] = sum(hits) / len(hits)
    for level in THRESHOLDS:
        by = {order: found[level] for order, found in every.items()}
        by_half = sorted(by, key=lambda order: sum(by[order][:half]))
        best, worst = by[by_half[-1]][half:], by[by_half[0]][half:]
        values |= _named(f"{level}.gap", mean([a - b for a, b in zip(best, worst, strict=True)]))
        values[f"{level}.only_best"] = mean([a > b for a, b in zip(best, worst, strict=True)]).value
        values[f"{level}.only_worst"] = mean(
            [a < b for a, b in zip(best, worst, strict=True)]
        ).value
    return values


def order_cell(n: int, seed: int) -> dict[str, float]:
    """Let SmolLM2 judge ``n`` sentences behind four examples in six orders; see `orders`.

    The seed says which four; the sentences are always the same.
    """
    return orders(*loading.causal(), set_of_examples(seed, 2), sentences()[0][:n])


TRUTHS = ("right", "random", "flipped")
NEW = ("king", "apple")  # praise, complaint: words that say nothing about either


def labels(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    form: str,
    shots: int,
    sets: Sequence[tuple[Sequence[Sentence], Sequence[Sentence]]],
) -> dict[str, float]:
    """Judge sentences behind examples whose labels are right, random or all flipped.

    Args:
        model: causal language model.
        tokenizer: the model's own.
        form: ``known`` with the labels positive and negative, ``held-out`` with two words that say nothing.
        shots: examples in front of a sentence.
        sets: examples, of which the first ``shots`` are taken, and the sentences that are asked behind
            them; each has as many positive as negative ones.

    Returns:
        For each way to label the share of right answers, at three thresholds, with an interval over the
        sets; ``lost`` is what other labels lose against right ones, sentence by sentence.
    """
    pair = NEW if form == "held-out" else MOODS
    words = (f" {pair[1]}", f" {pair[0]}")
    groups = [str(number) for number, (_, asked) in enumerate(sets) for _ in asked]
    values: dict[str, float] = {}
    right: dict[str, list[bool]] = {}
    for truth in TRUTHS if shots else TRUTHS[:1]:
        hits: dict[str, list[bool]] = {level: [] for level in THRESHOLDS}
        said: list[bool] = []
        order: list[float] = []
        for number, (examples, asked) in enumerate(sets):
            rng = random.Random(f"real labels {number}")
            taken = list(examples[:shots])
            coins = [rng.randrange(2) for _ in examples]
            rng.shuffle(taken)
            wrong = {"right": [0] * shots, "random": coins, "flipped": [1] * shots}[truth]
            pairs = [
                (each.text, pair[(not each.positive) ^ turn])
                for each, turn in zip(taken, wrong, strict=False)
            ]
            begin, end = shown(form, pairs)
            rests = [query(text, end) for text in ("", *(each.text for each in asked))]
            empty, *margins = quick_margins(model, tokenizer, begin, rests, words)
            truths = [each.positive for each in asked]
            for level, found in judge(margins, empty, truths).items():
                hits[level] += found
            said += [margin > 0 for margin in margins]
            order.append(ranked(margins, truths))
        right = right or hits
        values[f"{truth}.positive"] = sum(said) / len(said)
        values |= _named(f"{truth}.ranked", clustered(order, [*map(str, range(len(sets)))]))
        for level, found in hits.items():
            values |= _named(f"{truth}.{level}", clustered([*map(float, found)], groups))
            if truth == "right":
                continue
            lost = [float(a - b) for a, b in zip(right[level], found, strict=True)]
            values |= _named(f"{truth}.lost_{level}", clustered(lost, groups))
    return values


def labels_cell(form: str, shots: int, sets: int, n: int) -> dict[str, float]:
    """Let SmolLM2 judge ``n`` sentences behind each of several sets of examples; see `labels`."""
    asked = sentences()[0]
    return labels(
        *loading.causal(), form, shots,
        [(set_of_examples(i, 4), asked[i * n : (i + 1) * n]) for i in range(sets)],
    )  # fmt: skip
