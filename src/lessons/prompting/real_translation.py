"""Sentences of the course's world into French, by a real model that has read little of it."""

import random
import re
from collections import Counter

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.intervals import mean, share
from lessons.prompting.prompts import _named
from lessons.real_models import loading
from lessons.real_models.writing import replies
from lessons.world import sentences

SHOTS = 5
ROOM = 48  # new tokens
WAYS = ("chat", "examples")
ARTICLES = {"le", "la", "les", "l", "un", "une", "des", "du"}


def pairs(n: int, seed: int) -> list[sentences.Sentence]:
    """Take ``n`` different held-out sentences: of those that `base` translates for its record."""
    rng = random.Random(f"translation {seed}")
    found: dict[str, sentences.Sentence] = {}
    while len(found) < n:
        drawn = sentences.sentence(rng, "held-out")
        found.setdefault(drawn.english, drawn)
    return list(found.values())


def prompt(tokenizer: PreTrainedTokenizerBase, way: str, english: str) -> str:
    """Ask for a translation: in the chat template, or behind five others in the course's form."""
    if way == "chat":
        asked = f"Translate English to French: '{english}'"
        chat = tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}], tokenize=False, add_generation_prompt=True
        )
        return str(chat)
    rng = random.Random("translated examples")
    shown = [sentences.sentence(rng, "train") for _ in range(SHOTS)]
    solved = [f"{sentences.translation_prompt(each.english)} {each.french}\n\n" for each in shown]
    return "".join(solved) + sentences.translation_prompt(english)


def words(text: str) -> list[str]:
    """List the words of a text, in lower case; an apostrophe parts them."""
    return re.findall(r"[a-zà-ÿœ]+", text.lower())


def overlap(text: str, reference: str) -> float:
    """Say how many words two texts share: the harmonic mean of both shares, 1 for the same words."""
    ours, theirs = Counter(words(text)), Counter(words(reference))
    return 2 * (ours & theirs).total() / max(1, (ours + theirs).total())


def translation(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, way: str, n: int, seed: int
) -> dict[str, float]:
    """Translate sentences; the first line of an answer counts, without quotes around it.

    Returns:
        ``exact``: the share of answers that are the reference. ``overlap``: the words shared with it;
        ``copied``: those that the English itself shares with it, such as names; ``gain``: the difference,
        sentence by sentence. ``articles``: the share of answers with a French article, right or wrong.
        ``echo``: the share that repeats the English.
    """
    asked = pairs(n, seed)
    prompts = [prompt(tokenizer, way, each.english) for each in asked]
    given = [
        reply.text.strip().split("\n")[0].strip(" '\"«»")
        for reply in replies(model, tokenizer, prompts, ROOM)
    ]
    rows = list(zip(given, asked, strict=True))
    shared = [overlap(text, each.french) for text, each in rows]
    copied = [overlap(each.english, each.french) for each in asked]
    return {
        **_named("exact", share([text == each.french for text, each in rows])),
        **_named("overlap", mean(shared)),
        **_named("copied", mean(copied)),
        **_named("gain", mean([a - b for a, b in zip(shared, copied, strict=True)])),
        **_named("articles", share([not ARTICLES.isdisjoint(words(text)) for text in given])),
        **_named("echo", share([words(text) == words(each.english) for text, each in rows])),
    }


def translation_cell(way: str, n: int, seed: int) -> dict[str, float]:
    """Let SmolLM2 translate ``n`` sentences; see `translation`."""
    return translation(*loading.causal(), way, n, seed)
