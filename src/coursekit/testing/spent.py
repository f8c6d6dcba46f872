"""What tests cost in CPU seconds: measured in each run, used to begin the next one with the longest.

A pytest plugin. CPU seconds count the test's own process and those that it started and waited for, so
that a busy machine tells nearly the same. No verdict depends on them.

It also keeps Python from looking for garbage among all that tests have loaded: with the libraries that is
a million objects, of which none ever is, and to look at them took a third of what it takes to load them.
"""

import argparse
import gc
import json
import math
import os
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from coursekit.files import write_atomically
from coursekit.testing import coverage

__all__ = ["Spent", "by_file", "cpu", "held", "part", "read"]

LAST = Path(".cache") / "spent.json"
# For a clone that has run nothing yet: file -> seconds. `make bench` writes it.
USUAL = Path("tests") / "spent.json"
# New objects before Python looks among the youngest, and how often it looks among older ones.
gc.set_threshold(20_000, 10, 10)
coverage.keep_counting()  # here, since this plugin is loaded before what is counted
BEGUN = pytest.StashKey[float]()
PROPERTY = "cpu_seconds"
HELD = "held before"


def cpu() -> float:
    """CPU seconds of this process and of those that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def read(root: Path) -> dict[str, float]:
    """What each test took when it last ran here: id -> CPU seconds; empty if none ran."""
    return dict(_kept(root).get("tests", {}))


def held(root: Path) -> int:
    """How many tests of the last run here were blocks that were held before."""
    return int(_kept(root).get("held", 0))


def _kept(root: Path) -> dict[str, Any]:
    file = root / LAST
    return dict(json.loads(file.read_text("utf-8"))) if file.is_file() else {}


def by_file(spent: Mapping[str, float]) -> dict[str, float]:
    """Sum up the tests of each file."""
    found: dict[str, float] = {}
    for name, seconds in spent.items():
        file = name.partition("::")[0]
        found[file] = found.get(file, 0.0) + seconds
    return found


def _expected(root: Path) -> dict[str, float]:
    usual = root / USUAL
    known = json.loads(usual.read_text("utf-8")) if usual.is_file() else {}
    return {**known, **by_file(read(root))}


class Spent:
    """Collects, in the process that starts the others, what each test took.

    Args:
        root: the repository.
        whole: whether all tests run: then what a file's tests took before is forgotten, since a test
            that has another name or place by now would count twice.
    """

    def __init__(self, root: Path, *, whole: bool) -> None:
        self.root, self.whole = root, whole
        self.spent: dict[str, float] = {}
        self.held = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a test's seconds from its last report."""
        for name, value in report.user_properties:
            if name == PROPERTY and isinstance(value, float):
                self.spent[report.nodeid] = value
            self.held += (name, value, report.when) == ("block", HELD, "call")

    def pytest_sessionfinish(self) -> None:
        """Keep what was measured, beside what other tests took before."""
        if self.spent:
            anew = by_file(self.spent) if self.whole else {}
            before = {k: v for k, v in read(self.root).items() if k.partition("::")[0] not in anew}
            tests = dict(sorted({**before, **self.spent}.items()))
            kept = json.dumps({"held": self.held, "tests": tests}, indent=0)
            write_atomically(self.root / LAST, kept + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Collect in one process only."""
    if not hasattr(config, "workerinput"):
        whole = not config.option.file_or_dir and not config.option.keyword
        config.pluginmanager.register(Spent(config.rootpath, whole=whole))


def part(text: str) -> tuple[int, int]:
    """Read which part of the tests to run: ``2/4`` is the second of four.

    Raises:
        argparse.ArgumentTypeError: it is no such part.
    """
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part; the second of four is 2/4")
    return int(number), int(count)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add this plugin's settings."""
    words = "folders of whose tests one process runs all, since they share what takes long to make"
    parser.addini("together", words, type="linelist")
    words = "files of whose tests any process runs each, since they share nothing that takes long"
    parser.addini("apart", words, type="linelist")
    words = "run one of N parts of the tests, such as 2/4, to share them out over machines"
    parser.addoption("--part", type=part, metavar="K/N", help=words)


def _unit(config: pytest.Config, test: str) -> str:
    """What one process runs as a whole: a test, its file, or a folder of files that share much."""
    file = test.partition("::")[0]
    if file in config.getini("apart"):
        return test
    folders: list[str] = config.getini("together")
    return next((folder for folder in folders if file.startswith(f"{folder}/")), file)


@pytest.hookimpl(trylast=True)  # behind what leaves out tests by their marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the files in the order of what they took, unknown ones first; a file stays together.

    The last file to end decides how long all processes take: a long one must not begin last. What one
    process runs as a whole counts as one. Of several parts, only the tests of one stay.
    """
    if config.getoption("part"):
        _leave_out_others(config, items)
    taken, expected = read(config.rootpath), _expected(config.rootpath)
    units: dict[str, float] = {}
    files: set[str] = set()
    for item in items:
        file = item.nodeid.partition("::")[0]
        unit = _unit(config, item.nodeid)
        usual = expected.get(file, math.inf)
        if unit == item.nodeid:
            units[unit] = taken.get(unit, usual)
        elif file not in files:
            units[unit] = units.get(unit, 0.0) + usual
        files.add(file)

    def longest_first(item: pytest.Item) -> tuple[float, str, float]:
        file = item.nodeid.partition("::")[0]
        unit = _unit(config, item.nodeid)
        among = unit if unit != file else ""  # of equal ones, each file of a folder stays with it
        return -units[unit], among, -expected.get(file, math.inf)

    items.sort(key=longest_first)


def _leave_out_others(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests of the part that is asked for; what one process runs as a whole is in one part."""
    number, count = config.getoption("part")
    parts: tuple[list[pytest.Item], list[pytest.Item]] = ([], [])
    for item in items:
        others = crc32(_unit(config, item.nodeid).encode()) % count != number - 1
        parts[others].append(item)
    items[:], left = parts
    config.hook.pytest_deselected(items=left)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share out files, and folders of files that belong together."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = lambda nodeid: _unit(config, nodeid)
    return scheduler


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests and libraries are loaded, which takes a third of that time."""
    looks = gc.isenabled()
    gc.disable()
    try:
        return (yield)
    finally:
        if looks:
            gc.enable()


def pytest_collection_finish() -> None:
    """Take what was loaded with the tests out of what is looked at."""
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Look at the clock before a test's fixtures are made."""
    item.stash[BEGUN] = cpu()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the seconds to a test's last report, which travels to the process that collects them."""
    report = yield
    if call.when == "teardown":
        report.user_properties.append((PROPERTY, round(cpu() - item.stash[BEGUN], 3)))
    return report
