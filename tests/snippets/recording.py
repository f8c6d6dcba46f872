"""Runs scripts of snippets/ as a reader would, and keeps what they did in snippets/recorded.json."""

import datetime
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from packaging.requirements import Requirement

from coursekit.files import write_atomically
from coursekit.page.script_records import OWN
from coursekit.page.scripts import digest
from lessons.machine import machine

PATIENCE_SECONDS = 3600  # for one run, a gigabyte over a slow line included
# What would make a run unlike a reader's: another Hub, its token or cache, no network, fewer threads.
NOT_A_READERS = ("HF_", "HUGGING", "TRANSFORMERS_", "OMP_", "MKL_", "PYTHON", "COV_")


class Entry(TypedDict):
    """What one script did: sizes in MB (1e6 bytes), ``seconds`` without any download."""

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


class ScriptFailedError(Exception):
    """A script ended with an error; the message holds what it wrote to stderr."""


def record(
    script: Path,
    arguments: Sequence[str] = (),
    *,
    cache: Path,
    work: Path,
    environment: Mapping[str, str] | None = None,
    folders: Mapping[str, Path] | None = None,
) -> Entry:
    """Run a script twice: to download what it needs, then to keep what it prints and takes.

    With ``folders`` there is nothing to download, so it runs once.

    Args:
        script: a file with PEP 723 metadata, whose packages are installed.
        arguments: follow it on the command line.
        cache: folder for downloads. Scripts may share one: a file that an earlier script fetched is
            not fetched again, and counts for each script that would have fetched it.
        work: outside the repository. The first runs start in its folder ``first``, the second ones
            in ``second``; a script that needs what another one wrote shares its ``work``.
        environment: variables to set beside this process's own, such as ``HF_ENDPOINT``.
        folders: name -> what the script finds under it where it starts, such as a model's folder: so
            no path of this machine stands in the command. They hold all that it loads.

    Returns:
        The script's entry for ``write``.

    Raises:
        ScriptFailedError: a run ended with another status than 0.
        ValueError: the script names no packages.
        subprocess.TimeoutExpired: a run took longer than an hour.
    """
    names = packages(script)
    variables = {k: v for k, v in os.environ.items() if not k.startswith(NOT_A_READERS)}
    variables |= {"HF_HOME": str(cache), "PYTHONUTF8": "1", **(environment or {})}
    command = [script.name, *arguments]
    for snapshots in cache.glob("hub/*/snapshots"):
        shutil.rmtree(snapshots)  # the links to what earlier scripts asked for; the files stay
    if folders:
        link(folders, work / "second")
    else:
        run(script, command, work / "first", variables)
    download = downloaded(cache)
    start = time.perf_counter()
    output = run(script, command, work / "second", variables)
    seconds = time.perf_counter() - start
    found = machine()
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{found['cpu']}, {found['cores']} cores, {found['os']}",
        "accelerator": accelerator(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in names},
        "command": shlex.join(["python", *command]),
        "download_mb": round(download / 1e6, 1),
        "seconds": round(seconds, 1),
        "output": output,
        "script": digest(script),
    }


def record_all(
    path: Path,
    scripts: Sequence[Path],
    folder: Path,
    after: Mapping[str, str],
    checks: Mapping[str, Callable[[Entry, Path], None]],
    *,
    model: str = OWN,
    arguments: Mapping[str, Sequence[str]] | None = None,
    environment: Mapping[str, str] | None = None,
    folders: Mapping[str, Path] | None = None,
) -> None:
    """Record scripts in their order, and write their entries if all of them ran and passed.

    Args:
        path: the record.
        scripts: run from folders of their own, with one cache.
        folder: empty, outside the repository.
        after: name of a script -> name of an earlier one, from whose folder it starts.
        checks: name of a script -> what raises if its entry, or what it left in the cache, is wrong.
        model: the name of the model, as the site shows it; ``OWN`` for the one that a script names.
        arguments: name of a script -> what follows it on the command line.
        environment: as ``record`` takes it.
        folders: as ``record`` takes it.

    Raises:
        ScriptFailedError: a script ended with an error. It and the checks leave ``path`` as it was.
    """
    cache = folder / "cache"
    entries = {}
    for script in scripts:
        work = folder / after.get(script.name, script.name)
        entry = entries[script.name] = record(
            script, (arguments or {}).get(script.name, ()), cache=cache, work=work,
            environment=environment, folders=folders,
        )  # fmt: skip
        if check := checks.get(script.name):
            check(entry, cache)
    write(path, entries, model)


def packages(script: Path) -> list[str]:
    """Names of the packages that a script's PEP 723 block asks for, in its order.

    Raises:
        ValueError: there is no such block.
    """
    block = re.search(
        r"^# /// script\n((?:#.*\n)+?)# ///$", script.read_text("utf-8"), re.MULTILINE
    )
    if block is None:
        raise ValueError(f"{script}: no block `# /// script` that names the packages it needs")
    metadata = tomllib.loads(re.sub(r"^# ?", "", block[1], flags=re.MULTILINE))
    return [Requirement(wanted).name for wanted in metadata["dependencies"]]


def run(script: Path, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> str:
    """Run a script in a folder, made if it is missing, and return what it printed."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, str(script.resolve()), *command[1:]], cwd=folder, env=variables,
        capture_output=True, encoding="utf-8", timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ScriptFailedError(
            f"{shlex.join(command)} ended with status {done.returncode}:\n{done.stderr}"
        )
    return done.stdout


def link(folders: Mapping[str, Path], place: Path) -> None:
    """Make names in a folder, itself made if it is missing, for folders that lie elsewhere."""
    place.mkdir(parents=True, exist_ok=True)
    for name, folder in folders.items():
        if not (place / name).exists():  # an earlier script started here
            (place / name).symlink_to(folder, target_is_directory=True)


def downloaded(cache: Path) -> int:
    """Bytes of the files that the snapshots in a cache name, each file once."""
    named = cache.glob("hub/*/snapshots/**/*")
    return sum(file.stat().st_size for file in {path.resolve() for path in named if path.is_file()})


def accelerator() -> str:
    """The device that scripts find beside the processor, such as ``cuda``; or ``none``."""
    import torch  # takes seconds to load, and only recording needs it

    return str(torch.accelerator.current_accelerator(check_available=True) or "none")


def write(path: Path, entries: Mapping[str, Entry], model: str = OWN) -> None:
    """Put entries into a record in place of those of the same scripts and model; the others stay.

    Raises:
        ValueError: the file exists and is not a record.
    """
    text = path.read_text("utf-8") if path.exists() else "{}"
    try:
        kept = {script: dict(models) for script, models in dict(json.loads(text)).items()}
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is not a record, restore or remove it: {error}") from error
    for script, entry in entries.items():
        kept[script] = dict(sorted({**kept.get(script, {}), model: entry}.items()))
    merged = dict(sorted(kept.items()))
    write_atomically(path, json.dumps(merged, indent=2, ensure_ascii=False) + "\n")
