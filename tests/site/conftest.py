import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from filelock import FileLock
from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page

from coursekit.built.checks import Site
from coursekit.commands import browser
from coursekit.config import Config
from coursekit.site import pages
from coursekit.testing import coverage
from samplepages import GREET, write_sample
from visiting import Visit, serve

ROOT = Path(__file__).parents[2]
LIMIT = (
    120_000  # milliseconds for a browser to do anything at all: a net below the tests, no verdict
)
WINDOW = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Built:
    """A course and the site built from it."""

    course: Path
    root: Path
    said: str
    status: int
    imported: str

    @property
    def site(self) -> Site:
        return Site(self.root)

    @property
    def config(self) -> Config:
        return Config.load(self.course)

    def html(self, page: str) -> str:
        return (self.root / page / "index.html").read_text("utf-8")


def build_to(course: Path, to: Path, **environment: str) -> Built:
    log = to.with_suffix(".imports")
    own = os.environ.get("PYTHONPATH", "")
    paths = os.pathsep.join([str(course / "src"), str(Path(__file__).parent), own])
    keep = {k: v for k, v in coverage.alone().items() if not k.startswith("COURSE_")}
    done = subprocess.run(
        [
            *coverage.counting("building"),
            str(log),
            "build",
            "--strict",
            "--quiet",
            "--site-dir",
            str(to),
        ],
        cwd=course,
        env={**keep, "PYTHONPATH": paths, "NO_MKDOCS_2_WARNING": "1", **environment},
        capture_output=True,
        encoding="utf-8",
    )
    imported = log.read_text("utf-8") if log.exists() else ""
    return Built(course, to, done.stdout + done.stderr, done.returncode, imported)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Built]) -> Built:
    """Build a site once for all workers of a test run."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    shared = factory.getbasetemp() if alone else factory.getbasetemp().parent
    folder = shared / name
    with FileLock(f"{folder}.lock"):
        done = folder / "done"
        if not done.exists():
            folder.mkdir(exist_ok=True)
            built = make(folder)
            assert built.status == 0, built.said
            assert built.said == "", "a build that succeeds has nothing to say"
            done.write_text(str(built.course), "utf-8")
        course = Path(done.read_text("utf-8"))
    log = folder / "site.imports"
    imported = log.read_text("utf-8") if log.exists() else ""
    return Built(course, folder / "site", "", 0, imported)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The course's own site."""
    return once(tmp_path_factory, "real", lambda folder: build_to(ROOT, folder / "site"))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of the small course."""

    def make(folder: Path) -> Built:
        return build_to(write_sample(folder / "course"), folder / "site")

    return once(tmp_path_factory, "sample", make)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The small course at a known address, with a script that changed since it was recorded."""

    def make(folder: Path) -> Built:
        course = write_sample(folder / "course")
        (course / "snippets/lost.py").write_text("print(1)\n", "utf-8")
        (course / "snippets/greet.py").write_text(GREET + "# more\n", "utf-8")
        return build_to(
            course,
            folder / "site",
            COURSE_REPO_URL="https://example.org/course/",
            COURSE_SITE_URL="https://example.org/site/",
        )

    return once(tmp_path_factory, "published", make)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small course's files, to plant a fault in."""
    return write_sample(tmp_path / "course")


@pytest.fixture
def build() -> Callable[..., Built]:
    """Build a course, below it."""

    def run(course: Path, **environment: str) -> Built:
        return build_to(course, course / "site", **environment)

    return run


@pytest.fixture
def resolve() -> Callable[[Path, str], str]:
    """Put in place what a page of a course embeds and binds, without building the site."""

    def run(course: Path, name: str) -> str:
        config = load_config(str(course / "mkdocs.yml"), site_dir=str(course / "site"))
        pages.begin(config)
        files = get_files(config)
        page = Page(None, files.src_uris[name], config)
        return pages.markdown("", page, config, files)

    return run


@pytest.fixture(scope="session")
def real_url(real: Built) -> Iterator[str]:
    server, url = serve(real.root)
    yield url
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def sample_url(sample: Built) -> Iterator[str]:
    server, url = serve(sample.root)
    yield url
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    try:
        path = browser.find()
    except browser.NoBrowserError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=LIMIT)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=browser.ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def make(url: str, **options: Any) -> Visit:
        context = chromium.new_context(**{"viewport": WINDOW, **options})
        context.set_default_timeout(LIMIT)
        contexts.append(context)
        return Visit(context.new_page(), url)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def still(chromium: Any) -> Iterator[Callable[[str], Any]]:
    """Pages that tests look at and leave as they are: each is opened once for all of them."""
    context = chromium.new_context(viewport=WINDOW)
    context.set_default_timeout(LIMIT)
    opened: dict[str, Visit] = {}

    def look(url: str) -> Any:
        if url not in opened:
            opened[url] = Visit(context.new_page(), urljoin(url, "/"))
            opened[url].page.goto(url)
        return opened[url].page

    yield look
    assert [complaint for seen in opened.values() for complaint in seen.complaints] == []
    context.close()


@pytest.fixture(scope="session")
def unscripted(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Goes to pages without scripts, in one window for all tests: such a page keeps nothing."""
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(LIMIT)
    page = context.new_page()

    def go(url: str, size: dict[str, int] = WINDOW) -> Any:
        page.goto("about:blank")  # not from the page itself, which would not be loaded anew
        page.set_viewport_size(size)
        page.goto(url)
        return page

    yield go
    context.close()
