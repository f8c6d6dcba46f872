"""What tests of the labs share: a small lab, and the solutions that the pages show."""

import copy
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from coursekit.config import Config
from coursekit.downloads import labs
from lessons.labs.catalog import Lab, Part
from lessons.labs.moments import Files, recorded
from lessons.labs.verdicts import WrongError

ROOT = Path(__file__).parents[1]


@cache
def solution(name: str) -> str:
    """The starter of a lab with the solutions that its page shows, as a file."""
    return labs.load(ROOT / f"docs/lesson-5/{name}.py", Config.load(ROOT)).solution


def changed(source: str, *pairs: tuple[str, str]) -> str:
    """A solution with some of its text replaced, each of which has to be there."""
    for old, new in pairs:
        assert old in source, old
        source = source.replace(old, new)
    return source


def one_part(name: str, *arguments: str) -> Lab:
    """A lab of one part, for what the runner does by itself."""
    part = Part("try it", {name: arguments}, "check")
    return Lab("tiny", "A tiny lab", (1, 2), 1, (), (part,))


class Here:
    """Stands in for the process of a learner's code: the same calls in this one, much faster."""

    def __init__(self, code: str | Mapping[str, Any]) -> None:
        self.space: dict[str, Any] = {}
        if isinstance(code, str):
            exec(code, self.space)
        else:
            self.space |= code

    def call(self, name: str, *arguments: Any) -> Any:
        try:
            return self.space[name](*copy.deepcopy(arguments))
        except (ArithmeticError, LookupError, OSError, TypeError, ValueError) as error:
            raise WrongError(f"it raised {type(error).__name__}: {error}", "…", name) from error

    def moments(self, folder: str, name: str, *arguments: Any) -> list[Files]:
        with recorded(folder) as found:
            self.call(name, *arguments)
        return found

    def again(self) -> "Here":
        return self

    def __enter__(self) -> "Here":
        return self

    def __exit__(self, *_: object) -> None:
        pass
