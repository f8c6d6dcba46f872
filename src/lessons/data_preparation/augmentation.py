"""Augmentation: new examples from old ones, when the label is sure to stay, and when it is not."""

import random
import re
from collections.abc import Callable
from functools import cache

import torch
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lessons.models.classification import SENTIMENTS, fine_tune
from lessons.storage import checkpoint
from lessons.world.lexicon import BLAME, PRAISE
from lessons.world.reviews import ASPECTS, PRODUCTS, Review, review


@cache
def masked_model() -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load the shipped masked model, once."""
    folder = checkpoint("mlm")
    return AutoModelForMaskedLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


Change = Callable[[random.Random, str], str]


def same(_rng: random.Random, text: str) -> str:
    """Change nothing: the example is only repeated."""
    return text


def swap_subjects(rng: random.Random, text: str) -> str:
    """Review another product in other respects: the judgment stays."""
    products, aspects = rng.sample(PRODUCTS, len(PRODUCTS)), rng.sample(ASPECTS, len(ASPECTS))
    new = dict(zip((*PRODUCTS, *ASPECTS), (*products, *aspects), strict=True))
    return re.sub(r"\w+", lambda word: new.get(word[0], word[0]), text)


def synonyms(rng: random.Random, text: str) -> str:
    """Put praise for praise and blame for blame, as a perfect thesaurus would.

    It has the complete lists that reviews are made with. So it also tells on which side words are that no
    label has shown; a thesaurus of a real language knows less.
    """
    praise, blame = rng.sample(PRAISE, len(PRAISE)), rng.sample(BLAME, len(BLAME))
    new = dict(zip((*PRAISE, *BLAME), (*praise, *blame), strict=True))
    return re.sub(r"\w+", lambda word: new.get(word[0], word[0]), text)


def delete_words(rng: random.Random, text: str, share: float = 0.3) -> str:
    """Leave words out, as EDA does (Wei, Zou 2019): also *not* and *but*."""
    kept = [word for word in text.split() if rng.random() >= share]
    return " ".join(kept) or text


def fill_in(rng: random.Random, text: str, share: float = 0.3) -> str:
    """Hide words and let the masked model choose others that fit (Kobayashi 2018)."""
    model, tokenizer = masked_model()
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    hidden = torch.tensor(
        [[i > 0 and rng.random() < share for i in range(ids.shape[1] - 1)] + [False]]
    )
    with torch.no_grad():
        logits = model(ids.masked_fill(hidden, tokenizer.mask_token_id)).logits[0]
    for place in hidden[0].nonzero().flatten().tolist():
        chances, words = logits[place].softmax(-1).topk(20)
        ids[0, place] = rng.choices(words.tolist(), chances.tolist())[0]
    return str(tokenizer.decode(ids[0], skip_special_tokens=True))


CHANGES: dict[str, Change] = {
    "none": same, "subjects": swap_subjects, "synonyms": synonyms, "deletion": delete_words,
    "filled": fill_in,
}  # fmt: skip


def judgment(text: str) -> list[str]:
    """List what decides about the label: praise and blame in their order, *not* and *but*."""
    words = re.findall(r"\w+", text.lower())
    sides = {**dict.fromkeys(PRAISE, "+"), **dict.fromkeys(BLAME, "-"), "not": "not", "but": "but"}
    return [sides[word] for word in words if word in sides]


def augmented_cell(
    change: str, labels: int, seed: int, copies: int = 7, epochs: int = 10, tests: str = "report"
) -> dict[str, float]:
    """Fine-tune the shipped masked model on a few reviews and changed copies; test on 1,000 others.

    Every arm takes the same steps on as many texts; in the arm ``none`` the copies are equal to the
    originals. So what differs is what the texts say.

    Args:
        change: a method of ``CHANGES``.
        labels: original reviews, half of them positive.
        seed: number that fixes reviews, changes, their order, and the classifier's new weights.
        copies: changed copies of each review.
        epochs: times that each text is seen.
        tests: name of the test reviews: one name to choose by, another to report.

    Returns:
        The share of test reviews classified as they are meant, and of copies whose judgment stayed.
    """
    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint("mlm"))
    model = BertForSequenceClassification.from_pretrained(checkpoint("mlm"), dtype=torch.float32)
    chance, rng = random.Random(f"reviews {seed}"), random.Random(f"changes {seed}")
    originals = [review(chance, "train", SENTIMENTS[i % 2]) for i in range(labels)]
    repeated = [original for original in originals for _ in range(copies)]
    copied = [
        Review(CHANGES[change](rng, original.text), original.sentiment) for original in repeated
    ]
    pairs = zip(copied, repeated, strict=True)
    kept = [judgment(copy.text) == judgment(original.text) for copy, original in pairs]

    def encode(reviews: list[Review]) -> dict[str, torch.Tensor]:
        batch = tokenizer([review.text for review in reviews], padding=True, return_tensors="pt")
        truth = [SENTIMENTS.index(review.sentiment) for review in reviews]
        return {**batch, "labels": torch.tensor(truth)}

    fine_tune(model, encode(originals + copied), seed, epochs)
    drawn = random.Random(tests)
    test = encode([review(drawn, "held-out") for _ in range(1000)])
    true = test.pop("labels")
    with torch.no_grad():
        predicted = model(**test).logits.argmax(-1)
    return {"accuracy": (predicted == true).float().mean().item(), "kept": sum(kept) / len(kept)}
