"""The cache of keys and values: what it takes, and what it saves."""

# --8<-- [start:imports]
import time

import torch
from transformers import GPT2LMHeadModel

# --8<-- [end:imports]


# --8<-- [start:bytes]
def cache_bytes(layers: int, width: int, bytes_of_number: int) -> int:
    """Count the bytes that a token leaves in the cache: a key and a value in each layer.

    Args:
        layers: blocks of the model.
        width: of all keys of a layer together: heads that have their own keys, times the size of one.
        bytes_of_number: 4 for float32, 2 for bfloat16.
    """
    return 2 * layers * width * bytes_of_number


# --8<-- [end:bytes]


# --8<-- [start:write]
@torch.no_grad()
def write(
    model: GPT2LMHeadModel, ids: torch.Tensor, new: int, cache: bool
) -> tuple[torch.Tensor, float]:
    """Write tokens, the likeliest each time, and take the time.

    Args:
        model: causal language model.
        ids: what it has read, shape (1, tokens).
        new: tokens to write; an end of the text does not stop it.
        cache: keep keys and values, or read all from the beginning for each token.

    Returns:
        The new ids, shape (new,), and the seconds.
    """
    start, past, read = time.perf_counter(), None, ids
    for _ in range(new):
        output = model(read, past_key_values=past, use_cache=cache)
        likeliest = output.logits[:, -1:].argmax(-1)  # (1, 1)
        ids = torch.cat([ids, likeliest], dim=1)
        past, read = output.past_key_values, likeliest if cache else ids
    return ids[0, -new:], time.perf_counter() - start


# --8<-- [end:write]
