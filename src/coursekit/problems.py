"""What is wrong with a page or a module, where, and what to do about it."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["ContractError", "Problem"]


@dataclass(frozen=True, order=True)
class Problem:
    """One fault.

    Attributes:
        path: the file to open, relative to the repository root where it lies below it.
        line: line in that file, from 1.
        message: what was found and what to do.
    """

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.line}: {self.message}"


class ContractError(Exception):
    """One or more faults, reported together so that one run shows them all."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
