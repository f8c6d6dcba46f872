"""The commands behind ``make``: ``python -m coursekit`` with serve, site, test, check, bench and others."""

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from coursekit import tree
from coursekit.commands import bench as benchmark
from coursekit.commands import browser, gate, preview_time
from coursekit.commands import new as stubs
from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.testing import spent

LOCK_HEADER = """\
# The versions every number on the site was measured with, for each platform and Python this project
# supports. `make lock` renews this file. torch is pinned in pyproject.toml.
"""


# What a wrong file, setting or machine raises; a fault of this package keeps its traceback.
EXPECTED = (
    ContractError, tree.GitError, ImportError, OSError, RuntimeError, SyntaxError, ValueError,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is that of what failed first."""
    parser = argparse.ArgumentParser(prog="python -m coursekit", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        added.set_defaults(run=run)
        return added

    serving = command("serve", serve)
    serving.add_argument(
        "--port", type=_number_of_port, help="default: 8000, or the next that is free"
    )
    command("site", site)
    testing = command("test", test)
    testing.add_argument("pages", nargs="*", type=Path, help="only these pages")
    testing.add_argument(
        "--fresh", action="store_true", help="run pages too whose last run here cannot have changed"
    )
    command("check", check)
    command("test-all", everything).add_argument(
        "--part", type=spent.part, default=(1, 1), metavar="K/N",
        help="one of N parts of what the night adds, such as 2/4; the first has the day's tests",
    )  # fmt: skip
    command("browser", get_browser)
    command("test-hub", hub)
    command("real-models", get_real_models)
    command("test-real", real)
    command("bench", bench)
    judging = command("bars", judge)
    judging.add_argument(
        "--site", type=Path, help="folder of a site that is built already; default: build one"
    )
    costing = command("costs", costs)
    costing.add_argument("pages", nargs="+", type=Path, help="lesson pages to measure")
    command("promises", promises)
    command("pictures", draw_pictures)
    stubs.add_options(command("new", new))
    refreshing = command("update", update)
    refreshing.add_argument("pages", nargs="+", type=Path, help="pages whose outputs to refresh")
    command("lock", lock)
    options = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        status = run(options)
        print(end="", flush=True)  # now: as Python ends, nobody could say what fails
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # behind `| head`: the reader has what they wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except EXPECTED as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return status


def _root() -> Path:
    """The repository around the current folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "mkdocs.yml").is_file():
            return folder
    sys.exit(f"no mkdocs.yml in {here} or above it; run this inside the course's repository")


def _module(*arguments: str) -> int:
    return gate.run_step(_root(), *arguments)


def _number_of_port(text: str) -> int:
    """Read an option that names a port."""
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: from 1 to 65535")
    return number


def _port(wanted: int | None) -> int:
    for port in range(8000, 8100) if wanted is None else [wanted]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    sys.exit(f"port {wanted or '8000 to 8099'} is taken; choose another with --port")


def serve(options: argparse.Namespace) -> int:
    """Build the site, serve it, and rebuild when a page or a lesson changes."""
    address = f"127.0.0.1:{_port(options.port)}"
    print(f"the course is at http://{address}/ (stop with Ctrl+C)", flush=True)
    try:
        # Without --livereload, mkdocs 1.6 under click 8.3 serves and never rebuilds.
        return _module("mkdocs", "serve", "--quiet", "--livereload", "--dev-addr", address)
    except KeyboardInterrupt:
        return 0


def site(_: argparse.Namespace) -> int:
    """Build the site into site/, with every warning an error."""
    return _module("mkdocs", "build", "--strict", "--quiet")


def test(options: argparse.Namespace) -> int:
    """Run everything that gates a change, or the blocks of single pages."""
    root = _root()
    if options.pages:
        return gate.run_pages(root, [str(page) for page in options.pages])
    # What gates for everybody is judged by nothing that was run elsewhere or before.
    return gate.run_tests(root, fresh=options.fresh or bool(os.environ.get("CI")))


def _known(pages: list[Path], config: Config) -> list[Path]:
    """Pages named on the command line, absolute, since every command runs at the root.

    Raises:
        ValueError: files that are no pages of the course.
    """
    wrong = [str(page) for page in pages if not config.is_page(page)]
    if wrong:
        raise ValueError(
            f"no page of the course: {', '.join(wrong)}; pages are {', '.join(config.pages)}"
        )
    return [page.resolve() for page in pages]


