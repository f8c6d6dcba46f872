"""The commands behind ``make``: ``python -m coursekit`` with serve, site, test, check, bench and others."""

import argparse
import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from coursekit import browser, tree
from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.page import load
from coursekit.problems import ContractError
from coursekit.text import read_text

PROCESSES = 2
PYTEST = ["pytest", "--numprocesses", str(PROCESSES), "--dist", "loadfile"]
LOCK_HEADER = """\
# The versions every number on the site was measured with, for each platform and Python this project
# supports. `make lock` renews this file. torch is pinned in pyproject.toml.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is that of what failed first."""
    parser = argparse.ArgumentParser(prog="python -m coursekit", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        added.set_defaults(run=run)
        return added

    serving = command("serve", serve)
    serving.add_argument("--port", type=int, help="default: 8000, or the next that is free")
    command("site", site)
    testing = command("test", test)
    testing.add_argument("pages", nargs="*", type=Path, help="only these pages")
    command("check", check)
    command("test-all", test_all)
    command("test-hub", hub)
    command("bench", bench)
    costing = command("costs", costs)
    costing.add_argument("pages", nargs="+", type=Path, help="lesson pages to measure")
    command("promises", promises)
    command("lock", lock)
    command("links", links)
    options = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except KeyboardInterrupt:
        return 130
    except (ContractError, tree.GitError, ImportError, OSError, RuntimeError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _root() -> Path:
    """The repository around the current folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "mkdocs.yml").is_file():
            return folder
    sys.exit(f"no mkdocs.yml in {here} or above it; run this inside the course's repository")


def _module(*arguments: str) -> int:
    """Run a Python module as a command in the repository, showing what is run.

    Processes that compute side by side share out the cores: with as many threads each as there are
    cores, they wait for one another, and everything takes many times as long.
    """
    print("+", *arguments, flush=True)
    environment = dict(os.environ)
    if list(arguments[: len(PYTEST)]) == PYTEST:
        threads = max(1, (os.cpu_count() or 1) // PROCESSES)
        environment.setdefault("OMP_NUM_THREADS", str(threads))
    return subprocess.call([sys.executable, "-m", *arguments], cwd=_root(), env=environment)


def _all(*steps: list[str]) -> int:
    """Run every step, even behind one that failed, and say at the end which failed."""
    failed = {" ".join(step): status for step in steps if (status := _module(*step))}
    for step, status in failed.items():
        print(f"failed with exit status {status}: {step}", file=sys.stderr)
    return next(iter(failed.values()), 0)


def _port(wanted: int | None) -> int:
    for port in [wanted] if wanted else range(8000, 8100):
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
    if options.pages:
        pages = [str(page) for page in options.pages]
        return _module("pytest", "--record-verified", "--verbose", *pages)
    _have_browser()
    return _all(*LINT, [*PYTEST, "--record-verified"], *COVERAGE)


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


def _have_browser() -> None:
    """Install a Chromium if there is none; the browser tests say what it means if that fails."""
    try:
        browser.find()
    except browser.NoBrowserError as missing:
        print(missing, "- installing one", sep="\n", flush=True)
        try:
            browser.install()
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"no browser was installed: {error}", file=sys.stderr)


LINT = (
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["mypy"],
    ["coursekit.spelling"],
)
# Apart from the timed run: tracing slows pure Python nearly threefold.
COVERAGE = (
    ["coverage", "run", "-m", "pytest", "--quiet", "docs", "tests/lessons"],
    ["coverage", "report"],
)


def check(_: argparse.Namespace) -> int:
    """Lint, types, links, and the pages that changed."""
    pages = [str(page) for page in _changed_pages(_root())]
    print("pages that changed:", ", ".join(pages) or "none", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        build = ["mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
        run_pages = [["pytest", "--quiet", "mkdocs.yml", *pages]]
        return _all(*LINT, build, *run_pages)


def _changed_pages(root: Path) -> list[Path]:
    """Pages that differ from the main branch, or that show a lesson that does; all, without git."""
    pages = Config.load(root).page_files
    missing = tree.has_git(root)
    changed = None if missing else tree.changed(root)
    if changed is None:
        print(f"{missing or 'git has no commit yet'}, so all pages count as changed", flush=True)
        return [page.relative_to(root) for page in pages]
    found = []
    for page in pages:
        name = page.relative_to(root).as_posix()
        if name in changed or _shows(page, changed):
            found.append(Path(name))
    return found


def _shows(page: Path, changed: set[str]) -> bool:
    try:
        text = read_text(page)
    except ContractError:
        return True  # the page's own run says what is wrong with it
    return any(f'"{path}{end}' in text for path in changed if path.endswith(".py") for end in ':"')


def test_all(options: argparse.Namespace) -> int:
    """Run everything: the tests, all downloads of all pages, all recorded experiments."""
    options.pages = []
    nightly = [*PYTEST, "-m", "nightly and not hub", "tests"]
    return test(options) or _all(nightly)


def hub(_: argparse.Namespace) -> int:
    """Run the scripts of snippets/ with the real GPT-2 and BERT, and record what they print."""
    return _module("pytest", "-m", "hub", "--verbose", "tests/snippets/test_real_hub.py")


def bench(_: argparse.Namespace) -> int:
    """Print what the site weighs and how long it and its pages take."""
    root = _root()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = ["mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
        status = subprocess.call([sys.executable, "-m", *command], cwd=root)
        if status:
            return status
        print(f"clean build: {time.perf_counter() - start:.1f} s")
        built = Path(folder)
        for file in [*sorted(built.rglob("*.html")), built / "search" / "search_index.json"]:
            data = file.read_bytes()
            small = len(gzip.compress(data, 9))
            name = file.relative_to(built).as_posix()
            print(f"{len(data) / 1e3:8.1f} KB {small / 1e3:7.1f} KB gz  {name}")
    for file in sorted((root / ".cache" / "verified").glob("*.json")):
        record = json.loads(file.read_text("utf-8"))
        print(f"{record['seconds']:8.1f} s in {record['blocks']} blocks  {file.stem}")
    return 0


def costs(options: argparse.Namespace) -> int:
    """Run the scripts of lesson pages, and keep what seconds and memory they took."""
    from coursekit import costs as keeping

    config = Config.load(_root())
    for file in _known(options.pages, config):
        page = load(file, config)
        cost = keeping.measure(page, config)
        keeping.write(page, config, cost)
        for name, run in cost.runs.items():
            print(f"{run.seconds:8.1f} s {run.memory_mb:6} MB  {file} ({name})", flush=True)
    return 0


def promises(_: argparse.Namespace) -> int:
    """Write down what the course promises, so that a weaker promise is a line of the difference."""
    from coursekit import promises as keeping

    config = Config.load(_root())
    print(config.relative(keeping.write(config)).as_posix())
    return 0


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


def links(_: argparse.Namespace) -> int:
    """Ask every external address that a page names whether it still answers (needs the internet)."""
    from coursekit.links import broken_links

    problems = broken_links(Config.load(_root()))
    print(*problems, f"{len(problems)} broken links", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # the theme's advertisement, on every build
    sys.exit(main())
