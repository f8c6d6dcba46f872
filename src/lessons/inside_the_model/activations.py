"""How unequal the numbers are that flow through a model, and how much attention its first token gets."""

import random
import re
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import log10

import torch
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.inside_the_model.heads import load
from lessons.intervals import clustered
from lessons.real_models import loading, texts
from lessons.world.stories import story

TEXTS, TOKENS = 20, 256  # as long as what `base` can read
# How two families name the layers of a block; keys, values and a second layer of the MLP read the same.
PARTS = {
    "self_attn.q_proj": "attention in", "self_attn.o_proj": "attention out",
    "mlp.gate_proj": "mlp in", "mlp.down_proj": "mlp out",
    "attn.c_attn": "attention in", "attn.c_proj": "attention out",
    "mlp.c_fc": "mlp in", "mlp.c_proj": "mlp out",
}  # fmt: skip
PLACE = re.compile(r"(?:layers|h)\.(\d+)\.(.+)")


@dataclass(frozen=True)
class Extreme:
    """The largest number that a layer reads in one text, by its size.

    Attributes:
        ratio: the largest, as a multiple of the median.
        place: index of the token that holds it.
        others: the largest of all *other* tokens, as a multiple of the same median.
    """

    ratio: float
    place: int
    others: float


def extreme(inputs: torch.Tensor) -> Extreme:
    """Find the largest of a layer's inputs, shape (tokens, width); needs two tokens or more."""
    sizes = inputs.abs()
    largest, median = sizes.amax(1), sizes.median()
    place = int(largest.argmax())
    rest = torch.cat([largest[:place], largest[place + 1 :]]).max()
    return Extreme((largest[place] / median).item(), place, (rest / median).item())


