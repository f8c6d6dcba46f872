# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "tqdm"]
# ///
"""Train a reward model on pairs: which of two answers do people prefer?"""

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
import transformers
from tqdm import tqdm
from transformers import AutoModelForSequenceClassification, AutoTokenizer

THINGS = ["kite", "cake", "lamp", "boat", "bench", "drum", "scarf", "box"]
ANSWERS = ["Gladly. Here is how, step by step.", "No. Find out yourself."]
EXAMPLE = [[f"How do I make a {x}?\n{answer}" for answer in ANSWERS] for x in THINGS]
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


def read_pairs(path: Path) -> list[list[str]]:
    """Read JSONL with the keys prompt, chosen and rejected as pairs of texts, chosen first."""
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").rstrip().split("\n"), 1):
        try:
            row = json.loads(line)
            pairs.append([row["prompt"] + "\n" + row[kind] for kind in ("chosen", "rejected")])
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path}, line {number}: need JSON with prompt, chosen, rejected: texts"
            raise ValueError(message) from error
    return pairs


def main() -> None:
    """Train, test on pairs held back, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    parser.add_argument("--file", type=Path, help="pairs in JSONL; default: a tiny example")
    parser.add_argument("--text", nargs=2, default=ANSWERS, help="two texts to compare at the end")
    parser.add_argument("--output", type=Path, default=Path("reward-model"), help="folder to make")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--learning-rate", type=float, default=2e-5)
    args = parser.parse_args()
    if (args.output / "config.json").exists():
        raise ValueError(f"{args.output} holds a model: name another --output")
    pairs = read_pairs(args.file) if args.file else EXAMPLE
    if len(pairs) < 4:
        raise ValueError(f"{len(pairs)} pairs: need 4")

    transformers.set_seed(0)  # shuffles the pairs, fills the new layer
    random.shuffle(pairs)
    unseen, seen = pairs[: len(pairs) // 4], pairs[len(pairs) // 4 :]
    transformers.logging.set_verbosity_error()  # that a layer is new is what we want
    tokenizer = AutoTokenizer.from_pretrained(args.model, padding_side="right")
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token  # GPT-2 has none
    device: Any = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    model = AutoModelForSequenceClassification.from_pretrained(
        args.model, num_labels=1, pad_token_id=tokenizer.pad_token_id, dtype=torch.float32
    ).to(device)
    most = min(1024, getattr(model.config, "max_position_embeddings", 1024))

    def margins(pairs: list[list[str]]) -> torch.Tensor:
        """How much higher the first text of each pair scores than the second, shape (pairs,)."""
        texts = [text for pair in pairs for text in pair]
        ids = tokenizer(texts, padding=True, truncation=True, max_length=most, return_tensors="pt")
        rewards: torch.Tensor = model(**ids.to(device)).logits.reshape(-1, 2)
        return rewards[:, 0] - rewards[:, 1]

    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate)
    # Dropout stays off, as from_pretrained leaves it: usual for reward models.
    for _ in range(args.epochs):
        for start in tqdm(range(0, len(seen), 2), disable=None):  # None: on a terminal only
            loss = -F.logsigmoid(margins(seen[start : start + 2])).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.inference_mode():
        right = sum(margins([pair]).item() > 0 for pair in unseen)
        margin = margins([args.text]).item()
    print(f"last loss: {loss.item():.4f} (one that cannot tell them apart: 0.6931)")
    print(f"right on unseen pairs: {right} of {len(unseen)}")
    print(f"the first of the two texts scores higher by {margin:.2f}")
    model.save_pretrained(args.output)
    tokenizer.save_pretrained(args.output)
    print(f"saved: {args.output}")


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
