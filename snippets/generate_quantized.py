# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "torchao>=0.18,<0.19"]
# ///
"""Continue a text with the model that quantize.py saved."""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

import torch
from torch import nn

for name in ("torchao", "torch.utils._pytree"):
    # Loading torchao warns of GPU kernels that are not there, and of a call it will have to renew.
    logging.getLogger(name).setLevel(logging.ERROR)
import torchao.quantization  # noqa: E402, F401 - so that torch.load knows its tensors
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer  # noqa: E402
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


def load(folder: Path) -> Any:
    """Build the model with nn.Linear for GPT-2's Conv1D, then take the weights as they are."""
    if not (folder / "weights.pt").is_file():
        raise FileNotFoundError(f"no {folder / 'weights.pt'}: make it with quantize.py")
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    for name, layer in list(model.named_modules()):
        if isinstance(layer, Conv1D):
            model.set_submodule(name, nn.Linear(layer.nx, layer.nf))
    weights = torch.load(folder / "weights.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(weights, assign=True)
    model.tie_weights()
    return model.eval()


def main() -> None:
    """Load and generate, always with the most probable token."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("quantized"), help="folder it made")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="The quick brown fox")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--max-new-tokens", type=int, default=20)
    args = parser.parse_args()
    text = args.file.read_text(encoding="utf-8-sig") if args.file else args.text

    device: Any = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    model = load(args.model).to(device)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    inputs = tokenizer(text, return_tensors="pt").to(device)
    room = getattr(model.config, "max_position_embeddings", 1024) - args.max_new_tokens
    if not 1 <= inputs["input_ids"].shape[1] <= room:
        raise ValueError(f"a text of {inputs['input_ids'].shape[1]} tokens: need 1 to {room}")
    output = model.generate(
        input_ids=inputs["input_ids"],
        attention_mask=inputs["attention_mask"],
        do_sample=False,
        max_new_tokens=args.max_new_tokens,
        pad_token_id=tokenizer.eos_token_id,  # GPT-2 has no token for padding
    )
    print(tokenizer.decode(output[0], skip_special_tokens=True))


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
