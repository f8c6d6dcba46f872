# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11"]
# ///
"""Ask a causal language model to translate: without examples, and with a few."""

import argparse
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

EXAMPLES = [("Good morning.", "Bonjour."), ("Thank you.", "Merci."), ("The cat.", "Le chat.")]
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


def prompts(text: str) -> dict[str, str]:
    """Return the task stated, and the task shown. Both end where the answer begins, no blank."""
    shown = "".join(f"English: {english}\nFrench: {french}\n\n" for english, french in EXAMPLES)
    return {
        "zero-shot": f"Translate English to French: '{text}'\nFrench:",
        "few-shot": f"{shown}English: {text}\nFrench:",
    }


def main() -> None:
    """Complete both prompts, always with the most probable token."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="Hello, how are you?", help="what to translate")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    parser.add_argument("--max-new-tokens", type=int, default=20)
    args = parser.parse_args()
    text = args.file.read_text(encoding="utf-8-sig") if args.file else args.text

    device: Any = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32).to(device)
    room = getattr(model.config, "max_position_embeddings", 1024) - args.max_new_tokens
    for name, prompt in prompts(text.strip()).items():
        inputs = tokenizer(prompt, return_tensors="pt").to(device)  # ids and the attention mask
        length = inputs["input_ids"].shape[1]
        if length > room:
            raise ValueError(f"{length} tokens of {name} prompt: the model has room for {room}")
        output = model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            do_sample=False,
            max_new_tokens=args.max_new_tokens,
            pad_token_id=tokenizer.eos_token_id,  # GPT-2 has no token for padding
        )
        print(f"--- {name}, {length} tokens of prompt")
        print(prompt, tokenizer.decode(output[0, length:], skip_special_tokens=True), sep="")


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
