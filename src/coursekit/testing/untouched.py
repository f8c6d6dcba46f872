"""Notices that files of the course changed while its tests ran, and names the tests that ran just then.

Tests run side by side and read the course's own pages, modules and settings: one that edits such a file,
even if it puts everything back, makes others fail now and then, and nobody finds out why. A pytest plugin,
``-p coursekit.testing.untouched``; the run of all tests has it.
"""

from pathlib import Path

import pytest

from coursekit import tree

__all__ = ["OWN", "Untouched", "stamps"]

OWN = ("docs", "snippets", "src", "tests", "mkdocs.yml", "pyproject.toml")
Stamp = tuple[int, int, int]


def stamps(root: Path) -> dict[str, Stamp]:
    """When each of the course's own files was last written, which file it is, and its bytes.

    What git ignores, and so what commands make, is none of them.

    Args:
        root: the repository.

    Returns:
        name -> nanoseconds, number of the file on its disk, bytes.
    """
    found = {}
    for name in tree.files(root):
        if name.partition("/")[0] in OWN:
            told = (root / name).stat()
            found[name] = (told.st_mtime_ns, told.st_ino, told.st_size)
    return found


class Untouched:
    """Compares the files before and after a run, in the process that starts the others.

    Args:
        root: the repository.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.before = root, stamps(root)
        self.ran: dict[str, tuple[float, float]] = {}
        self.problems: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note from when to when a test ran, with its fixtures."""
        begun, _ = self.ran.get(report.nodeid, (report.start, 0.0))
        self.ran[report.nodeid] = (begun, report.stop)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run where a file is another one than before."""
        after = stamps(self.root)
        names = sorted(self.before.keys() | after.keys())
        self.problems = [
            self._told(name, after.get(name))
            for name in names
            if self.before.get(name) != after.get(name)
        ]
        if self.problems:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _told(self, name: str, stamp: Stamp | None) -> str:
        """Say what happened to a file, and which tests ran when it was last written."""
        what = "was taken away" if stamp is None else "was written"
        if name not in self.before:
            what = "appeared"
        at = stamp[0] / 1e9 if stamp else 0.0
        during = [test for test, (begun, end) in self.ran.items() if begun <= at <= end]
        return f"{name} {what} while the tests ran" + "".join(f"\n  during {t}" for t in during)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what was found."""
        if self.problems:
            terminalreporter.section("the course's own files", red=True)
            terminalreporter.write_line("\n".join(self.problems))
            terminalreporter.write_line(
                "Others read them meanwhile: let the test write into a copy, or, if it was you, run again."
            )


def pytest_configure(config: pytest.Config) -> None:
    """Look at the files in one process only."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Untouched(config.rootpath))
