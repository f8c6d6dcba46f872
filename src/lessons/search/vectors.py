"""Turn passages and questions into vectors, and keep those of the passages in the user's cache."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lessons.fingerprints.fingerprint import SOURCES, file_digest
from lessons.real_models import pins, texts
from lessons.search.passages import passages
from lessons.storage import cached, checkpoint

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
FILE = "vectors.npy"


def minilm(asked: Sequence[str]) -> Vectors:
    """Turn texts into MiniLM's vectors, at length one, shape (texts, 384); of each it reads 256 tokens.

    Raises:
        FileNotFoundError: the model was not fetched yet; the message has the command.
    """
    from lessons.real_models import loading  # torch, which a search by words does not need

    found: Vectors = loading.embed(*loading.encoder("minilm"), asked).numpy()
    return found


def mlm(asked: Sequence[str]) -> Vectors:
    """Turn texts into vectors of the course's own masked model, at length one, shape (texts, 128).

    A vector is the mean of the last layer over the text's tokens, of which 128 are read. The model was
    trained to fill in words of a small world, and never to put texts of one meaning side by side.
    """
    import torch

    model, tokenizer = _mlm()
    found = []
    for text in asked:
        batch = tokenizer(
            text, truncation=True, max_length=model.config.max_position_embeddings,
            return_tensors="pt",
        )  # fmt: skip
        with torch.no_grad():
            mean = model(**batch).last_hidden_state[0].mean(0)
        found.append(torch.nn.functional.normalize(mean, dim=0).numpy())
    return np.stack(found)


@cache
def _mlm():  # type: ignore[no-untyped-def]
    from transformers import AutoModelForMaskedLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    folder = checkpoint("mlm")
    return AutoModelForMaskedLM.from_pretrained(folder).bert.eval(), AutoTokenizer.from_pretrained(
        folder
    )


EMBED: dict[str, Embed] = {"minilm": minilm, "mlm": mlm}


def kept(model: str, folder: Path | None = None) -> Vectors:
    """Return the vectors of all passages, shape (passages, width): computed once, then read from the cache.

    Args:
        model: ``minilm`` or ``mlm``.
        folder: place of such files; the user's cache folder if None.

    Raises:
        ValueError: another model.
        FileNotFoundError: MiniLM was not fetched yet; the message has the command.
    """
    if model not in MAKE:
        raise ValueError(f"no vectors by {model!r}: take one of {', '.join(MAKE)}")
    settings = {"text": file_digest(SOURCES / texts.TOPICS)}
    if model == "minilm":
        settings |= pins.digests(["minilm"])
    start = None if model == "minilm" else model
    found: Vectors = np.load(cached(f"search-{model}", MAKE[model], settings, start, folder) / FILE)
    return found


def save_minilm(folder: Path) -> None:
    """Write MiniLM's vectors of all passages into a folder."""
    np.save(folder / FILE, minilm([passage.text for passage in passages()]))


def save_mlm(folder: Path) -> None:
    """Write the vectors of all passages, by the course's own model, into a folder."""
    np.save(folder / FILE, mlm([passage.text for passage in passages()]))


MAKE: dict[str, Callable[[Path], None]] = {"minilm": save_minilm, "mlm": save_mlm}
