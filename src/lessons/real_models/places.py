"""Where the real models lie: in the user's cache, in folders that are named after their pins."""

from pathlib import Path

from lessons.real_models.pins import MODELS

COMMAND = "python -m lessons.real_models"


def cache() -> Path:
    """Return the folder that holds the real models; it need not exist."""
    from platformdirs import user_cache_path  # here, so that importing a page's code needs it not

    return user_cache_path("llm-development-fundamentals") / "real-models"


def finished(name: str) -> Path:
    """Return where a model lies once it was fetched and, if need be, converted."""
    return cache() / f"{name}-{MODELS[name].key}"


def packed(name: str) -> Path:
    """Return where the files of a model lie that still has to be converted."""
    return cache() / f"{name}-packed-{MODELS[name].packed_key}"


def find(name: str) -> Path:
    """Return the folder of a real model, for ``from_pretrained``.

    Args:
        name: ``smollm2``, a causal language model with a chat template, or ``minilm``, an encoder that
            turns a text into a vector.

    Raises:
        ValueError: a model that is none of these.
        FileNotFoundError: it was not fetched yet.
    """
    if name not in MODELS:
        raise ValueError(f"no real model {name!r}: take one of {', '.join(MODELS)}")
    folder = finished(name)
    if not folder.is_dir():  # it gets this name when it is whole
        raise FileNotFoundError(
            f"{MODELS[name].title} was not fetched yet; get it: {COMMAND} {name}"
        )
    return folder
