"""Named sections of source files, and named blocks of pages: what ``--8<-- "file:name"`` shows.

A section of a source file starts at a line ``# --8<-- [start:name]`` and stops at ``# --8<-- [end:name]``.
A block of another page is taken by its ``#name``, so that both pages show the same code.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from coursekit.problems import ContractError, Problem
from coursekit.text import lines as split
from coursekit.text import read_text

__all__ = ["INCLUDE", "PAGE", "Code", "Section", "resolve_include", "sections"]

MARK = re.compile(r"^\s*#\s*-+8<-+\s*\[(?P<side>start|end):\s*(?P<name>[\w-]+)\s*\]\s*$")
LOOKS_LIKE_MARK = re.compile(r"^\s*#.*8<.*\[")
PAGE = ".md"
NAMED_BLOCK = r"^(?P<fence>`{3,}|~{3,})\{\.python\b[^\n]*?#%s(?![\w-])[^\n]*\}[ \t]*\n"
INCLUDE = re.compile(r'^--8<-- "(?P<path>[^":]+)(?::(?P<name>[^"]*))?"$')


@dataclass(frozen=True)
class Code:
    """Source text, and where its first line stands.

    Attributes:
        text: the source, dedented, ending with a line break.
        path: the file it stands in, absolute.
        line: line of its first line in that file, from 1.
        section: name of the section it came from, if it was embedded by name.
    """

    text: str
    path: Path
    line: int
    section: str | None = None


@dataclass(frozen=True)
class Section:
    """A named part of a source file; ``start`` is the line after the opening mark."""

    name: str
    start: int
    lines: tuple[str, ...]


def sections(path: Path, shown: Path) -> dict[str, Section]:
    """Read the sections of a source file.

    Args:
        path: the file.
        shown: the path to name in errors.

    Raises:
        ContractError: a mark that is misspelt, opened twice, nested, left open or never opened.
    """
    found: dict[str, Section] = {}
    problems: list[Problem] = []
    opened: tuple[str, int] | None = None
    lines = split(read_text(path, shown))
    for number, line in enumerate(lines, 1):
        mark = MARK.match(line)
        if mark is None:
            if LOOKS_LIKE_MARK.match(line):
                wanted = "# --8<-- [start:name]"
                problems.append(Problem(shown, number, f"misspelt mark {line.strip()!r}; {wanted}"))
            continue
        side, name = mark["side"], mark["name"]
        if side == "start":
            if opened:
                problems.append(
                    Problem(shown, number, f"section {name!r} starts inside {opened[0]!r}")
                )
            if name in found:
                problems.append(
                    Problem(shown, number, f"second section named {name!r}; rename one")
                )
            opened = (name, number)
        elif opened is None or opened[0] != name:
            problems.append(Problem(shown, number, f"end of section {name!r}, which is not open"))
        else:
            found[name] = Section(name, opened[1] + 1, tuple(lines[opened[1] : number - 1]))
            opened = None
    if opened:
        message = f"section {opened[0]!r} is never closed; add # --8<-- [end:{opened[0]}]"
        problems.append(Problem(shown, opened[1], message))
    if problems:
        raise ContractError(*problems)
    return found


def _trimmed(section: Section) -> tuple[str, int]:
    """The section's text without blank edges, dedented, and the line of its first line."""
    lines, start = list(section.lines), section.start
    while lines and not lines[0].strip():
        lines.pop(0)
        start += 1
    while lines and not lines[-1].strip():
        lines.pop()
    # textwrap.dedent would also empty lines of blanks, which may stand in a string.
    indents = [re.sub(r"\S.*", "", line) for line in lines if line.strip()]
    margin = min(indents, key=len, default="")
    return "\n".join(line.removeprefix(margin) for line in lines) + "\n", start


def resolve_include(line: str, root: Path, page: Path, number: int) -> Code:
    """Find the code that an include line names.

    Args:
        line: the include line as it stands in the page.
        root: the repository; paths in includes start there.
        page: path of the page to name in errors.
        number: line of the include in the page.

    Raises:
        ContractError: a form other than ``--8<-- "file:section"``, a missing file, section or block, an
            empty section, a line range.
    """

    def fail(message: str) -> ContractError:
        return ContractError(Problem(page, number, message))

    match = INCLUDE.match(line)
    if match is None:
        raise fail(f'include {line!r}; write exactly --8<-- "path/from/root.py:section"')
    path, name = root / match["path"], match["name"]
    if not path.is_file():
        raise fail(f"no file {match['path']!r} below the repository root")
    if name is None:
        return Code(read_text(path, path.relative_to(root)), path, 1)
    if not re.fullmatch(r"[A-Za-z_][\w-]*", name):
        raise fail(f"{name!r} is no section name; line ranges go stale, so name a section")
    if path.suffix == PAGE:
        return _block(path, name, root, page, number)
    found = sections(path, path.relative_to(root))
    if name not in found:
        raise fail(f"no section {name!r} in {match['path']}; it has {sorted(found) or 'none'}")
    text, start = _trimmed(found[name])
    if not text.strip():
        raise fail(f"section {name!r} of {match['path']} is empty")
    return Code(text, path, start, name)


def _block(path: Path, name: str, root: Path, page: Path, number: int) -> Code:
    """The code of a page's block that is named."""
    text = read_text(path, path.relative_to(root))
    opening = re.search(NAMED_BLOCK % re.escape(name), text, re.MULTILINE)
    if opening is None:
        where = path.relative_to(root).as_posix()
        message = f"no Python block named #{name} in {where}; name it there: {{.python #{name}}}"
        raise ContractError(Problem(page, number, message))
    closing = re.compile(rf"^{opening['fence']}[ \t]*$", re.MULTILINE).search(text, opening.end())
    body = text[opening.end() : closing.start() if closing else len(text)]
    line = text.count("\n", 0, opening.end()) + 1
    if INCLUDE.match(body.rstrip("\n")):
        message = f"#{name} embeds {body.strip()!r} itself; embed that here, too"
        raise ContractError(Problem(page, number, message))
    return Code(body, path, line, name)
