"""The classifier that readers can try in the page: fine-tuned as the page does it, a byte for each weight.

``python -m lessons.fine_tuning.in_page docs/assets/models/sentiment`` makes its files anew.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import datasets
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from lessons.fine_tuning.classifiers import classifier, labeled_reviews, make_trainer, tokenized
from lessons.storage import checkpoint

LABELED = 200  # reviews that it learns from, as on the page
SCALE = ".scale"  # behind the name of a matrix: the name of its scales


def fine_tuned(seed: int) -> PreTrainedModel:
    """Fine-tune `mlm` on reviews as the page's first run does, and keep the epoch that validates best.

    Args:
        seed: number that fixes the reviews, the weights that are new, and the order.
    """
    datasets.disable_progress_bars()
    data = tokenized(
        labeled_reviews(LABELED, seed), AutoTokenizer.from_pretrained(checkpoint("mlm"))
    )
    with tempfile.TemporaryDirectory() as folder:
        trainer = make_trainer(
            classifier("mlm", seed), data, folder, learning_rate=5e-4, num_train_epochs=5, seed=seed,
            weight_decay=0.0, per_device_eval_batch_size=8, eval_strategy="epoch",
            logging_strategy="epoch", save_strategy="epoch", load_best_model_at_end=True,
        )  # fmt: skip
        trainer.train()
    model: PreTrainedModel = trainer.model  # type: ignore[assignment]
    model.eval()  # type: ignore[no-untyped-call]
    return model


def in_bytes(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Round each matrix to whole numbers from -127 to 127, with a scale for each row.

    Args:
        weights: name -> tensor. Vectors, such as biases, stay as they are.

    Returns:
        The same names. Beside a matrix of shape (rows, columns), now int8, stand its scales, of shape
        (rows,), under its name with ``.scale`` behind it.
    """
    found: dict[str, torch.Tensor] = {}
    for name, weight in weights.items():
        if weight.dim() == 2:
            scale = (weight.abs().amax(1) / 127).clamp_min(torch.finfo(weight.dtype).tiny)
            found[name] = (weight / scale[:, None]).round().to(torch.int8)
            found[name + SCALE] = scale
        else:
            found[name] = weight.contiguous()
    return found


def restored(found: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the weights that `in_bytes` stands for, as ``load_state_dict`` takes them."""
    return {
        name: tensor * found[name + SCALE][:, None] if name + SCALE in found else tensor
        for name, tensor in found.items()
        if not name.endswith(SCALE)
    }


@torch.no_grad()
def logits(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> torch.Tensor:
    """Return what a classifier says of texts: shape (texts, classes)."""
    parts = [
        model(
            **tokenizer(
                list(texts[i : i + 100]), truncation=True, padding=True, return_tensors="pt"
            )
        )
        for i in range(0, len(texts), 100)
    ]
    return torch.cat([part.logits for part in parts])


def in_page_cell(seed: int) -> dict[str, float]:
    """Make the classifier, and test it on held-out reviews before and after it is rounded.

    Returns:
        ``accuracy`` with a byte for each weight and ``full`` in float32: the share of the 1,000 test
        reviews of which it finds the right class likelier. ``agreement``: on how many of them both say
        the same.
    """
    tokenizer, model = AutoTokenizer.from_pretrained(checkpoint("mlm")), fine_tuned(seed)
    test = labeled_reviews(2)["test"]
    true, before = (
        torch.tensor(test["label"][:]),
        logits(model, tokenizer, test["text"][:]).argmax(-1),
    )
    model.load_state_dict(restored(in_bytes(model.state_dict())))
    after = logits(model, tokenizer, test["text"][:]).argmax(-1)
    shares = {"accuracy": after == true, "full": before == true, "agreement": after == before}
    return {name: same.double().mean().item() for name, same in shares.items()}


def words_read(tokenizer: PreTrainedTokenizerBase, seed: int) -> list[str]:
    """Return the words and marks that stand in the reviews it learned from, as its tokenizer cuts them."""
    found: set[str] = set()
    for text in labeled_reviews(LABELED, seed)["train"]["text"]:
        pieces = tokenizer.backend_tokenizer.normalizer.normalize_str(text)
        cut = tokenizer.backend_tokenizer.pre_tokenizer.pre_tokenize_str(pieces)
        found.update(word for word, _ in cut)
    return sorted(found)


def make(folder: Path, seed: int = 0) -> None:
    """Write the classifier's weights, its form, its tokenizer and the words it learned from."""
    tokenizer, model = AutoTokenizer.from_pretrained(checkpoint("mlm")), fine_tuned(seed)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(in_bytes(model.state_dict()), folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    model.config.save_pretrained(folder)
    read = json.loads((checkpoint("mlm") / "tokenizer.json").read_text("utf-8"))
    (folder / "tokenizer.json").write_text(json.dumps(read, ensure_ascii=False), encoding="utf-8")
    learned = {"reviews": LABELED, "words": words_read(tokenizer, seed)}
    (folder / "learned.json").write_text(json.dumps(learned) + "\n", encoding="utf-8")


def shipped(folder: Path) -> PreTrainedModel:
    """Load the classifier that a folder of `make` holds, in float32."""
    model = classifier("mlm")
    model.load_state_dict(restored(load_file(folder / "model.safetensors")))
    model.eval()  # type: ignore[no-untyped-call]
    return model


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.fine_tuning.in_page",
        description="Make the classifier that runs in the page.",
    )
    parser.add_argument("folder", type=Path, help="where its files go")
    make(parser.parse_args(arguments).folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
