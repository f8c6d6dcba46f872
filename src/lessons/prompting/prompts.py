"""Prompts: how a model is asked, in how many ways, and how much the way of asking decides."""

# --8<-- [start:imports]
import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lessons.intervals import Score, mean, share
from lessons.prompting.decoding import next_token_distribution
from lessons.storage import checkpoint
from lessons.world import documents, sentences, sums
from lessons.world.reviews import review
from lessons.world.tasks import Format

# --8<-- [end:imports]


# --8<-- [start:complete]
def complete(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[str],
    room: int,
    batch: int = 100,
    **options: Any,
) -> list[list[str]]:
    """Continue prompts, each up to the end of its line.

    Args:
        model: causal language model.
        tokenizer: the model's own, with a padding token.
        prompts: texts without a space at the end.
        room: the most new tokens; a longer answer is cut.
        batch: prompts that are continued together; those of similar length, so little is padded.
        options: for ``generate``, such as ``do_sample=True, top_k=0, num_return_sequences=5``.
            Without any, the likeliest token is taken each time.

    Returns:
        For each prompt its continuations: one, or ``num_return_sequences``.
    """
    ends = [tokenizer.eos_token_id, *tokenizer("\n")["input_ids"][-1:]]
    copies = options.get("num_return_sequences", 1)
    order = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
    answers: list[list[str]] = [[] for _ in prompts]
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        encoded = tokenizer(
            [prompts[row] for row in rows], padding=True, padding_side="left", return_tensors="pt"
        )
        ids = model.generate(  # type: ignore[operator]
            **encoded,
            max_new_tokens=room,
            eos_token_id=ends,
            pad_token_id=tokenizer.eos_token_id,  # fills up what has ended
            **{"do_sample": False, **options},
        )
        new = ids[:, encoded["input_ids"].shape[1] :]  # without the prompt
        texts = tokenizer.batch_decode(new, skip_special_tokens=True)
        for place, row in enumerate(rows):
            texts_of_row = texts[place * copies : (place + 1) * copies]
            answers[row] = [text.split("\n")[0].strip() for text in texts_of_row]
    return answers


# --8<-- [end:complete]


# --8<-- [start:choose]
def choose(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[str],
    labels: Sequence[Sequence[str]],
    batch: int = 100,
) -> list[str]:
    """Take for each prompt the likeliest of its labels as the next word: a forced choice.

    Args:
        model: causal language model.
        tokenizer: the model's own, with a padding token.
        prompts: texts without a space at the end.
        labels: the labels of each prompt, each one token long with a space before it.
        batch: prompts that are read together.

    Raises:
        ValueError: a label of several tokens, which would need all of them scored.
    """
    ids = [[tokenizer(f" {label}")["input_ids"] for label in choice] for choice in labels]
    for choice, encoded in zip(labels, ids, strict=True):
        for label, tokens in zip(choice, encoded, strict=True):
            if len(tokens) != 1:
                raise ValueError(f"label {label!r} is {len(tokens)} tokens, not one")
    order = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
    chosen = [""] * len(prompts)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        chances = next_token_distribution(model, tokenizer, [prompts[row] for row in rows])
        for chance, row in zip(chances, rows, strict=True):
            likely = [chance[tokens[0]].item() for tokens in ids[row]]
            chosen[row] = labels[row][likely.index(max(likely))]
    return chosen


# --8<-- [end:choose]


# --8<-- [start:vote]
def last_number(text: str) -> str:
    """Read the last number out of an answer, or nothing."""
    numbers: list[str] = re.findall(r"\d+", text)
    return numbers[-1] if numbers else ""


def vote(answers: Sequence[str]) -> str:
    """Take the most frequent answer; the first of equals, and an empty one never."""
    given = Counter(answer for answer in answers if answer)
    return given.most_common(1)[0][0] if given else ""


# --8<-- [end:vote]


