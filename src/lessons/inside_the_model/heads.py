"""What one attention head looks at, and what the model can no longer do without it."""

# --8<-- [start:imports]
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GPT2LMHeadModel,
    PreTrainedTokenizerBase,
)

from lessons.intervals import Score, clustered
from lessons.models.abilities import Solver
from lessons.storage import checkpoint
from lessons.world import stories, sums
from lessons.world.lexicon import KINDS
from lessons.world.sentences import Sentence, sentence, translation_prompt

NOUNS = tuple(noun for kind in KINDS.values() for noun in kind if noun.english != "orange")
# --8<-- [end:imports]


# --8<-- [start:places]
@dataclass(frozen=True)
class NounPlace:
    """A place in a translation at which the next token begins a noun.

    Attributes:
        noun: the English noun, in the singular.
        place: index of the last token before the French noun.
        tokens: indices of the English noun's tokens.
        others: indices of the tokens of all other English nouns of the sentence; may be empty.
    """

    noun: str
    place: int
    tokens: tuple[int, ...]
    others: tuple[int, ...]


def noun_places(
    tokenizer: PreTrainedTokenizerBase, pair: Sentence
) -> tuple[list[int], list[NounPlace]]:
    """Find where a translation goes on with a noun, and where that noun stands in English.

    Only nouns that occur once in each language count. The color *orange* looks like the fruit, so neither
    does.

    Returns:
        The ids of prompt and translation, and the places.
    """
    prompt = translation_prompt(pair.english)
    encoded = tokenizer(f"{prompt} {pair.french}", return_offsets_mapping=True)
    spans = encoded["offset_mapping"]

    def tokens(words: tuple[str, str], start: int, end: int) -> tuple[int, ...]:
        """Return the tokens of the one word of these that stands between two letters, if there is one."""
        pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
        hits = list(pattern.finditer(f"{prompt} {pair.french}"[:end], start))
        if len(hits) != 1:
            return ()
        left, right = hits[0].span()
        return tuple(i for i, (a, b) in enumerate(spans) if a < right and b > left)

    english, french = {}, {}
    for noun in NOUNS:
        there = tokens((noun.english, noun.many), prompt.index("'"), len(prompt))
        here = tokens((noun.french, noun.french_many), len(prompt), spans[-1][1])
        if there and here:
            english[noun.english], french[noun.english] = there, here
    return encoded["input_ids"], [
        NounPlace(
            noun,
            french[noun][0] - 1,
            english[noun],
            tuple(i for name in english if name != noun for i in english[name]),
        )
        for noun in english
    ]


# --8<-- [end:places]


# --8<-- [start:attention]
@torch.no_grad()
def attention_on_nouns(
    model: GPT2LMHeadModel, tokenizer: PreTrainedTokenizerBase, pairs: Sequence[Sentence]
) -> tuple[list[NounPlace], torch.Tensor, torch.Tensor]:
    """Measure how much each head attends to the noun that comes next, and to other nouns.

    Args:
        model: loaded with ``attn_implementation="eager"``, or it returns no attention.
        tokenizer: the model's own.
        pairs: sentences with their translations, which the model reads and does not write.

    Returns:
        The places; then two shares of attention, shape (places, blocks, heads): on the noun that comes
        next, and on all other nouns of the sentence together.
    """
    places: list[NounPlace] = []
    to_next, to_others = [], []
    for pair in pairs:
        ids, found = noun_places(tokenizer, pair)
        maps = model(torch.tensor([ids]), output_attentions=True).attentions
        weights = torch.stack(maps)[:, 0]  # (blocks, heads, tokens that look, tokens seen)
        for place in found:
            looks = weights[:, :, place.place]
            to_next.append(looks[..., list(place.tokens)].sum(-1))
            to_others.append(looks[..., list(place.others)].sum(-1))
        places += found
    return places, torch.stack(to_next), torch.stack(to_others)


