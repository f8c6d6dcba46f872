import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

# A busy machine and another day give the same verdict: no time limit, the same inputs in each run.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _no_open_figures() -> Iterator[None]:
    """Close what a test drew: matplotlib counts the open figures of all tests of a process."""
    yield
    if plt := sys.modules.get("matplotlib.pyplot"):
        plt.close("all")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which cells of the records were measured again, and which not."""
    reports = [r for done in ("passed", "failed") for r in terminalreporter.stats.get(done, ())]
    lines = sorted(
        line
        for r in reports
        for name, line in getattr(r, "user_properties", ())
        if name == "records"
    )
    if lines:
        terminalreporter.section("records")
        terminalreporter.write("".join(f"{line}\n" for line in lines))
