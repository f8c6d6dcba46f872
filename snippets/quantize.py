# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "torchao>=0.18,<0.19"]
# ///
"""Keep a causal language model's weights in 8 bits; compare size and perplexity."""

import argparse
import logging
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from torch import nn

for name in ("torchao", "torch.utils._pytree"):
    # Loading torchao warns of GPU kernels that are not there, and of a call it will have to renew.
    logging.getLogger(name).setLevel(logging.ERROR)
from torchao.quantization import Int8WeightOnlyConfig, quantize_  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel  # noqa: E402
from transformers.pytorch_utils import Conv1D  # noqa: E402

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


def use_linear(model: nn.Module) -> None:
    """Replace GPT-2's Conv1D layers, whose weights are transposed, by the nn.Linear they equal."""
    for name, layer in list(model.named_modules()):
        if isinstance(layer, Conv1D):
            linear = nn.Linear(layer.nx, layer.nf)
            linear.weight = nn.Parameter(layer.weight.detach().T.contiguous())
            linear.bias = layer.bias
            model.set_submodule(name, linear)


@torch.inference_mode()
def perplexity(model: PreTrainedModel, ids: torch.Tensor) -> float:
    """Return the perplexity of one window of tokens, shape (1, tokens)."""
    logits = model(input_ids=ids).logits[0, :-1].float()
    return math.exp(F.cross_entropy(logits, ids[0, 1:]).item())


def main() -> None:
    """Quantize, compare, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="The quick brown fox jumps over the lazy dog.")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--output", type=Path, default=Path("quantized"), help="folder to make")
    args = parser.parse_args()
    if (args.output / "config.json").exists():
        raise ValueError(f"{args.output} holds a model: name another --output")
    text = args.file.read_text(encoding="utf-8-sig") if args.file else args.text

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
    ids = tokenizer(text, return_tensors="pt", verbose=False)["input_ids"]
    ids = ids[:, : min(1024, getattr(model.config, "max_position_embeddings", 1024))]
    if ids.shape[1] < 2:
        raise ValueError("a text of fewer than 2 tokens: need 2, since the first is not predicted")
    size, before = model.get_memory_footprint(), perplexity(model, ids)

    use_linear(model)
    head = model.get_output_embeddings()  # GPT-2's is the embedding, too: leave it out
    quantize_(
        model, Int8WeightOnlyConfig(),
        filter_fn=lambda layer, _: isinstance(layer, nn.Linear) and layer is not head,
    )  # fmt: skip
    tokenizer.save_pretrained(args.output)
    model.config.save_pretrained(args.output)
    torch.save(model.state_dict(), args.output / "weights.pt")
    print(f"size: {size / 1e6:.1f} -> {(args.output / 'weights.pt').stat().st_size / 1e6:.1f} MB")
    print(f"perplexity of {ids.shape[1]} tokens: {before:.4f} -> {perplexity(model, ids):.4f}")
    print(f"saved: {args.output}")


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
