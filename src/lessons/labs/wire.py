"""Values as text, between the process that checks and the one that runs a learner's code.

Nothing that arrives is run: numbers, texts, bytes, lists, tuples, sets and dictionaries come as copies.
Whatever else a function returns, such as a model, stays where it was made; a ticket for it travels,
and goes back in the next call.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ticket:
    """Stands for an object that stays in the other process.

    Attributes:
        number: which of the objects that were kept there.
        kind: the name of its type.
    """

    number: int
    kind: str

    def __repr__(self) -> str:
        return f"<{self.kind}>"


def pack(value: Any, keep: Callable[[Any], int] | None = None) -> str:
    """Write a value as one line of text.

    Args:
        value: what is to travel.
        keep: takes an object that cannot travel, and returns its number.

    Raises:
        TypeError: an object that cannot travel, where nobody keeps it.
    """
    return json.dumps(_tagged(value, keep))


def unpack(line: str, kept: Callable[[int], Any] | None = None) -> Any:
    """Read what :func:`pack` wrote.

    Args:
        line: the text.
        kept: gives the object with a number; without it, tickets stay tickets.
    """
    return _plain(json.loads(line), kept)


def _tagged(value: Any, keep: Callable[[Any], int] | None) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | bytearray):
        return {"bytes": bytes(value).hex()}
    for name, kinds in (("list", list), ("tuple", tuple), ("set", (set, frozenset))):
        if isinstance(value, kinds):
            return {name: [_tagged(item, keep) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_tagged(k, keep), _tagged(v, keep)] for k, v in value.items()]}
    if isinstance(value, Ticket):
        return {"ticket": [value.number, value.kind]}
    if keep is None:
        raise TypeError(f"a {type(value).__name__} cannot be handed to a function of the learner")
    return {"ticket": [keep(value), type(value).__name__]}


def _plain(value: Any, kept: Callable[[int], Any] | None) -> Any:
    if not isinstance(value, dict):
        return value
    ((tag, inner),) = value.items()
    if tag == "bytes":
        return bytes.fromhex(inner)
    if tag == "ticket":
        return kept(inner[0]) if kept else Ticket(*inner)
    if tag == "dict":
        return {_plain(k, kept): _plain(v, kept) for k, v in inner}
    made = {"list": list, "tuple": tuple, "set": set}[tag]
    return made(_plain(item, kept) for item in inner)