def check(_: argparse.Namespace) -> int:
    """Run the checks that take seconds, and the pages and tests that the change can reach."""
    return gate.run_check(_root())


def everything(options: argparse.Namespace) -> int:
    """Run everything: the tests, all downloads of all pages, all recorded experiments."""
    root = _root()
    first = options.part[0] == 1
    tests = gate.run_tests(root, fresh=True) if first else 0
    night = gate.run_nightly(root, options.part)  # also behind a fault of the day
    return tests or night


def get_browser(_: argparse.Namespace) -> int:
    """Find the Chromium that the tests of the site use, or install one."""
    try:
        print(browser.find())
    except browser.NoBrowserError as missing:
        print(missing, "- installing one", sep="\n", flush=True)
        browser.install()
        print(browser.find())
    return 0


def hub(_: argparse.Namespace) -> int:
    """Run the scripts of snippets/ with the real GPT-2 and BERT, and record what they print."""
    return _module("pytest", "-m", "hub", "--verbose", "tests/snippets/test_real_hub.py")


def get_real_models(_: argparse.Namespace) -> int:
    """Fetch and convert the two real models, SmolLM2 and MiniLM, unless they are there."""
    return _module("lessons.real_models")


def real(_: argparse.Namespace) -> int:
    """Run what needs the real models of lessons.real_models; scripts record what they print with them."""
    tests = ("tests/lessons", "tests/snippets", "tests/test_records.py")
    marked = ("-m", "real and not nightly")  # of each record a cell; all of them take hours
    return gate.run_step(
        _root(), "pytest", *marked, "--verbose", *tests, COURSE_REAL_MODELS="required"
    )


def bench(_: argparse.Namespace) -> int:
    """Print what the site costs and weighs, and what tests, pages and records cost."""
    root = _root()
    config = Config.load(root)
    for line in benchmark.site_lines(root):
        print(line)
    print(preview_time.line(config))
    for line in benchmark.lines(config):
        print(line)
    return 0


def judge(options: argparse.Namespace) -> int:
    """Print what the site has to meet, each figure with its limit; fails where one is missed."""
    from coursekit.commands import bars

    site: Path | None = options.site
    return bars.run(Config.load(_root()), site and site.resolve())


def costs(options: argparse.Namespace) -> int:
    """Run the scripts of lesson pages, and keep what seconds and memory they took."""
    from coursekit.course import costs as keeping

    config = Config.load(_root())
    for file in _known(options.pages, config):
        page = load(file, config)
        cost = keeping.measure(page, config)
        keeping.write(page, config, cost)
        place = config.relative(file).as_posix()
        for name, run in cost.runs.items():
            print(f"{run.seconds:8.1f} s {run.memory_mb:6} MB  {place} ({name})", flush=True)
    return 0


def promises(_: argparse.Namespace) -> int:
    """Write down what the course promises, so that a weaker promise is a line of the difference."""
    from coursekit.checks import promises as keeping

    config = Config.load(_root())
    print(config.relative(keeping.write(config)).as_posix())
    return 0


def draw_pictures(_: argparse.Namespace) -> int:
    """Draw the pictures that a shared link shows, one for each part of the site."""
    from coursekit.commands import pictures

    config = Config.load(_root())
    for file in pictures.run(config):
        print(config.relative(file).as_posix())
    return 0


def new(options: argparse.Namespace) -> int:
    """Write the stubs of a page, an experiment or a script, and list it where it has to be listed."""
    return stubs.run(options, _root())


def update(options: argparse.Namespace) -> int:
    """Refresh the outputs and figures of pages, and print what changed."""
    from coursekit.commands import update as refreshing

    config = Config.load(_root())
    return refreshing.run(config, _known(options.pages, config))


def lock(_: argparse.Namespace) -> int:
    """Renew constraints.txt: the newest versions that pyproject.toml allows, for all platforms."""
    root = _root()
    arguments = [
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--all-extras",
        "--upgrade",
    ]
    done = subprocess.run(
        [sys.executable, "-m", *arguments, "--no-header", "--no-annotate", "--quiet"],
        cwd=root, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        # A constraint names no extras.
        lines = [line for line in done.stdout.splitlines() if not line.startswith("--")]
        write_atomically(root / "constraints.txt", LOCK_HEADER + "\n".join(lines) + "\n")
    return done.returncode


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # the theme's advertisement, on every build
    sys.exit(main())
