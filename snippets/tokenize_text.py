# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6"]
# ///
"""Show the tokens of a text: their ids, their pieces, and the text that they decode to."""

import argparse
import sys
from pathlib import Path

from transformers import AutoTokenizer

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


def main() -> None:
    """Tokenize and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--text", default="Hello, how are you?")
    source.add_argument("--file", type=Path, help="a UTF-8 text, instead of --text")
    args = parser.parse_args()
    text = args.file.read_text(encoding="utf-8-sig") if args.file else args.text

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    ids = tokenizer(text, verbose=False)["input_ids"]  # not verbose: a long text is no mistake
    if text and not ids:
        raise ValueError(f"{args.model} has no tokenizer: name a model that comes with one")
    print("tokens:", len(ids))
    print("ids:", ids)
    print("pieces:", [tokenizer.decode([token]) for token in ids])
    print("decoded:", tokenizer.decode(ids))


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
