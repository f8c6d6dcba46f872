"""Three vocabularies that somebody uses, each on text that it was made for and on text that it was not."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from lessons import storage, world
from lessons.intervals import bootstrap, wilson
from lessons.real_models import places, texts
from lessons.world.sentences import sentence

DRAWN = 2000  # of a collection that is larger
SENTENCES = 300
EMOJI = tuple("🙂😀😂😍😢😡👍👏🙏💪🎉🔥⭐🌍🌞🌧🍎🍕🐈🐕🚀🚗🏠📚")
# Samples whose pieces say more than a count.
FACTS = {
    "accents": "café naïve",
    "emoji": "Hi 🙂",
    "digits": "1234",
    "apostrophe": "I don't",
    "rare": "unaffable",
    "spaces": "x =  1",
    "blank_end": "Yes.\n\n",
    "blank_middle": "Yes.\n\nNo.",
}


def collected(kind: str) -> list[str]:
    """Return the texts of a kind, always the same.

    Args:
        kind: ``documentation``, Python's topics; ``verses`` and ``movies``, 2,000 drawn from each
            collection; ``course``, held-out documents; ``english`` and ``french``, the same sentences in
            two languages; ``sums``; ``emoji``, one in each text.

    Raises:
        ValueError: another kind.
    """
    made: dict[str, Callable[[], list[str]]] = {
        "documentation": lambda: [*texts.topics().values()],
        "verses": lambda: _drawn([verse.text for verse in texts.verses()]),
        "movies": lambda: _drawn([rated.text for rated in texts.ratings("movies")]),
        "course": lambda: world.documents(
            seed=0,
            count=SENTENCES,
            split="held-out",
            shares={"story": 3, "translation": 1, "sum": 1},
        ),
        "english": lambda: [english for english, _ in _pairs()],
        "french": lambda: [french for _, french in _pairs()],
        "sums": lambda: world.documents(
            seed=0, count=SENTENCES, split="held-out", shares={"sum": 1}
        ),
        "emoji": lambda: [f" {emoji}" for emoji in EMOJI],
    }
    if kind not in made:
        raise ValueError(f"no texts {kind!r}: take one of {', '.join(made)}")
    return made[kind]()


def _drawn(texts: Sequence[str]) -> list[str]:
    return random.Random(0).sample(texts, DRAWN)


def _pairs() -> list[tuple[str, str]]:
    chance = random.Random(0)
    pairs = (sentence(chance, "held-out") for _ in range(SENTENCES))
    return [(pair.english, pair.french) for pair in pairs]


def cost(tokenizer: Any, texts: Sequence[str]) -> dict[str, float]:
    """Measure what texts cost with a tokenizer, and what is lost on the way there and back.

    Args:
        tokenizer: of transformers.
        texts: none of them empty.

    Returns:
        ``texts``, ``distinct`` and ``characters``; ``tokens``; ``per_thousand``, tokens for 1,000
        characters, with the 95 % interval over texts, ``low`` and ``high``; ``unknown``, texts with a
        token that stands for what is not known; ``exact``, texts that come back unchanged; ``same_words``,
        texts that come back unchanged but for capitals and spaces; of the shares their intervals, too.
    """
    coded = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    back = [tokenizer.decode(ids, clean_up_tokenization_spaces=False) for ids in coded]
    lengths, tokens = [len(text) for text in texts], [len(ids) for ids in coded]

    def per_thousand(rows: Sequence[int]) -> float:
        return 1000 * sum(tokens[row] for row in rows) / sum(lengths[row] for row in rows)

    low, high = bootstrap(per_thousand, len(texts))
    # SmolLM2 calls its end of a text unknown, too, and needs no such token.
    unknown = tokenizer.unk_token_id if tokenizer.unk_token == "[UNK]" else None  # noqa: S105
    counts = {
        "unknown": sum(unknown in ids for ids in coded) if unknown is not None else 0,
        "exact": sum(a == b for a, b in zip(texts, back, strict=True)),
        "same_words": sum(_plain(a) == _plain(b) for a, b in zip(texts, back, strict=True)),
    }
    found: dict[str, float] = {
        "texts": len(texts), "distinct": len(set(texts)), "characters": sum(lengths),
        "tokens": sum(tokens),
        "per_thousand": per_thousand(range(len(texts))), "low": low, "high": high,
    }  # fmt: skip
    for name, count in counts.items():
        ends = wilson(count, len(texts))
        found |= {name: count / len(texts), f"{name}_low": ends[0], f"{name}_high": ends[1]}
    return found


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text).lower()


def pieces(tokenizer: PreTrainedTokenizerBase) -> dict[str, str]:
    """Cut the samples of `FACTS`: name -> pieces, with a space between them."""
    return {name: " ".join(tokenizer.tokenize(text)) for name, text in FACTS.items()}


def load(name: str) -> PreTrainedTokenizerBase:
    """Load a tokenizer: ``base``, the course's own, or one of a real model, ``smollm2`` or ``minilm``."""
    folder = storage.checkpoint(name) if name in storage.NAMES else places.find(name)
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return tokenizer


def real_text_cell(tokenizer: str, kind: str) -> dict[str, float | str]:
    """Measure a tokenizer on one kind of text; on ``samples``, what its pieces are."""
    loaded = load(tokenizer)
    if kind == "samples":
        return {**pieces(loaded), "entries": len(loaded)}
    return {**cost(loaded, collected(kind))}
