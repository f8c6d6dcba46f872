"""A new experiment: what is measured, in which cells, how it is summed up, and where it is listed."""

import ast
import re
from pathlib import Path, PurePosixPath

from coursekit.commands.new import stubs
from coursekit.commands.new.draft import Draft, reserved
from coursekit.config import Config
from coursekit.text import lines, read_text, with_ends

__all__ = ["draft_experiment"]

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
NEEDED = ("SEEDS", "Experiment", "Record", "Values", "spread")
LISTING = re.compile(r"^(?P<indent> +)\w+,\n(?= *\)\n *for experiment in )", re.MULTILINE)


def draft_experiment(config: Config, name: str) -> Draft:
    """Work out what an experiment needs.

    Args:
        config: the course.
        name: the name of its record, which begins with its page's folder: ``fine_tuning_rates``.
    """
    draft = Draft(config)
    folder = _folder(config, name)
    if not NAME.fullmatch(name) or folder is None:
        known = ", ".join(_folders(config)) or f"none in {config.lessons}"
        draft.refused.append(
            f"{name!r} is no name of an experiment: write the folder of its page and what is measured, "
            f"such as fine_tuning_rates, in lower-case letters, digits and underlines; folders: {known}"
        )
        return draft
    rest = name.removeprefix(f"{folder}_")
    if why := reserved(rest):
        draft.refused.append(f"{why}; choose another name")
    if place := _recorded(config, name):
        draft.refused.append(f"{place} has an experiment {name!r} already; choose another name")
    package = PurePosixPath(config.lessons).name
    _measure(draft, name, folder, rest)
    draft.create(
        f"tests/{package}/{folder}/test_{rest}_cell.py",
        stubs.RECORDING_TEST.format(
            module=f"{package}.{folder}.experiments", cell=f"{rest}_cell", name=name
        ),
    )
    draft.by_hand.append(
        f"{config.lessons}/{folder}/experiments.py: the question of {name}, what {rest}_cell measures, "
        "its cells and its tolerance; once a page explains the cell, move it to the page's module and "
        "say so in measure:"
    )
    draft.then += [f"{package}.experiments {name}", "coursekit promises", "coursekit check"]
    return draft


def _folders(config: Config) -> list[str]:
    """The folders whose experiments are recorded, or that have the name of a page."""
    pages = {path.stem.replace("-", "_") for path in config.page_files}
    return sorted(
        path.parent.name
        for path in (config.root / config.lessons).glob("*/__init__.py")
        if path.parent.name in pages or path.with_name("experiments.py").is_file()
    )


def _folder(config: Config, name: str) -> str | None:
    fitting = [folder for folder in _folders(config) if name.startswith(f"{folder}_")]
    return max(fitting, key=len, default=None)


def _recorded(config: Config, name: str) -> str | None:
    """The file that has an experiment of this name; None if none has."""
    record = Path(config.results) / f"{name}.json"
    if (config.root / record).is_file():
        return record.as_posix()
    for path in sorted((config.root / config.lessons).glob("*/*experiments.py")):
        if f'name="{name}"' in read_text(path):
            return config.relative(path).as_posix()
    return None


def _measure(draft: Draft, name: str, folder: str, rest: str) -> None:
    package = PurePosixPath(draft.config.lessons).name
    file = f"{draft.config.lessons}/{folder}/experiments.py"
    words = {
        "name": name, "module": f"{package}.{folder}.experiments", "cell": f"{rest}_cell",
        "summarise": f"summarise_{rest}",
    }  # fmt: skip

    def change(text: str) -> str | None:
        return _with_experiment(text, package, words)

    if (draft.config.root / file).is_file():
        rows = stubs.RECORDING_ENTRY.format(**words).strip()
        draft.edit(
            file, change, f"add {words['cell']}, {words['summarise']} and, to EXPERIMENTS, {rows}"
        )
        return
    empty = stubs.EXPERIMENTS.format(topic=folder.replace("_", " "), package=package)
    draft.create(file, _with_experiment(empty, package, words) or empty)
    _in_registry(draft, package, folder)


def _with_experiment(text: str, package: str, words: dict[str, str]) -> str | None:
    """The text of ``experiments.py`` with one experiment more; None if it has another form."""
    body = ast.parse(text).body
    imports = [
        n for n in body
        if isinstance(n, ast.ImportFrom) and n.module == f"{package}.catalog.experiment"
    ]  # fmt: skip
    listing = [
        n for n in body
        if isinstance(n, ast.Assign | ast.AnnAssign) and isinstance(n.value, ast.Tuple)
        and "EXPERIMENTS" in ast.unparse(n).partition("=")[0]
    ]  # fmt: skip
    taken = {n.name for n in body if isinstance(n, ast.FunctionDef)}
    sequences = "from collections.abc import" in text and "Sequence" in text
    if len(imports) != 1 or len(listing) != 1 or not sequences or {words["cell"]} & taken:
        return None
    rows = with_ends(text)
    end, start = listing[0].end_lineno or 0, listing[0].lineno
    rows[end - 1 : end - 1] = [stubs.RECORDING_ENTRY.format(**words)]
    rows[start - 1 : start - 1] = [stubs.RECORDING.format(**words)]
    first, last = imports[0].lineno, imports[0].end_lineno
    names = {alias.name for alias in imports[0].names} | set(NEEDED)
    rows[first - 1 : last] = [_import(f"{package}.catalog.experiment", names)]
    return "".join(rows)


def _import(module: str, names: set[str]) -> str:
    """An import as the formatter writes it: constants, classes, functions, each in their order."""
    ordered = sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    line = f"from {module} import {', '.join(ordered)}\n"
    if len(line) <= 100:  # as pyproject.toml says, without the end of the line
        return line
    return f"from {module} import (\n{''.join(f'    {name},{chr(10)}' for name in ordered)})\n"


def _in_registry(draft: Draft, package: str, folder: str) -> None:
    """List the experiments of a folder that had none."""
    new = f"from {package}.{folder} import experiments as {folder}\n"

    def change(text: str) -> str | None:
        listed = LISTING.search(text)
        imports = [row for row in lines(text) if row.startswith(f"from {package}.")]
        if listed is None or not imports:
            return None
        text = text[: listed.end()] + f"{listed['indent']}{folder},\n" + text[listed.end() :]
        before = [row for row in imports if row < new]
        if not before:
            return text.replace(imports[0], new + imports[0], 1)
        return text.replace(f"{before[-1]}\n", f"{before[-1]}\n{new}", 1)

    draft.edit(
        f"{draft.config.lessons}/registry.py", change,
        f"add {new.strip()} and, to the pages, {folder}",
    )  # fmt: skip
