"""The code that the lesson pages show, call and measure."""

from pathlib import Path

from lessons import storage
from lessons.real_models import pins, places

__all__ = ["checkpoint"]


def checkpoint(name: str) -> Path:
    """Return the folder of a model, for ``from_pretrained``.

    Args:
        name: a model of the course, ``base``, a causal language model, or ``mlm``, a masked one; or a
            real one, ``smollm2`` or ``minilm``, once ``python -m lessons.real_models`` has fetched it.

    Raises:
        ValueError: a name that is none of these.
        FileNotFoundError: the model is not there; the message has the command that brings it.
    """
    if name in pins.MODELS:
        return places.find(name)
    if name not in storage.NAMES:
        known = ", ".join((*storage.NAMES, *pins.MODELS))
        raise ValueError(f"no model {name!r}: take one of {known}")
    return storage.checkpoint(name)
