"""What a lesson page costs a reader: seconds and memory of its script, on one stated machine.

``python -m coursekit costs PAGE …`` runs the script of a page in a process of its own, once as it is and
once under each variant of the environment, such as one with fewer processor instructions, and keeps
what it took in one file. The site shows it; a check demands it of every lesson page.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coursekit.config import Config
from coursekit.downloads.export import script
from coursekit.files import write_atomically
from coursekit.page.contents import Page
from coursekit.problems import Problem
from coursekit.text import read_text

__all__ = ["Cost", "Run", "measure", "problems", "read", "write"]

PLAIN = "as it is"


@dataclass(frozen=True)
class Run:
    """One run of a page's script: wall time, and the most memory its process held, in MB."""

    seconds: float
    memory_mb: int


@dataclass(frozen=True)
class Cost:
    """What a page costs.

    Attributes:
        date: day of the measurement in UTC, YYYY-MM-DD.
        machine: on what, in words.
        blocks: Python blocks that the page had then.
        runs: variant of the environment -> the run; the first is the environment as it is.
    """

    date: str
    machine: str
    blocks: int
    runs: dict[str, Run]


def measure(page: Page, config: Config) -> Cost:
    """Run a page's script in each variant.

    Raises:
        RuntimeError: the script failed, with what it wrote; or a system that does not tell memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.py"
        file.write_text(script(page, config), encoding="utf-8")
        runs: dict[str, Run] = {}
        for name, variables in {PLAIN: {}, **config.variants}.items():
            scratch = Path(folder) / str(len(runs))
            scratch.mkdir()
            runs[name] = _run(file, scratch, variables)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return Cost(today, _machine(config), len(page.code), runs)


# A process counts the memory of the one that started it as its own, up to that moment. So a small one
# starts the script, and says how it ended, how long it took, and the most memory it held.
LAUNCH = """
import json, os, subprocess, sys, time
start = time.perf_counter()
with open("log", "w") as log:
    process = subprocess.Popen([sys.executable, sys.argv[1]], stdout=log, stderr=log)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss]))
"""


def _run(file: Path, folder: Path, variables: Mapping[str, str]) -> Run:
    """Run a script; memory is the most that its process, or one it started and waited for, held.

    It gets an empty cache folder of its own, so that it pays for all that a first reader pays for.
    """
    if not hasattr(os, "wait4"):
        raise RuntimeError(f"{sys.platform} does not say how much memory a process took")
    fixed = {"HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1", "XDG_CACHE_HOME": str(folder / "cache")}
    environment = {**os.environ, **fixed, **variables}
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, str(file)],
        cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    status, seconds, memory = json.loads(done.stdout)
    if status:
        said = (folder / "log").read_text("utf-8")[-3000:]
        raise RuntimeError(f"exit status {status}:\n{said}")
    return Run(round(seconds, 1), round(memory / (1e6 if sys.platform == "darwin" else 1e3)))


def _machine(config: Config) -> str:
    told: dict[str, Any] = config.function("machine")()
    return f"{told['cpu']}, {told['cores']} cores"


def _file(config: Config) -> Path:
    return config.root / config.costs


def _all(config: Config) -> dict[str, Any]:
    file = _file(config)
    return dict(json.loads(read_text(file))) if file.is_file() else {}


def write(page: Page, config: Config, cost: Cost) -> None:
    """Keep what a page costs, beside what the others cost."""
    found = _all(config) | {config.relative(page.path).as_posix(): asdict(cost)}
    text = json.dumps(dict(sorted(found.items())), indent=1) + "\n"
    write_atomically(_file(config), text)


def read(page: Page, config: Config) -> Cost | None:
    """What a page was measured to cost, or None."""
    told = _all(config).get(config.relative(page.path).as_posix())
    if told is None:
        return None
    return Cost(**{**told, "runs": {name: Run(**run) for name, run in told["runs"].items()}})


def problems(page: Page, config: Config) -> list[Problem]:
    """Costs of a lesson page that are unknown, too high, or those of another page than it is now."""
    blocks = len(page.code)
    message = _wrong(read(page, config), blocks, config) if blocks and config.variants else None
    if not message:
        return []
    place = config.relative(page.path)
    advice = f"measure anew: python -m coursekit costs {place.as_posix()}"
    return [Problem(place, 1, f"{message}; {advice}")]


def _wrong(cost: Cost | None, blocks: int, config: Config) -> str | None:
    if cost is None:
        return "nobody measured what this page costs"
    if cost.blocks != blocks:
        return f"its costs are those of {cost.blocks} Python blocks, now there are {blocks}"
    if list(cost.runs) != [PLAIN, *config.variants]:
        return f"its costs are of {list(cost.runs)}, not of {[PLAIN, *config.variants]}"
    for name, run in cost.runs.items():
        if run.seconds > config.seconds_limit:
            return f"takes {run.seconds} s ({name}), at most {config.seconds_limit}"
        if run.memory_mb > config.memory_limit_mb:
            return f"takes {run.memory_mb} MB ({name}), at most {config.memory_limit_mb}"
    return None
