# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "tqdm"]
# ///
"""Train a reward model on pairs: which of two answers do people prefer?"""

import argparse
import codecs
import contextlib
import json
import math
import os
import random
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HINTS = {  # words of an error, "|" between alternatives -> what helps
    "memory": "take a smaller --model or a shorter text",
    "no module named|import module": "install what the script's head names, or use: uv run",
    "can't decode": "the file is not UTF-8: save it as UTF-8",
    "nul character|control characters": "the file may be UTF-16: save it as UTF-8",
    "can't encode": "set PYTHONUTF8=1 in the environment, so that output is UTF-8, too",
    "no space|quota|file too large|unexpected pos|failed writing":
        "make room on the disk, or below the quota, and run it again",
    "permission denied|read-only": "name an --output in a folder where you may write",
    "not finite": "try a smaller --learning-rate, or another --model: weights may be damaged",
    "configuration class": "take a causal model; fine_tune.py and reward_model.py take more",
    "mismatched_sizes": "the model has a head for other labels: take the one it was made from",
    "gated repo": "accept the terms on the model's page, then log in: hf auth login",
    "out of bounds|out of range": "the tokenizer has tokens that the model has not: take its own",
    "repo id": "no such folder, and no name on the Hub, such as openai-community/gpt2",
    "connect": "check the network; what is downloaded loads without it: HF_HUB_OFFLINE=1",
    "can't load": "a file did not arrive: check the network and run it again",
    "consistency check": "the download was cut short: run it again",
    "deserializ|eof[e, ]|failed reading|corrupted|valid json|load failed|state_dict|expected value":
        "a file is damaged: delete the model in ~/.cache/huggingface/hub, run it again",
    "backend tokenizer": "no tokenizer there that loads: check the name or folder of --model",
}  # fmt: skip


@contextlib.contextmanager
def boundary() -> Iterator[None]:
    """The one place where errors end: in a line that says what went wrong, without a traceback."""
    try:
        yield
        print(end="", flush=True)  # now: as Python ends, nobody could say what fails
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001
        try:
            print(end="", flush=True)
        except OSError:  # the output is gone, and Python writes to it once more as it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        text = str(error).strip() or type(error).__name__
        if isinstance(error, BrokenPipeError) or text == "[Errno 22] Invalid argument":
            sys.exit()  # behind `| head`, or on Windows: the reader has what they wanted
        if isinstance(error, KeyboardInterrupt):
            print("stopped", file=sys.stderr)
            sys.exit(130)  # as shells say it
        hints = [
            f"\nhint: {hint}" for words, hint in HINTS.items() if re.search(words, text.lower())
        ]
        sys.exit(f"error: {text.splitlines()[0]}{''.join(hints[:1])}")


with boundary():
    import torch
    import torch.nn.functional as F  # noqa: N812 - as everybody calls it
    import transformers
    from tqdm import tqdm
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    transformers.logging.set_verbosity_error()  # what matters, the script says itself
    if not (sys.stderr and sys.stderr.isatty()):
        transformers.logging.disable_progress_bar()  # a log is no terminal

THINGS = ["kite", "cake", "lamp", "boat", "bench", "drum", "scarf", "box"]
ANSWERS = ["Gladly. Here is how, step by step.", "No. Find out yourself."]
EXAMPLE = [[f"How do I make a {x}?\n", *ANSWERS] for x in THINGS]


