# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "tqdm"]
# ///
"""Measure how well a causal language model predicts a text: perplexity and bits per byte."""

import argparse
import math
import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from tqdm import tqdm
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

HINTS = {  # words of an error -> what helps
    "memory": "take a smaller --model or a shorter text",
    "can't decode": "the file is not UTF-8: save it as UTF-8",
    "can't encode": "set PYTHONUTF8=1 in the environment, so that output is UTF-8, too",
    "repo id": "no such folder, and no name on the Hub, such as openai-community/gpt2",
    "connect": "check the network; what is downloaded loads without it: HF_HUB_OFFLINE=1",
    "can't load": "a file did not arrive: check the network and run it again",
    "consistency check": "the download was cut short: run it again",
    "deserializ": "a file is damaged: delete the model in ~/.cache/huggingface/hub, run it again",
    "backend tokenizer": "no tokenizer there that loads: check the name or folder of --model",
}


@torch.inference_mode()
def total_loss(model: PreTrainedModel, ids: torch.Tensor, context: int, stride: int) -> float:
    """Sum the loss of each token but the first, each scored once, in windows that overlap."""
    total, scored = 0.0, 1  # nothing stands before the first token
    starts = range(0, max(1, len(ids) - context + stride), stride)
    for start in tqdm(starts, unit="window", disable=None):  # None: on a terminal only
        window = ids[start : start + context].to(model.device)
        logits = model(input_ids=window[None]).logits[0, :-1].float()
        losses = F.cross_entropy(logits, window[1:], reduction="none")
        total += losses[scored - start - 1 :].sum().item()  # without those scored before
        scored = start + len(window)
    return total


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="The quick brown fox jumps over the lazy dog.")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument(
        "--context", type=int, help="tokens of a window; default: 1024 or what fits"
    )
    parser.add_argument("--stride", type=int, help="tokens between windows; default: half a window")
    args = parser.parse_args()
    text = args.file.read_text(encoding="utf-8-sig") if args.file else args.text

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    ids = torch.tensor(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])
    if len(ids) < 2:
        raise ValueError(f"a text of {len(ids)} tokens: need 2, since the first is not predicted")
    device: Any = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32).to(device)
    most = getattr(model.config, "max_position_embeddings", 1024)
    context = args.context or min(1024, most)
    stride = args.stride or context // 2
    if not 1 <= stride < context <= most:
        raise ValueError(
            f"stride {stride}, context {context}: need 1 <= stride < context <= {most}"
        )

    loss = total_loss(model, ids, context, stride)
    print(f"tokens scored: {len(ids) - 1} of {len(ids)}")
    print(f"perplexity: {math.exp(loss / (len(ids) - 1)):.4f}")
    size = len(str(tokenizer.decode(ids[1:])).encode())  # of the tokens that were scored
    print(f"bits per byte: {loss / math.log(2) / size:.4f}")


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
