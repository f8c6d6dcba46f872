"""What stand-alone scripts printed with real models: those that they name, and others.

Tests cannot tell: they have no network. So opt-in commands run the scripts, with the models from the Hub or
with those that come as packages, and write dated results to one file, which a maintainer commits. The site
shows each result below its script, and says so where there is none, or where the script has changed since.
"""

import datetime
import html
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from coursekit.config import Config
from coursekit.page.contents import Block
from coursekit.page.scripts import digest
from coursekit.problems import ContractError, Problem
from coursekit.text import read_text

__all__ = ["OWN", "Run", "below", "problems", "read"]

OWN = "own"  # in place of a model's name: the one that the script names itself
MISSING = (
    "<p>Not recorded with the model that it names yet: what is said of that one here is computed, tried "
    "on a model of its shape, or linked. "
    "<code>make test-hub</code> records it.</p>"
)


@dataclass(frozen=True)
class Run:
    """One run of a script with a real model.

    Attributes:
        date: day of the run, YYYY-MM-DD.
        machine: on what, in words.
        accelerator: kind of the accelerator that it used, or "none".
        python: Python's version.
        versions: package -> version.
        command: what was typed, in the script's folder.
        download_mb: size of what it fetched into an empty cache, in MB (1e6 bytes).
        seconds: wall time of a run with all of that there.
        output: what it printed.
        script: what ``scripts.digest`` says of the script that ran.
    """

    date: str
    machine: str
    accelerator: str
    python: str
    versions: dict[str, str]
    command: str
    download_mb: float
    seconds: float
    output: str
    script: str


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < math.inf  # JSON as Python reads it knows infinity


def _date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False


def _versions(value: object) -> bool:
    return isinstance(value, dict) and bool(value) and all(map(_text, value.values()))


def _digest(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


FORMS: dict[str, tuple[Callable[[object], bool], str]] = {
    "date": (_date, "a day, YYYY-MM-DD"),
    "versions": (_versions, "packages and their versions, as text"),
    "download_mb": (_amount, "a number of MB"),
    "seconds": (_amount, "a number of seconds"),
    "script": (_digest, "the script's SHA-256, 64 hexadecimal digits"),
}


def _faults(name: str, models: object, config: Config) -> Iterator[str]:
    """What is wrong with the runs of one script."""
    folder = config.root / config.snippets
    scripts = sorted(path.name for path in folder.glob("*.py"))
    if name not in scripts:
        yield f"{name}: no such script in {config.snippets}; there: {', '.join(scripts) or 'none'}"
    if not isinstance(models, dict):
        yield f"{name}: an object of models and their runs belongs here, this is {models!r}"
        return
    for model, entry in models.items():
        yield from _entry_faults(f"{name}, {model}", entry)


def _entry_faults(name: str, entry: object) -> Iterator[str]:
    """What is wrong with one run."""
    if not isinstance(entry, dict):
        yield f"{name}: an entry is an object, this one is {entry!r}"
        return
    known = [field.name for field in fields(Run)]
    if unknown := sorted(set(entry) - set(known)):
        yield f"{name}: unknown {unknown}; known: {known}"
    for key in known:
        right, wanted = FORMS.get(key, (_text, "text"))
        if key not in entry:
            yield f"{name}: no {key!r} ({wanted})"
        elif not right(entry[key]):
            yield f"{name}: {key!r} is {wanted}, found {entry[key]!r}"


def read(config: Config) -> dict[str, dict[str, Run]]:
    """The recorded runs by script and model; none where there is no file.

    Raises:
        ContractError: a file that is no JSON object, or entries that are malformed or of no script.
    """
    file = config.root / config.script_runs
    place = config.relative(file)
    if not file.is_file():
        return {}
    try:
        found: Any = json.loads(read_text(file, place))
    except json.JSONDecodeError as error:
        raise ContractError(Problem(place, error.lineno, f"is not JSON: {error.msg}")) from error
    if not isinstance(found, dict):
        raise ContractError(Problem(place, 1, "is no object of scripts and their runs"))
    faults = [fault for name, entry in found.items() for fault in _faults(name, entry, config)]
    if faults:
        raise ContractError(*(Problem(place, 1, fault) for fault in faults))
    return {
        name: {model: Run(**entry) for model, entry in models.items()}
        for name, models in found.items()
    }


def problems(config: Config) -> list[Problem]:
    """What is wrong with the file of recorded runs."""
    try:
        read(config)
    except ContractError as error:
        return list(error.problems)
    return []


def below(block: Block, runs: Mapping[str, Mapping[str, Run]]) -> str:
    """What stands below a script: its recorded runs, that its own is missing, or nothing, as HTML.

    A script that the tests ran as a reader would, without arguments of their own, needs no excuse.

    Args:
        block: a script on a page.
        runs: the recorded runs by script and model.
    """
    found = runs.get(block.code.path.name, {})
    models = sorted(found, key=lambda model: (model != OWN, model.lower()))
    shown = "".join(_shown(model, found[model], block.code.path) for model in models)
    if OWN not in found and block.attributes.get("args"):
        shown = MISSING + shown
    if not shown:
        return ""
    # Made by the site, not by the page: neither compared with it nor found in it.
    return (
        f'<section class="recorded" data-generated="recorded" data-search-exclude="true">'
        f"{shown}</section>"
    )


def _shown(model: str, run: Run, script: Path) -> str:
    name = "the model that it names" if model == OWN else html.escape(model, quote=False)
    changed = digest(script) != run.script
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    accelerator = "no accelerator" if run.accelerator == "none" else run.accelerator
    about = f"{run.machine}, {accelerator}; Python {run.python}, {versions}"
    output = html.escape(run.output.strip("\n"), quote=False)
    return (
        f'<p>Recorded with {name} on <time datetime="{run.date}">{run.date}</time>: '
        f"<code>{html.escape(run.command, quote=False)}</code> {_cost(run)} "
        f"({html.escape(about, quote=False)}). "
        f"{'The script has changed since. ' if changed else ''}It printed:</p>"
        f'<div class="language-text highlight"><pre><code>{output}\n</code></pre></div>'
    )


def _cost(run: Run) -> str:
    seconds = f"{run.seconds:.0f} s" if run.seconds >= 1 else "less than a second"
    if not run.download_mb:
        return f"downloaded nothing and took {seconds}"
    size = f"{run.download_mb:,.0f}" if run.download_mb >= 1 else "less than 1"
    return f"downloaded {size} MB and took {seconds} once that was there"
