"""Let a real model write: many answers at a time, each as if it were asked alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Reply:
    """What a model wrote behind a prompt, and whether it came to an end by itself."""

    text: str
    ended: bool


def replies(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[str],
    room: int,
    batch: int = 50,
) -> list[Reply]:
    """Continue prompts greedily, up to an end token or ``room`` new tokens.

    A step for 25 texts costs little more than for one, since most of its time goes into reading the
    weights. What has come to its end leaves the batch, so that nobody waits for the longest answer.

    Args:
        model: causal language model.
        tokenizer: the model's own, with a padding token.
        prompts: texts, in a chat template or not.
        room: the most new tokens of each.
        batch: prompts that are continued together; those of similar length, so little is padded.
    """
    known = (tokenizer.eos_token_id, tokenizer.unk_token_id)  # SmolLM2 calls <|endoftext|> unknown
    ends = {token for token in known if token is not None}
    order = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
    found: dict[int, Reply] = {}
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        written = _continued(model, tokenizer, [prompts[row] for row in rows], room, ends)
        for row, tokens in zip(rows, written, strict=True):
            text = str(tokenizer.decode(tokens, skip_special_tokens=True))
            found[row] = Reply(text, bool(tokens) and tokens[-1] in ends)
    return [found[row] for row in range(len(prompts))]


@torch.no_grad()
def _continued(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[str],
    room: int,
    ends: set[int],
) -> list[list[int]]:
    """Write the likeliest tokens behind each prompt; the last one is in ``ends``, or room ran out."""
    encoded = tokenizer(list(prompts), padding=True, padding_side="left", return_tensors="pt")
    mask = encoded["attention_mask"]  # (rows, tokens): 0 where a prompt is filled up at its left
    read, places = encoded["input_ids"], (mask.cumsum(1) - 1).clamp(min=0)
    rows, cache = list(range(len(prompts))), None
    written: list[list[int]] = [[] for _ in prompts]
    for _ in range(room):
        answer = model(
            input_ids=read, attention_mask=mask, position_ids=places,
            past_key_values=cache, use_cache=True, logits_to_keep=1,
        )  # fmt: skip
        cache = answer.past_key_values
        chosen = answer.logits[:, -1].argmax(1)
        for row, token in zip(rows, chosen.tolist(), strict=True):
            written[row].append(token)
        left = [i for i, token in enumerate(chosen.tolist()) if token not in ends]
        if not left:
            break
        if len(left) < len(rows):
            keep = torch.tensor(left)
            cache.batch_select_indices(keep)
            rows, chosen = [rows[i] for i in left], chosen[keep]
            mask, places = mask[keep], places[keep]
        read, places = chosen[:, None], places[:, -1:] + 1
        mask = torch.cat([mask, mask.new_ones(len(rows), 1)], 1)
    return written