def read(path: Path | None, text: str = "") -> str:
    """Return the text of a file, or the one given; refuse what is no text, and say in which line."""
    name, data = str(path or "--text"), text.encode(errors="surrogatepass")
    if path:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise ValueError(f"{name}, line {line}: a NUL character, which no text has")
    controls = bytes({*range(1, 27)} - {*b"\t\n\v\f\r"})
    if 4 * (len(data) - len(data.translate(None, controls))) > len(data):
        raise ValueError(f"{name}: a quarter are control characters, as in no text")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"{name}, line {line}: {error}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if path else text


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Make a file or folder whole or not at all: it is made beside its place, and moved at the end."""
    path = path.resolve()
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise ValueError(f"{path} is there and not empty: name another --output")
    beside = next(place for place in (path, *path.parents) if place.exists())
    with tempfile.TemporaryDirectory(dir=beside, prefix=f".{path.name}.") as scratch:
        yield (made := Path(scratch) / "whole")
        if beside == path:  # an empty folder, which may be the current one: it stays, and is filled
            for file in sorted(made.iterdir(), key=lambda file: file.name == "config.json"):
                file.replace(path / file.name)  # the one that says what it is comes last
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.replace(path)


def count(text: str) -> int:
    """Read an option that is a whole number above 0."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not more than 0")
    return number


