"""Where the course's models lie: those that are shipped with it, and those that a stage makes from them."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from lessons.fingerprints.fingerprint import model_key

CHECKPOINTS = Path(__file__).parent / "checkpoints"
NAMES = ("base", "mlm")
SHIPPED = (*NAMES, "mlm-unlabeled")  # the last is a control: `mlm` without labels in its text


def checkpoint(name: str) -> Path:
    """Return the folder of a shipped model, for ``from_pretrained``.

    Args:
        name: ``base``, a causal language model, or ``mlm``, a masked one.

    Raises:
        ValueError: a model that the course does not have.
        FileNotFoundError: the package was installed without its weights.
    """
    if name not in NAMES:
        raise ValueError(f"no model {name!r}: take one of {', '.join(NAMES)}")
    folder = CHECKPOINTS / name
    if not (folder / "model.safetensors").is_file():
        raise FileNotFoundError(
            f"no weights in {folder}; make them: python -m lessons.train {name}"
        )
    return folder


def cached(
    name: str,
    make: Callable[[Path], None],
    settings: Mapping[str, str | int | float | bool],
    starts_from: str | None = None,
    folder: Path | None = None,
) -> Path:
    """Return the folder of a model that a stage makes, and make it if it is not there.

    The folder's name holds a hash of the settings, of each definition that ``make`` can reach, and of
    the shipped model it starts from: change any of them, and another folder is made. It appears whole
    or not at all, and of two processes that ask for it, one makes it while the other waits.

    Args:
        name: beginning of the folder's name.
        make: a function of a module of `lessons` that writes the files into a folder.
        settings: values that ``make`` depends on beside its code.
        starts_from: the shipped model it starts from.
        folder: place of such models; the user's cache folder if None.

    Raises:
        ValueError: ``make`` is not a function of `lessons`, so its code cannot be followed.
    """
    from filelock import FileLock  # here, so that finding a shipped model needs nothing installed
    from platformdirs import user_cache_path

    weights = checkpoint(starts_from) / "model.safetensors" if starts_from else None
    key = f"{name}-{model_key(make, settings, weights)}"
    place = (folder or user_cache_path("llm-development-fundamentals")) / key
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not place.is_dir():
            scratch = place.with_name(f"{place.name}.unfinished")
            if scratch.exists():  # from a process that was killed
                shutil.rmtree(scratch)
            scratch.mkdir()
            make(scratch)
            scratch.rename(place)
    return place
