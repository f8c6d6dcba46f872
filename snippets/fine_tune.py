# /// script
# requires-python = ">=3.11"
# dependencies = ["transformers>=5.23,<6", "torch>=2.11", "accelerate>=1.15"]
# ///
"""Fine-tune a classifier on labeled texts, and test it on some that it has not seen."""

import argparse
import random
import sys
from pathlib import Path

import torch
import transformers
from transformers import AutoModelForSequenceClassification, AutoTokenizer

THINGS = ["story", "film", "meal", "song", "trip", "room", "lesson", "game", "show", "book"]
SAID = {
    "good": ["The {} was a joy.", "I liked the {}."],
    "bad": ["The {} was bad.", "I left the {}."],
}
EXAMPLE = [[text.format(x), label] for label in SAID for text in SAID[label] for x in THINGS]
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


def read_rows(path: Path) -> list[list[str]]:
    """Read lines of a text, a tab and a label."""
    lines = path.read_text(encoding="utf-8-sig").rstrip().split("\n")
    rows = [[part.strip() for part in line.split("\t")] for line in lines]
    if wrong := [number for number, row in enumerate(rows, 1) if len(row) != 2 or not all(row)]:
        raise ValueError(f"{path}, line {wrong[0]}: need a text, a tab, a label")
    return rows


def main() -> None:
    """Train, test, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="google-bert/bert-base-uncased", help="name or folder")
    parser.add_argument("--file", type=Path, help="lines: text, tab, label; default: 40 sentences")
    parser.add_argument("--text", default="The walk was a joy.", help="to classify at the end")
    parser.add_argument("--output", type=Path, default=Path("classifier"), help="folder to make")
    parser.add_argument("--epochs", type=float, default=4)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    args = parser.parse_args()
    if (args.output / "config.json").exists():
        raise ValueError(f"{args.output} holds a model: name another --output")
    rows = read_rows(args.file) if args.file else EXAMPLE
    labels = sorted({label for _, label in rows})
    if len(rows) < 8 or len(labels) < 2:
        raise ValueError(f"{len(rows)} texts, {len(labels)} labels: need 8 texts, 2 labels")

    transformers.set_seed(0)  # shuffles the texts, fills the new layer
    random.shuffle(rows)
    unseen, seen = rows[: len(rows) // 4], rows[len(rows) // 4 :]
    transformers.logging.set_verbosity_error()  # that a layer is new is what we want
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token  # GPT-2 has none
    model = AutoModelForSequenceClassification.from_pretrained(
        args.model, dtype=torch.float32, id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    most = min(512, getattr(model.config, "max_position_embeddings", 512))
    data = [
        {**tokenizer(text, truncation=True, max_length=most), "labels": labels.index(label)}
        for text, label in seen
    ]
    settings = transformers.TrainingArguments(
        str(args.output), num_train_epochs=args.epochs, learning_rate=args.learning_rate,
        warmup_steps=0.1, weight_decay=0.01, save_strategy="no", logging_strategy="no",
        disable_tqdm=not sys.stderr.isatty(), dataloader_pin_memory=torch.cuda.is_available(),
    )  # fmt: skip
    # With the tokenizer, each batch is padded to its longest text.
    trainer = transformers.Trainer(model, settings, train_dataset=data, processing_class=tokenizer)
    trainer.remove_callback(transformers.PrinterCallback)  # would print its numbers among ours
    trainer.train()

    @torch.inference_mode()
    def classify(text: str) -> str:
        inputs = tokenizer(text, truncation=True, max_length=most, return_tensors="pt")
        return labels[int(model(**inputs.to(model.device)).logits[0].argmax())]

    model.eval()  # no dropout
    right = sum(classify(text) == label for text, label in unseen)
    print(f"right on unseen texts: {right} of {len(unseen)}")
    print(f"{args.text} -> {classify(args.text)}")
    trainer.save_model()
    print(f"saved: {args.output}")


if __name__ == "__main__":
    try:
        main()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one boundary, no traceback
        text = str(error) or type(error).__name__
        hints = [f"\nhint: {hint}" for sign, hint in HINTS.items() if sign in text.lower()]
        sys.exit(f"error: {text}{''.join(hints[:1])}")
