"""What a recorded number depends on: the code of its files, and nothing that is not code."""

import ast
import hashlib
import io
import tokenize
from pathlib import Path


def code_fingerprint(path: Path) -> str:
    """Hash the code of a Python file: SHA-256 without comments, docstrings and blank lines.

    Any other file is hashed as it is.

    The text is cut by position, not by token kind, so that Python 3.11 and 3.13, which see different
    tokens in an f-string, agree. Inside a string that runs over several lines every character counts.

    Args:
        path: a Python file in UTF-8, or a file of data.

    Returns:
        64 hexadecimal digits.

    Raises:
        SyntaxError: the file is not Python.
    """
    if path.suffix != ".py":
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")  # as `ast` and `tokenize` count them, unlike str.splitlines
    cuts, inside = _comments_and_strings(text)
    for first, start, last, end in [*cuts, *_docstrings(text)]:
        for row in range(first, last + 1):
            line = lines[row - 1]
            begin = start if row == first else 0
            stop = end if row == last else len(line)
            # the same length, so that later cuts on this line still fit
            lines[row - 1] = line[:begin] + " " * (stop - begin) + line[stop:]
        inside -= set(range(first, last + 1))
    kept = [
        (line if row in inside else line.rstrip()) + "\n"
        for row, line in enumerate(lines, start=1)
        if row in inside or line.strip()
    ]
    return hashlib.sha256("".join(kept).encode()).hexdigest()


def _comments_and_strings(text: str) -> tuple[list[tuple[int, int, int, int]], set[int]]:
    """Find the spans of comments, and the lines whose end lies inside a string."""
    comments, inside, opened = [], set[int](), list[int]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "COMMENT":
            comments.append((*token.start, *token.end))
        # since 3.12 an f-string is not one STRING but FSTRING_START … FSTRING_END
        if kind.endswith(("STRING", "STRING_START")):
            opened.append(token.start[0])
        if kind.endswith(("STRING", "STRING_END")):
            inside |= set(range(opened.pop(), token.end[0]))
    return comments, inside


def _docstrings(text: str) -> list[tuple[int, int, int, int]]:
    """Find the spans of docstrings, columns in characters."""
    spans = []
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                value = first.value
                if isinstance(value.value, str) and value.end_lineno and value.end_col_offset:
                    start = _characters(lines[value.lineno - 1], value.col_offset)
                    end = _characters(lines[value.end_lineno - 1], value.end_col_offset)
                    spans.append((value.lineno, start, value.end_lineno, end))
    return spans


def _characters(line: str, column: int) -> int:
    """Turn a column in UTF-8 bytes, as `ast` counts, into one in characters."""
    return len(line.encode()[:column].decode())


def imported_sources(module: str, root: Path) -> list[Path]:
    """List the files of a module of `lessons` and of what it imports from `lessons`, transitively.

    Args:
        module: dotted name, such as ``lessons.tokenization``.
        root: the folder that holds ``lessons``.

    Returns:
        Paths below ``root``, sorted; imports inside functions count too.

    Raises:
        FileNotFoundError: no such module.
        ValueError: a relative import, which would be missed.
    """
    found, waiting = set[Path](), [module]
    while waiting:
        path = _file(waiting.pop(), root)
        if path in found:
            continue
        found.add(path)
        for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                waiting += [a.name for a in node.names if a.name.split(".")[0] == "lessons"]
            elif isinstance(node, ast.ImportFrom) and node.level:
                raise ValueError(f"{path}:{node.lineno}: write `from lessons import …`, not a dot")
            elif isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "lessons":
                for alias in node.names:  # a module, or something in one
                    name = f"{node.module}.{alias.name}"
                    waiting.append(name if _is_module(name, root) else str(node.module))
    return sorted(found)


def _is_module(name: str, root: Path) -> bool:
    stem = root / name.replace(".", "/")
    return stem.with_suffix(".py").is_file() or (stem / "__init__.py").is_file()


def _file(name: str, root: Path) -> Path:
    """Find the file of a module, relative to ``root``."""
    stem = Path(name.replace(".", "/"))
    if (root / stem / "__init__.py").is_file():
        return stem / "__init__.py"
    if (root / stem.with_suffix(".py")).is_file():
        return stem.with_suffix(".py")
    raise FileNotFoundError(f"no module {name!r} below {root}")