def nouns_cell(split: str, n: int, seed: int) -> dict[str, float]:
    """Measure the attention of each head of `base` where a noun comes next.

    Returns:
        For each head, named ``block1.head1``: ``next``, the mean share on that noun, as a score over
        nouns, and ``other``, the mean share on other nouns where the sentence has some. ``even`` is what
        a head would give the noun that gives each token the same.
    """
    rng = random.Random(f"nouns {split} {seed}")
    pairs = [sentence(rng, split) for _ in range(n)]
    model, tokenizer = load("eager")
    places, to_next, to_others = attention_on_nouns(model, tokenizer, pairs)
    nouns = [place.noun for place in places]
    several = torch.tensor([bool(place.others) for place in places])
    even = [len(place.tokens) / (place.place + 1) for place in places]
    values = {"even": sum(even) / len(even), "several": float(several.sum())}
    for block in range(to_next.shape[1]):
        for head in range(to_next.shape[2]):
            name = f"block{block + 1}.head{head + 1}"
            score = clustered(to_next[:, block, head].tolist(), nouns)
            values |= {f"{name}.next.{part}": value for part, value in asdict(score).items()}
            values[f"{name}.other"] = to_others[several, block, head].mean().item()
    return values


# --8<-- [end:attention]


# --8<-- [start:switch]
@contextmanager
def without_head(model: GPT2LMHeadModel, block: int, head: int) -> Iterator[None]:
    """Switch off one head: what it mixes together is replaced by zeros, as long as this lasts.

    Args:
        model: its weights stay as they are.
        block: counted from 1.
        head: counted from 1.

    Raises:
        ValueError: a block or a head that the model does not have.
    """
    blocks, heads = model.config.n_layer, model.config.n_head
    if not (1 <= block <= blocks and 1 <= head <= heads):
        raise ValueError(f"no head {head} in block {block}: there are {blocks} times {heads}")
    size = model.config.n_embd // heads

    def zero(_layer: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        mixed = inputs[0].clone()  # (rows, tokens, width): the heads side by side
        mixed[..., (head - 1) * size : head * size] = 0
        return (mixed, *inputs[1:])

    hook = model.transformer.h[block - 1].attn.c_proj.register_forward_pre_hook(zero)  # type: ignore[union-attr]
    try:
        yield
    finally:
        hook.remove()


def three_tasks(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Translate, answer questions on stories and add four numbers in steps; all are held out.

    Returns:
        The shares right, each as a score over what the model reads: ``translation``, ``question``, ``sum``.
    """
    rng = random.Random(f"heads {seed}")
    pairs = [sentence(rng, "held-out") for _ in range(n)]
    texts = [stories.story(rng, "held-out") for _ in range(n)]
    asked = [rng.choice(text.questions) for text in texts]
    numbers = [sums.terms(rng, "held-out", 4) for _ in range(n)]
    tasks = {
        "translation": (
            [translation_prompt(pair.english) for pair in pairs],
            [pair.french for pair in pairs],
            48,
        ),
        "question": (
            [stories.question_prompt(s.text, q) for s, (q, _) in zip(texts, asked, strict=True)],
            [answer for _, answer in asked],
            24,
        ),
        "sum": (
            [sums.sum_prompt(terms, steps=True) for terms in numbers],
            [sums.written_steps(terms) for terms in numbers],
            64,
        ),
    }
    scores = {}
    for task, (prompts, wanted, room) in tasks.items():
        answers = solver.answers(prompts, room)
        scores[task] = clustered([a == w for a, w in zip(answers, wanted, strict=True)], prompts)
    return scores


def heads_cell(block: int, head: int, n: int, seed: int) -> dict[str, float]:
    """Measure `base` on three tasks without one head; block 0 stands for the whole model."""
    model, tokenizer = load("sdpa")
    solver = Solver(model, tokenizer)
    if block:
        with without_head(model, block, head):
            scores = three_tasks(solver, n, seed)
    else:
        scores = three_tasks(solver, n, seed)
    return {
        f"{task}.{part}": value
        for task, score in scores.items()
        for part, value in asdict(score).items()
    }


# --8<-- [end:switch]


# --8<-- [start:load]
def load(attention: str) -> tuple[GPT2LMHeadModel, PreTrainedTokenizerBase]:
    """Load `base` and its tokenizer.

    Args:
        attention: how attention is computed: ``sdpa`` is fast, ``eager`` can return the weights.
    """
    folder = checkpoint("base")
    model: GPT2LMHeadModel = AutoModelForCausalLM.from_pretrained(  # type: ignore[assignment]
        folder, dtype=torch.float32, attn_implementation=attention
    )
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return model, tokenizer


# --8<-- [end:load]
