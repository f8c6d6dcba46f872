"""Folders that a server of models can load: a chat template has to lie in them."""

import shutil
from pathlib import Path

from lessons.real_models import places
from lessons.storage import cached

NAMES = ("chat", "smollm2")


def make_chat(folder: Path) -> None:
    """Write `instruct` with the template that says how a conversation becomes a text."""
    from lessons.fine_tuning.chat import TEMPLATE  # loads torch
    from lessons.fine_tuning.instruction_tuning import instruct

    (chat := folder / "chat").mkdir()  # a server names a model as its folder is named
    for file in sorted(instruct().iterdir()):
        shutil.copyfile(file, chat / file.name)
    (chat / "chat_template.jinja").write_text(TEMPLATE, "utf-8")


def served(name: str) -> Path:
    """Return the folder of a model that can be served.

    Args:
        name: ``chat``, the course's `instruct` with a chat template, which the first call makes in about
            a minute; or ``smollm2``, once ``python -m lessons.real_models`` has fetched it.

    Raises:
        ValueError: another name.
        FileNotFoundError: SmolLM2 was not fetched; the message has the command.
    """
    if name not in NAMES:
        raise ValueError(f"no model {name!r} to serve: take one of {', '.join(NAMES)}")
    if name == "smollm2":
        return places.find(name)
    return cached("served", make_chat, settings={}, starts_from="base") / "chat"
