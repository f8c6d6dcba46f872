"""The steps that gate a change: what ``make test``, ``make check`` and ``make test-all`` run."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from coursekit.commands import browser, selection
from coursekit.config import Config
from coursekit.run.start import quick
from coursekit.testing import coverage, spent

__all__ = [
    "LINT",
    "parallel",
    "run_all",
    "run_check",
    "run_nightly",
    "run_pages",
    "run_step",
    "run_tests",
]

UNTOUCHED = ("-p", "coursekit.testing.untouched")
WORKER_GB = 4  # a page's models and gradients, and the libraries
# To glibc, which others do not read: keep the memory of freed tensors for the next ones, in large pages.
# To hand it back after each step and get it anew, zeroed, takes a sixth of the time of training.
KEEP_MEMORY = ":".join(
    f"glibc.malloc.{setting}"
    for setting in ("hugetlb=1", "mmap_threshold=1000000000", "trim_threshold=1000000000")
)
SPELLING = ["coursekit.commands.spelling"]
LAYERS = ["coursekit.commands.layers"]
TYPES = ["mypy"]
STYLE = (["ruff", "check"], ["ruff", "format", "--check"])
LINT = (*STYLE, TYPES, LAYERS, SPELLING)
# Seconds each, and they find most of what goes wrong in a text: numbers, titles, questions, cards.
QUICK = (
    "mkdocs.yml",
    "tests/test_repository.py",
    "tests/site/test_outline.py",
    "tests/site/test_self_test.py",
    "tests/lessons/test_cards.py",
)
NO_BROWSER = """\
{}
Without it the tests of the site in a browser are skipped here, and fail where the variable CI is set.
`make browser` (python -m coursekit browser) gets one.
"""


def workers(cores: int | None = os.cpu_count(), gigabytes: float | None = None) -> int:
    """How many processes share out the tests: one a core, as far as the memory goes.

    One more would use the core of another that waits for a browser: tried in pairs, it was as fast.

    Args:
        cores: of this machine.
        gigabytes: its memory; by default what the system says, where it says so.
    """
    gigabytes = _memory() if gigabytes is None else gigabytes
    return max(1, min(cores or 1, int(gigabytes // WORKER_GB)))


def _memory() -> float:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (AttributeError, OSError, ValueError):  # Windows does not say; most machines have this
        return 8.0


def parallel(*arguments: str) -> list[str]:
    """Return a pytest command that shares out files, in the order in which they are collected."""
    processes = str(workers())
    return [
        "pytest", "--numprocesses", processes, "--dist", "loadfile", "--no-loadscope-reorder",
        *arguments,
    ]  # fmt: skip


def run_step(root: Path, *arguments: str, **variables: str) -> int:
    """Run a Python module as a command in the repository, showing what is run.

    Processes that compute side by side share out the cores: with as many threads each as there are
    cores, they wait for one another, and everything takes many times as long. And the hundreds that tests
    start keep what they compile, wherever the machine's own settings are against it, and look for garbage
    seldom. Other commands start as the machine has it.
    """
    print("+", *arguments, flush=True)
    environment = {**os.environ, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", *arguments]
    if "--numprocesses" not in arguments:
        return subprocess.call(command, cwd=root, env=environment)
    threads = max(1, (os.cpu_count() or 1) // workers())
    environment.setdefault("OMP_NUM_THREADS", str(threads))
    environment.setdefault("GLIBC_TUNABLES", KEEP_MEMORY)
    with quick(environment) as environment["PYTHONPATH"]:
        return subprocess.call(command, cwd=root, env=environment)


def run_all(root: Path, *steps: list[str]) -> int:
    """Run every step, even behind one that failed, and say at the end which failed."""
    return _summary({" ".join(step): run_step(root, *step) for step in steps})


def _summary(statuses: Mapping[str, int]) -> int:
    failed = {step: status for step, status in statuses.items() if status}
    for step, status in failed.items():
        print(f"failed with exit status {status}: {step}", file=sys.stderr)
    if not failed:
        print(f"all {len(statuses)} steps passed")
    return next(iter(failed.values()), 0)


def run_pages(root: Path, pages: list[str]) -> int:
    """Run the blocks of single pages."""
    return run_step(root, "pytest", "--record-verified", "--verbose", *pages)


def run_tests(root: Path, *, fresh: bool) -> int:
    """Run everything that gates a change.

    Args:
        root: the repository.
        fresh: run pages too whose last run here cannot have changed.
    """
    say_what_is_missing()
    before = [step for step in LINT if step is not TYPES]
    statuses = {" ".join(step): run_step(root, *step) for step in before}
    held = [] if fresh else ["--held"]
    tests, variables = coverage.command(root, parallel(*UNTOUCHED, "--record-verified", *held))
    with ThreadPoolExecutor(1) as beside:  # in a new clone it takes a minute, and one core
        types = beside.submit(run_step, root, *TYPES)
        statuses["the tests"] = run_step(root, *tests, **variables)
        statuses[" ".join(TYPES)] = types.result()
    statuses["coverage"] = coverage.judge(root, spent.held(root))
    return _summary(statuses)


def run_nightly(root: Path, part: tuple[int, int] = (1, 1)) -> int:
    """Run what is too long for every change.

    Args:
        root: the repository.
        part: which of how many parts: all of it takes one machine more than a night.
    """
    number, count = part
    nightly = ("-m", "nightly and not hub and not real", "--part", f"{number}/{count}", "tests")
    return run_all(root, parallel(*UNTOUCHED, *nightly))


def run_check(root: Path) -> int:
    """Run the checks that take seconds, and the pages and tests that the change can reach."""
    found = selection.select(Config.load(root))
    if found.whole:
        print(f"{found.whole}, so all pages and tests count as changed", flush=True)
    for kind, paths in (("pages", found.pages), ("tests", found.tests)):
        print(
            f"{kind} that the change can reach:", ", ".join(map(str, paths)) or "none", flush=True
        )
    steps = [step for step in LINT if found.typed or step is not TYPES]
    statuses = {" ".join(step): run_step(root, *step) for step in steps}
    with tempfile.TemporaryDirectory() as folder:
        build = ["mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
        statuses["the site's build"] = status = run_step(root, *build)
        if not status:
            statuses["the built site"] = run_step(root, "coursekit.built.checks", folder)
    statuses["pages that are no lesson yet"] = run_step(root, "coursekit.checks.unfinished")
    quick = ["README.md", "docs", *QUICK]
    statuses["what each page owes"] = run_step(root, "pytest", "--quiet", "--contracts", *quick)
    statuses["records"] = run_step(root, "lessons.experiments", "--stale")
    chosen = [str(path) for path in (*found.pages, *found.tests)]
    if chosen and any(statuses.values()):
        print("not run, since something fails above: what the change can reach", flush=True)
    elif chosen:
        statuses["what the change can reach"] = run_step(root, *parallel("--quiet", *chosen))
    return _summary(statuses)


def say_what_is_missing() -> None:
    """Say which program a run would need, and how to get it."""
    try:
        browser.find()
    except browser.NoBrowserError as missing:
        print(NO_BROWSER.format(missing), flush=True)