def amount(text: str) -> float:
    """Read an option that is a number above 0."""
    if not 0 < (number := float(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not more than 0, or is without an end")
    return number


def longest(model: Any, tokenizer: Any) -> int:
    """Return how many tokens the model reads. RoBERTa's positions begin behind the padding token's."""
    most = getattr(model.config.get_text_config(), "max_position_embeddings", None) or 1024
    for name, layer in model.named_modules():
        unused = getattr(layer, "padding_idx", None)
        if name.endswith("position_embeddings") and unused is not None:
            most = min(most, layer.num_embeddings - unused - 1)
    return int(min(most, tokenizer.model_max_length))


def pad(model: Any, tokenizer: Any) -> None:
    """Give both a padding token of its own: with the end token for it, a text would have no end."""
    if tokenizer.pad_token in {None, tokenizer.eos_token}:
        tokenizer.add_special_tokens({"pad_token": "<|pad|>"})
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    model.config.pad_token_id = tokenizer.pad_token_id


def require_finite(numbers: Iterable[torch.Tensor], where: str) -> None:
    """Stop before a model that training has spoiled is reported like any other."""
    if not all(bool(x.isfinite().all()) for x in numbers):
        raise ValueError(f"{where}: numbers that are not finite, so nothing is saved")


def read_pairs(path: Path) -> list[list[str]]:
    """Read JSONL with the keys prompt, chosen and rejected."""
    pairs = []
    for number, line in enumerate(read(path).rstrip().split("\n"), 1):
        try:
            row = json.loads(line)
            texts = [row["prompt"] + "\n", row["chosen"] + "", row["rejected"] + ""]
            pairs.append([read(None, text) for text in texts])  # an escape may be no character
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path}, line {number}: need JSON with prompt, chosen, rejected: texts"
            raise ValueError(message) from error
    return pairs


class Reader:
    """Turns a prompt and an answer into ids, with the end that tells the answer from a longer one."""

    def __init__(self, tokenizer: Any, most: int) -> None:
        ids, end = tokenizer("a")["input_ids"], tokenizer.eos_token_id
        self.end = [end] if end not in {None, ids[-1]} else []
        self.tokenizer, self.most = tokenizer, most - len(self.end)
        self.cut = 0  # prompts

    def ids(self, prompt: str, answer: str) -> list[int]:
        """Cut the front of what is too long: a prompt, and never its answer, of which none is left then."""
        room = self.most - self.tokenizer.num_special_tokens_to_add()
        if len(self.tokenizer(answer, add_special_tokens=False, verbose=False)["input_ids"]) > room:
            return []
        ids = self.tokenizer(prompt + answer, verbose=False)["input_ids"]
        self.cut += len(ids) > self.most
        cut = self.tokenizer(prompt + answer, truncation=True, max_length=self.most)["input_ids"]
        return [*cut, *self.end]

    def pairs(self, texts: list[list[str]]) -> list[list[list[int]]]:
        """Leave out the pairs that are equal as tokens, or too long, and say which."""
        ids = [[self.ids(prompt, x) for x in answers] for prompt, *answers in texts]
        long = [number for number, pair in enumerate(ids, 1) if not all(pair)]
        equal = [n for n, (first, second) in enumerate(ids, 1) if n not in long and first == second]
        for numbers, why in ((long, "an answer is too long"), (equal, "both are equal as tokens")):
            if numbers:
                some = ", ".join(map(str, numbers[:5])) + ", ..." * (len(numbers) > 5)
                print(f"left out, since {why}: {len(numbers)} of {len(ids)} pairs ({some})")
        return [pair for number, pair in enumerate(ids, 1) if number not in {*long, *equal}]


def main() -> None:
    """Train, test on pairs held back, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="openai-community/gpt2", help="Hub name or folder")
    parser.add_argument("--file", type=Path, help="pairs in JSONL; default: a tiny example")
    parser.add_argument("--text", nargs=2, default=ANSWERS, help="two texts to compare at the end")
    parser.add_argument("--output", type=Path, default=Path("reward-model"), help="folder to make")
    parser.add_argument("--epochs", type=count, default=3)
    parser.add_argument("--learning-rate", type=amount, default=2e-5)
    args = parser.parse_args()
    texts = read_pairs(args.file) if args.file else EXAMPLE
    asked = [read(None, text) for text in args.text]
    if len(texts) < 4:
        raise ValueError(f"{len(texts)} pairs: need 4")
    with whole(args.output) as folder:
        transformers.set_seed(0)  # fills the new layer
        tokenizer = AutoTokenizer.from_pretrained(
            args.model, padding_side="right", truncation_side="left"
        )
        device: Any = torch.accelerator.current_accelerator(check_available=True) or "cpu"
        model = AutoModelForSequenceClassification.from_pretrained(
            args.model, num_labels=1, dtype=torch.float32
        )
        pad(model.to(device), tokenizer)
        reader = Reader(tokenizer, min(1024, longest(model, tokenizer)))
        pairs = reader.pairs(texts)
        if len(pairs) < 4:
            raise ValueError(f"{len(pairs)} pairs that the model can tell apart: need 4")
        last = [reader.ids("", text) for text in asked]
        if not all(last) or last[0] == last[1]:
            raise ValueError("--text: need two texts that fit, and are not equal as tokens")
        random.Random(0).shuffle(pairs)
        unseen, seen = pairs[: len(pairs) // 4], pairs[len(pairs) // 4 :]
        print(f"pairs: {len(seen)} to learn from, {len(unseen)} unseen")
        if reader.cut:
            print(f"prompts cut at the front: {reader.cut}")

        def margins(pairs: list[list[list[int]]]) -> torch.Tensor:
            """How much higher the first text of each pair scores than the second, shape (pairs,)."""
            ids = [{"input_ids": ids} for pair in pairs for ids in pair]
            batch = tokenizer.pad(ids, return_tensors="pt").to(device)
            rewards: torch.Tensor = model(**batch).logits.reshape(-1, 2)
            return rewards[:, 0] - rewards[:, 1]

        optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate)
        # Dropout stays off, as from_pretrained leaves it: usual for reward models.
        for epoch in range(1, args.epochs + 1):
            for start in tqdm(range(0, len(seen), 2), disable=None):  # None: on a terminal only
                loss = -F.logsigmoid(margins(seen[start : start + 2])).mean()
                require_finite([loss], f"epoch {epoch}, the loss")
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        require_finite(model.parameters(), "the weights after training")
        with torch.inference_mode():
            right = sum(margins([pair]).item() > 0 for pair in unseen)
            margin = margins([last]).item()
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    print(f"last loss: {loss.item():.4f} (one that cannot tell them apart: 0.6931)")
    print(f"right on unseen pairs: {right} of {len(unseen)}")
    print(f"the first of the two texts scores higher by {margin:.2f}")
    print(f"saved: {args.output}")


if __name__ == "__main__":
    with boundary():
        main()
