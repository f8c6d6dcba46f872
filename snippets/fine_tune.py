# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "accelerate>=1.15"]
# ///
"""Fine-tune a classifier on labeled texts, and test it on some that it has not seen."""

import argparse
import codecs
import contextlib
import math
import os
import random
import re
import sys
import tempfile
from collections import Counter
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
    import transformers
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    transformers.logging.set_verbosity_error()  # what matters, the script says itself
    if not (sys.stderr and sys.stderr.isatty()):
        transformers.logging.disable_progress_bar()  # a log is no terminal

THINGS = ["story", "film", "meal", "song", "trip", "room", "lesson", "game", "show", "book"]
SAID = {
    "good": ["The {} was a joy.", "I liked the {}."],
    "bad": ["The {} was bad.", "I left the {}."],
}
EXAMPLE = [[text.format(x), label] for label in SAID for text in SAID[label] for x in THINGS]


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


class Careful(transformers.Trainer):
    """Stops at the first loss that is not finite, and keeps the last one."""

    def training_step(self, *args: Any, **settings: Any) -> torch.Tensor:
        """Return the loss of one batch."""
        self.loss = super().training_step(*args, **settings)
        require_finite([self.loss], f"step {self.state.global_step + 1}, the loss")
        return self.loss


def read_rows(path: Path) -> list[list[str]]:
    """Read lines of a text, a tab and a label."""
    lines = read(path).rstrip().split("\n")
    rows = [[part.strip() for part in line.split("\t")] for line in lines]
    if wrong := [number for number, row in enumerate(rows, 1) if len(row) != 2 or not all(row)]:
        raise ValueError(f"{path}, line {wrong[0]}: need a text, a tab, a label")
    return rows


def encode(tokenizer: Any, text: str, most: int) -> tuple[list[int], bool]:
    """Return the ids of a text, cut at its end to what fits, and whether it was cut."""
    ids = tokenizer(text, truncation=True, max_length=most)["input_ids"]
    return ids, len(tokenizer(text, verbose=False)["input_ids"]) > most


def different(rows: list[list[str]], tokenizer: Any, most: int) -> list[tuple[list[int], str]]:
    """Return ids and label of each text once: what is tested must not be what was trained on."""
    labels: dict[tuple[int, ...], set[str]] = {}
    encoded = [encode(tokenizer, text, most) for text, _ in rows]
    for (ids, _), (_, label) in zip(encoded, rows, strict=True):
        labels.setdefault(tuple(ids), set()).add(label)
    data = [(list(ids), min(of)) for ids, of in labels.items() if len(of) == 1]
    if cut := sum(short for _, short in encoded):
        print(f"cut at the end to {most} tokens: {cut} of {len(rows)} texts")
    if (torn := len(labels) - len(data)) or len(data) < len(rows):
        print(f"left out, since they are equal as tokens: {len(rows) - len(data)} texts", end="")
        print(f", and all of {torn} that have different labels" * (torn > 0))
    return data


def labels_of(rows: list[Any]) -> Counter[str]:
    """Count the labels; refuse what is too little to train on."""
    counted = Counter(label for _, label in rows)
    if len(rows) < 8 or len(counted) < 2:
        raise ValueError(f"{len(rows)} texts, {len(counted)} labels: need 8 texts, 2 labels")
    return counted


def interval(right: int, asked: int) -> str:
    """Return the 95 % interval of a share, by Wilson."""
    share, square = right / asked, 1.96**2 / asked
    half = math.sqrt(share * (1 - share) * square + square**2 / 4)
    low, high = ((share + square / 2 + sign * half) / (1 + square) for sign in (-1, 1))
    return f"95 % interval {low:.2f} to {high:.2f}"


def main() -> None:
    """Train, test, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="google-bert/bert-base-uncased", help="name or folder")
    parser.add_argument("--file", type=Path, help="lines: text, tab, label; default: 40 sentences")
    parser.add_argument("--text", default="The walk was a joy.", help="to classify at the end")
    parser.add_argument("--output", type=Path, default=Path("classifier"), help="folder to make")
    parser.add_argument("--epochs", type=amount, default=4)
    parser.add_argument("--learning-rate", type=amount, default=5e-5)
    args = parser.parse_args()
    rows, text = read_rows(args.file) if args.file else EXAMPLE, read(None, args.text)
    labels = sorted(labels_of(rows))
    with whole(args.output) as folder:
        transformers.set_seed(0)  # fills the new layer, orders the batches
        tokenizer = AutoTokenizer.from_pretrained(args.model)
        model = AutoModelForSequenceClassification.from_pretrained(
            args.model, dtype=torch.float32, id2label=dict(enumerate(labels)),
            label2id={label: index for index, label in enumerate(labels)},
        )  # fmt: skip
        pad(model, tokenizer)
        most = min(512, longest(model, tokenizer))
        data = different(rows, tokenizer, most)
        counted = sorted(labels_of(data).items())
        print("labels:", ", ".join(f"{label} {number}" for label, number in counted))
        random.Random(0).shuffle(data)
        unseen, seen = data[: len(data) // 4], data[len(data) // 4 :]
        settings = transformers.TrainingArguments(
            str(folder), num_train_epochs=args.epochs, learning_rate=args.learning_rate,
            warmup_steps=0.1, weight_decay=0.01, save_strategy="no", logging_strategy="no",
            disable_tqdm=not transformers.logging.is_progress_bar_enabled(),
            dataloader_pin_memory=torch.cuda.is_available(),
        )  # fmt: skip
        batch = [{"input_ids": ids, "labels": labels.index(label)} for ids, label in seen]
        # With the tokenizer, each batch is padded to its longest text.
        trainer = Careful(model, settings, train_dataset=batch, processing_class=tokenizer)
        trainer.remove_callback(transformers.PrinterCallback)  # would print its numbers among ours
        trainer.train()
        require_finite(model.parameters(), "the weights after training")

        @torch.inference_mode()
        def classify(ids: list[int]) -> str:
            inputs = torch.tensor([ids], device=model.device)
            return labels[int(model(input_ids=inputs).logits[0].argmax())]

        model.eval()  # no dropout
        right = sum(classify(ids) == label for ids, label in unseen)
        ids, short = encode(tokenizer, text, most)
        answer = classify(ids)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    usual = Counter(label for _, label in seen).most_common(1)[0][0]
    always = sum(label == usual for _, label in unseen)
    print(f"last loss: {trainer.loss.item():.4f}")
    print(f"right on unseen texts: {right} of {len(unseen)}, {interval(right, len(unseen))}")
    print(f'always "{usual}": {always} of {len(unseen)}')
    print(f"{text}{f' (cut to {most} tokens)' * short} -> {answer}")
    print(f"saved: {args.output}")


if __name__ == "__main__":
    with boundary():
        main()