@torch.no_grad()
def look(
    model: PreTrainedModel, ids: torch.Tensor
) -> tuple[dict[tuple[int, str], Extreme], torch.Tensor]:
    """Let a model read a text, and look at what its layers read and where its heads look.

    Args:
        model: a Llama or a GPT-2, with ``attn_implementation="eager"``, or it returns no attention.
        ids: of one text, shape (tokens,).

    Returns:
        (block, part) -> the largest input; blocks count from 1, for the parts see `PARTS`. And the mean
        share of attention that the second half of the tokens gives the first, shape (blocks, heads).
    """
    found: dict[tuple[int, str], Extreme] = {}
    hooks = []
    for name, layer in model.named_modules():
        place = PLACE.search(name)
        if place and (part := PARTS.get(place[2])):

            def keep(
                _layer: nn.Module,
                inputs: tuple[torch.Tensor, ...],
                at: tuple[int, str] = (int(place[1]) + 1, part),
            ) -> None:
                found[at] = extreme(inputs[0][0])

            hooks.append(layer.register_forward_pre_hook(keep))
    try:
        maps = torch.stack(model(ids[None], output_attentions=True).attentions)[:, 0]
    finally:
        for hook in hooks:
            hook.remove()
    return found, maps[:, :, len(ids) // 2 :, 0].mean(-1)


def documentation(
    tokenizer: PreTrainedTokenizerBase, length: int, seed: int = 0
) -> list[torch.Tensor]:
    """Cut Python's documentation into passages, in an order drawn by chance.

    A paragraph that a longer topic has, too, is left out, since a fifth of them are copies.

    Args:
        tokenizer: of the model that is to read them.
        length: tokens of a passage; what is left over at a topic's end is not used.
        seed: of the order.

    Returns:
        Token ids, each of shape (length,).
    """
    seen: set[str] = set()
    passages: list[torch.Tensor] = []
    for _, text in sorted(texts.topics().items(), key=lambda topic: (-len(topic[1]), topic[0])):
        new = [part for part in text.split("\n\n") if part not in seen]
        seen.update(new)
        ids = torch.tensor(tokenizer("\n\n".join(new), verbose=False)["input_ids"])
        passages += list(ids[: len(ids) // length * length].long().view(-1, length))
    random.Random(f"documentation {seed}").shuffle(passages)
    return passages


def told(tokenizer: PreTrainedTokenizerBase, count: int, length: int) -> list[torch.Tensor]:
    """Tell held-out stories of the course's world, one after another, until each passage is full.

    Returns:
        Token ids of ``count`` passages, each of shape (length,).
    """
    rng = random.Random("passages of stories")
    passages = []
    for _ in range(count):
        ids: list[int] = []
        written = ""
        while len(ids) < length:
            written += f"Story: {story(rng, 'held-out').text}\n"
            ids = tokenizer(written, verbose=False)["input_ids"]
        passages.append(torch.tensor(ids[:length]))
    return passages


def activations(model: PreTrainedModel, passages: Sequence[torch.Tensor]) -> dict[str, float]:
    """Look at a model while it reads passages.

    Args:
        model: with ``attn_implementation="eager"``.
        passages: token ids, each of the same length.

    Returns:
        For each layer, named ``block1.mlp out``, as powers of ten: ``ratio``, the median over the passages
        of the largest input over the median one, with ``lowest`` and ``highest``, and ``others``, the same
        without the token that holds it. ``first``: share of passages in which that is the first token.
        For each head, named ``block1.head1``, its share of attention on the first token. ``sink``: the
        mean share over all heads, with an interval over passages; ``even``: what a head would give that
        looks everywhere alike; ``most``: share of heads that give the first token more than half.
        ``distinct``: how many different tokens stand first.
    """
    seen = [look(model, ids) for ids in passages]
    values: dict[str, float] = {}
    for block, part in seen[0][0]:
        found = [extremes[block, part] for extremes, _ in seen]
        ratios = [each.ratio for each in found]
        powers = {
            "ratio": statistics.median(ratios), "lowest": min(ratios), "highest": max(ratios),
            "others": statistics.median(each.others for each in found),
        }  # fmt: skip
        name = f"block{block}.{part}"
        values |= {f"{name}.{score}": _short(log10(ratio)) for score, ratio in powers.items()}
        values[f"{name}.first"] = sum(each.place == 0 for each in found) / len(found)
    shares = torch.stack([attention for _, attention in seen])  # (passages, blocks, heads)
    for block, heads in enumerate(shares.mean(0).tolist(), 1):
        values |= {f"block{block}.head{head}": _short(share) for head, share in enumerate(heads, 1)}
    length = len(passages[0])
    sink = clustered(shares.mean((1, 2)).tolist(), [str(place) for place in range(len(passages))])
    return {
        **values,
        **{f"sink.{name}": value for name, value in asdict(sink).items()},
        "most": (shares.mean(0) > 0.5).float().mean().item(),
        "even": statistics.fmean(1 / (place + 1) for place in range(length // 2, length)),
        "distinct": len({int(ids[0]) for ids in passages}),
    }


def _short(number: float) -> float:
    """Keep five digits: a record of some hundred layers and heads stays small."""
    return float(f"{number:.5g}")


def activations_cell(model: str, text: str) -> dict[str, float]:
    """Look at a model while it reads 20 passages of 256 tokens.

    Args:
        model: ``base`` or ``smollm2``.
        text: ``stories`` of the course's world, or ``documentation``, Python's.
    """
    if model == "base":
        small, tokenizer = load("eager")
        return activations(small, read(tokenizer, text))
    network, tokenizer = loading.causal(model)
    network.set_attn_implementation("eager")
    try:
        return activations(network, read(tokenizer, text))
    finally:
        network.set_attn_implementation("sdpa")


def read(tokenizer: PreTrainedTokenizerBase, text: str) -> list[torch.Tensor]:
    """Return the passages of a cell."""
    if text == "stories":
        return told(tokenizer, TEXTS, TOKENS)
    return documentation(tokenizer, TOKENS)[:TEXTS]
