"""Where the real models and texts lie: in the user's cache, in folders named after their pins."""

from pathlib import Path

from lessons.real_models import pins

COMMAND = "python -m lessons.real_models"


def cache() -> Path:
    """Return the folder that holds the real models and texts; it need not exist."""
    from platformdirs import user_cache_path  # here, so that importing a page's code needs it not

    return user_cache_path("llm-development-fundamentals") / "real-models"


def finished(name: str) -> Path:
    """Return where a model or a collection lies once it was fetched and, if need be, converted."""
    return cache() / f"{name}-{pins.everything()[name].key}"


def packed(name: str) -> Path:
    """Return where the files of a model lie that still has to be converted."""
    return cache() / f"{name}-packed-{pins.everything()[name].packed_key}"


def find(name: str) -> Path:
    """Return the folder of a real model, for ``from_pretrained``, or of a collection of texts.

    Args:
        name: ``smollm2``, a causal language model with a chat template; ``minilm``, an encoder that turns
            a text into a vector; ``ratings`` or ``verses``, texts, which `lessons.real_models.texts` reads.

    Raises:
        ValueError: a name that is none of these.
        FileNotFoundError: it was not fetched yet.
    """
    known = pins.everything()
    if name not in known:
        raise ValueError(f"no real model or text {name!r}: take one of {', '.join(known)}")
    folder = finished(name)
    if not folder.is_dir():  # it gets this name when it is whole
        raise FileNotFoundError(
            f"{known[name].title} was not fetched yet; get it: {COMMAND} {name}"
        )
    return folder