# --8<-- [start:examples]
def load_base() -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load the shipped base model and its tokenizer."""
    folder = checkpoint("base")
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return model, tokenizer


def _named(name: str, score: Score) -> dict[str, float]:
    """Write a score as numbers by name."""
    return {f"{name}.{part}": value for part, value in vars(score).items()}


FORMS = {
    "held-out": Format("Sample: ", "\nResult: "),  # stands in no training document
    "tasks": Format("Input: ", "\nOutput: "),  # of tasks, whose labels were others each time
    "known": Format("Review: ", "\nSentiment: "),  # of reviews, whose labels were always true
}
PAIRS = (("king", "apple"), ("lamp", "queen"), ("horse", "basket"), ("castle", "onion"))
MOODS = ("positive", "negative")


def labelled_review(rng: random.Random, split: str, side: int) -> tuple[str, int]:
    """Make the first sentence of a review, and its side: 0 for praise, 1 for a complaint."""
    text = review(rng, split, MOODS[side]).text
    end = min(i for i, letter in enumerate(text) if letter in ".!")
    return text[: end + 1], side


def episode(rng: random.Random, shots: int) -> tuple[list[tuple[str, int]], tuple[str, int]]:
    """Choose examples from training, every two of both sides, and a held-out review to ask about.

    The same ``rng`` gives the same query, and with more shots the same examples and more.
    """
    query = labelled_review(rng, "held-out", rng.randrange(2))
    examples: list[tuple[str, int]] = []
    while len(examples) < shots:
        first = rng.randrange(2)
        for side in (first, 1 - first):
            while (drawn := labelled_review(rng, "train", side)) in examples:
                pass
            examples.append(drawn)
    return examples[:shots], query


def examples_cell(
    form: str, labels: str, truth: str, shots: int, n: int, seed: int
) -> dict[str, float]:
    """Label held-out reviews after examples whose labels are right, random, or all wrong.

    Args:
        form: one of `FORMS`.
        labels: ``known`` for positive and negative, or ``new`` for two words that are never a label of a
            labeled task in training, other ones for each review.
        truth: ``right``, ``random`` or ``flipped``: how the examples are labeled.
        shots: how many examples there are.
        n: reviews to label.
        seed: chooses reviews, examples, and labels where they are random.
    """
    prompts, pairs, asked, true = [], [], [], []
    for number in range(n):
        rng = random.Random(f"examples {seed} {number}")
        pair = MOODS if labels == "known" else tuple(rng.sample(rng.choice(PAIRS), 2))
        examples, (text, side) = episode(random.Random(f"reviews {seed} {number}"), shots)
        coins = random.Random(f"coins {seed} {number}")
        turn = {"right": (0,), "random": (0, 1), "flipped": (1,)}[truth]
        shown = [(example, pair[(mood + coins.choice(turn)) % 2]) for example, mood in examples]
        prompts.append(FORMS[form].prompt(shown, text))
        pairs.append(pair)
        asked.append(text)
        true.append(pair[side])
    chosen = choose(*load_base(), prompts, pairs)
    return _named("right", mean([a == b for a, b in zip(chosen, true, strict=True)], asked))


# --8<-- [end:examples]


# --8<-- [start:steps]
def held_out_sums(count: int, n: int, seed: int) -> list[tuple[int, ...]]:
    """Choose the sums of ``count`` numbers that the base model's record asks for, too."""
    rng = random.Random(f"sums {seed} {count}")
    return [sums.terms(rng, "held-out", count) for _ in range(n)]


# --8<-- [end:steps]


# --8<-- [start:wording]
WORDINGS = {
    "as in training": "Translate English to French: '{}'\nFrench:",
    "short form of training": "English: {}\nFrench:",
    "double quotes": 'Translate English to French: "{}"\nFrench:',
    "no quotes": "Translate English to French: {}\nFrench:",
    "one line": "Translate English to French: '{}' French:",
    "without English": "Translate to French: '{}'\nFrench:",
    "without instruction": "'{}'\nFrench:",
    "a question": "Question: What is '{}' in French?\nAnswer:",
    "blank at the end": "Translate English to French: '{}'\nFrench: ",
    "lower case": "translate english to french: '{}'\nfrench:",
    "upper case": "TRANSLATE ENGLISH TO FRENCH: '{}'\nFRENCH:",
    "guillemets": "Translate English to French: «{}»\nFrench:",
}


