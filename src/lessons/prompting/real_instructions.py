"""Instructions that a program can check, for a real model: kept if given, and kept if nobody gave them."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.intervals import clustered, share
from lessons.prompting.prompts import _named
from lessons.real_models import loading
from lessons.real_models.writing import replies

SUBJECTS = (
    "rain", "bread", "a bicycle", "the moon", "a garden", "the sea", "a library", "winter", "tea",
    "a bridge", "a cat", "music", "a market", "glass", "a river", "the sun", "a clock", "wool", "a train",
    "honey",
)  # fmt: skip
ROOM = 100  # new tokens
LAST = "That is all."
KEYS = {"name", "use"}


@dataclass(frozen=True)
class Rule:
    """What an answer must be like: in words, and as a check."""

    words: str
    kept: Callable[[str], bool]


def one_word(text: str) -> bool:
    """A single word, whatever signs are around it."""
    return len(text.split()) == 1


def capitals(text: str) -> bool:
    """Letters, and none of them small."""
    return text.isupper()


def small_letters(text: str) -> bool:
    """Letters, and none of them a capital."""
    return text.islower()


def as_json(text: str) -> bool:
    """A JSON object with the two keys, with or without the fence that marks code."""
    bare = re.sub(r"^```(?:json)?\s*|\s*```$", "", text.strip())
    try:
        found = json.loads(bare)
    except json.JSONDecodeError:
        return False
    return isinstance(found, dict) and found.keys() == KEYS


def three_lines(text: str) -> bool:
    """Three lines, not counting empty ones."""
    return sum(bool(line.strip()) for line in text.split("\n")) == 3


def no_letter_e(text: str) -> bool:
    """Letters, and neither a small nor a capital E."""
    return any(map(str.isalpha, text)) and "e" not in text.lower()


def no_comma(text: str) -> bool:
    """Letters, and no comma."""
    return any(map(str.isalpha, text)) and "," not in text


def ten_words(text: str) -> bool:
    """A word at least, and ten at most."""
    return 1 <= len(text.split()) <= 10


def last_words(text: str) -> bool:
    """The words that were asked for at the end, and more before them."""
    bare = text.strip().strip("\"'*")
    return bare.endswith(LAST) and bare != LAST


def one_sentence(text: str) -> bool:
    """One period, question or exclamation mark at the end of a word, and nothing behind it."""
    ends = [match.end() for match in re.finditer(r"[.!?][\"')]*(?=\s|$)", text.strip())]
    return ends == [len(text.strip())]


RULES = {  # written, with their checks, before the model was asked
    "one word": Rule("Answer with one word.", one_word),
    "capitals": Rule("Write in capital letters only.", capitals),
    "lower case": Rule("Write in lower case only, without any capital letter.", small_letters),
    "json": Rule('Answer as a JSON object with the keys "name" and "use".', as_json),
    "three lines": Rule("Write exactly three lines.", three_lines),
    "no e": Rule("Do not use the letter e.", no_letter_e),
    "no comma": Rule("Do not use any comma.", no_comma),
    "ten words": Rule("Use at most ten words.", ten_words),
    "last words": Rule(f"End your answer with the words: {LAST}", last_words),
    "one sentence": Rule("Write exactly one sentence.", one_sentence),
}


def instructions(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, n: int
) -> dict[str, float]:
    """Ask about ``n`` subjects, without a rule and with each.

    Returns:
        For each rule ``kept``: the share of answers that keep it; ``unasked``: the share of answers without
        any rule that would have kept it, too; ``gain``: their difference, subject by subject; ``cut``: the
        share of answers that had not come to their end in the room they had. ``all`` takes the rules
        together, with an interval over subjects.
    """
    asked = {"": "", **{name: f" {rule.words}" for name, rule in RULES.items()}}
    prompts = [
        str(
            tokenizer.apply_chat_template(
                [{"role": "user", "content": f"Tell me about {subject}.{words}"}],
                tokenize=False, add_generation_prompt=True,
            )
        )
        for words in asked.values()
        for subject in SUBJECTS[:n]
    ]  # fmt: skip
    given = replies(model, tokenizer, prompts, ROOM)
    answers = {name: given[i * n : (i + 1) * n] for i, name in enumerate(asked)}
    values = _named("free.cut", share([not reply.ended for reply in answers[""]]))
    every: dict[str, list[float]] = {"kept": [], "unasked": [], "gain": []}
    for name, rule in RULES.items():
        kept = [rule.kept(reply.text) for reply in answers[name]]
        unasked = [rule.kept(reply.text) for reply in answers[""]]
        gain = [float(a - b) for a, b in zip(kept, unasked, strict=True)]
        values |= _named(f"{name}.kept", share(kept)) | _named(f"{name}.unasked", share(unasked))
        values |= _named(f"{name}.gain", clustered(gain, SUBJECTS[:n]))
        values |= _named(f"{name}.cut", share([not reply.ended for reply in answers[name]]))
        for score, found in (("kept", kept), ("unasked", unasked), ("gain", gain)):
            every[score] += map(float, found)
    for score, found in every.items():
        values |= _named(f"all.{score}", clustered(found, SUBJECTS[:n] * len(RULES)))
    return values


def instructions_cell(n: int) -> dict[str, float]:
    """Ask SmolLM2 about ``n`` subjects, without a rule and with each; see `instructions`."""
    return instructions(*loading.causal(), n)