def wording_cell(wording: str, n: int, seed: int) -> dict[str, float]:
    """Translate held-out sentences, asked in one of several ways."""
    rng = random.Random(f"translation {seed}")
    pairs = [sentences.sentence(rng, "held-out") for _ in range(n)]
    prompts = [WORDINGS[wording].format(pair.english) for pair in pairs]
    answers = complete(*load_base(), prompts, room=48)
    hits = [text == pair.french for (text,), pair in zip(answers, pairs, strict=True)]
    return _named("right", share(hits))


# --8<-- [end:wording]


def different_reviews(rng: random.Random, count: int) -> list[tuple[str, int]]:
    """Draw held-out reviews, every two of both sides, of which no two are the same text."""
    found: dict[str, int] = {}
    while len(found) < count:
        text, side = labelled_review(rng, "held-out", len(found) % 2)
        found.setdefault(text, side)
    return list(found.items())


def order_cell(examples: int, n: int, seed: int) -> dict[str, float]:
    """Label ``n`` different reviews after the same four examples, in each of their 24 orders.

    ``right`` is scored on the first half of the reviews and ``again`` on the second, so that the best
    order of the first half can be judged on reviews that did not choose it: ``gap`` is how much more of the
    second half it labels right than the order that was worst on the first, review by review. ``last``
    says how often the last example's label is given.

    Args:
        examples: which four examples; reviews and labels are others with each.
        n: reviews, half of which choose.
        seed: chooses all of them.
    """
    model, tokenizer = load_base()
    shown, _ = episode(random.Random(f"order {seed} {examples}"), 4)
    pair = PAIRS[examples % len(PAIRS)]
    asked = different_reviews(random.Random(f"order {seed} {examples} asked"), n)
    found: dict[str, float] = {}
    every: dict[str, list[bool]] = {}
    for order in permutations(range(4)):
        chosen = [shown[i] for i in order]
        written = [(text, pair[side]) for text, side in chosen]
        prompts = [FORMS["tasks"].prompt(written, text) for text, _ in asked]
        given = choose(model, tokenizer, prompts, [pair] * n)
        hits = [label == pair[side] for label, (_, side) in zip(given, asked, strict=True)]
        name = "".join(map(str, order))
        every[name] = hits
        found[f"{name}.right"] = sum(hits[: n // 2]) / (n // 2)
        found[f"{name}.again"] = sum(hits[n // 2 :]) / (n - n // 2)
        found[f"{name}.last"] = given.count(pair[chosen[-1][1]]) / n
        found[f"{name}.last_two"] = float(chosen[-1][1] == chosen[-2][1])
    worst, *_, best = sorted(every, key=lambda name: found[f"{name}.right"])
    both = zip(every[best][n // 2 :], every[worst][n // 2 :], strict=True)
    return {**found, **_named("gap", mean([a - b for a, b in both]))}


OPENING = "Story:"


def sampling_cell(temperature: float, top_p: float, n: int, seed: int) -> dict[str, float]:
    """Sample translations, and beginnings of stories, at a temperature; 0 is greedy.

    ``right`` counts exact translations, ``distinct`` different first sentences among ``n`` stories
    from one prompt, ``clean`` stories without a word that training does not have.
    """
    model, tokenizer = load_base()
    rng = random.Random(f"translation {seed}")
    pairs = [sentences.sentence(rng, "held-out") for _ in range(n)]
    options: dict[str, Any] = {}
    if temperature > 0:
        options = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": top_p}
    torch.manual_seed(seed)
    prompts = [sentences.translation_prompt(pair.english) for pair in pairs]
    answers = complete(model, tokenizer, prompts, 48, **options)
    hits = [text == pair.french for (text,), pair in zip(answers, pairs, strict=True)]
    texts = [text for (text,) in complete(model, tokenizer, [OPENING] * n, 40, **options)]
    known = set(words("\n".join(documents(seed=0, count=5000))))
    return {
        **_named("right", share(hits)),
        "distinct": len({re.split(r"[.!?]", text)[0] for text in texts}) / n,
        **_named("clean", share([known.issuperset(words(text)[:-1]) for text in texts])),
    }


def words(text: str) -> list[str]:
    """List the words of a text but for those with a capital, which may be names."""
    return re.findall(r"\b[a-zà-ÿœ]+\b", text)
