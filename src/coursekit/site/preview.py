"""The page that somebody edits first, and then the site: what ``make serve`` does with a change.

To build the site takes seconds, and who edits a page waits for that page alone. So a changed page is made
by itself, with the navigation and the settings of the last build, and shown. Then the site is built as
always, in another folder, and takes the place of the one that was shown. Browsers load again only what
looks otherwise there, such as a page whose neighbor has a new title. A change in the meantime ends that
build, because the next one holds both.
"""

import filecmp
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.nav import Navigation

from coursekit.site import pages

__all__ = ["Preview", "Superseded", "Whole", "begin", "end", "give_way", "note", "redirect"]

FEW = 3  # pages changed at once, by hand: after a change of branch the whole site is as fast
LOOKS = frozenset({".html", ".css", ".js", ".svg"})  # what a browser loads with a page


class Superseded(BaseException):
    """A build ends because files have changed since it began.

    It is no ``Exception``: mkdocs would report each of those as a fault of the page that it reads.
    """


@dataclass(frozen=True)
class Whole:
    """What mkdocs made a whole site of.

    Attributes:
        config: the site's settings.
        files: all files of the site; those of pages hold their pages.
        nav: the navigation.
        env: the theme's templates.
    """

    config: MkDocsConfig
    files: Files
    nav: Navigation
    env: Environment

    @cached_property
    def written_in(self) -> dict[str, set[Path]]:
        """Of each page of the course, its own file and those whose code it embeds."""
        return pages.written_in(self.files, self.config)


class Preview:
    """The course while somebody edits it. Its :meth:`rebuild` is what the server calls after a change.

    Attributes:
        latest: what a build has made, which is shown when it ends well.

    Args:
        server: mkdocs' server, which shows a folder and calls its ``builder`` after a change.
        whole: what it shows.
    """

    def __init__(self, server: LiveReloadServer, whole: Whole) -> None:
        self._server, self._build = server, server.builder
        self._shown = self.latest = whole
        self._other = tempfile.TemporaryDirectory(prefix="mkdocs_")
        self._folders = [Path(server.root), Path(self._other.name)]
        self._stamps = _stamps(self._shown)
        self._yields = False
        server.builder = self.rebuild
        server.error_handler = self._error_page

    def end(self) -> None:
        """Remove the folder in which sites are built beside the one that is shown."""
        self._other.cleanup()

    def redirect(self, config: MkDocsConfig) -> None:
        """Have a build write where nothing is shown."""
        config.site_dir = str(self._folders[1])

    def give_way(self) -> None:
        """End a build that nobody waits for, if there is something new to build.

        Raises:
            Superseded: files have changed since the build began.
        """
        if self._yields and self._server._want_rebuild:
            raise Superseded

    def rebuild(self) -> None:
        """Show the pages that have changed, if they are few, and then the site with all that has."""
        self._yields = self._show_changed_pages()
        try:
            self._build()
        except Superseded:
            return
        finally:
            self._yields = False
        self._shown = self.latest
        # What has changed since the build began is still new.
        self._stamps = {**_stamps(self._shown), **self._stamps}
        self._folders.reverse()
        self._server.root = str(self._folders[0])
        if _look_different(*self._folders):
            # The server tells browsers this number, and they load their page again.
            self._server._wanted_epoch += 1

    def _show_changed_pages(self) -> bool:
        """Make the pages whose files have changed, or code that they embed, and let the server show them.

        Returns:
            Whether it did. A page with a fault is not shown: the build that follows says what is wrong.
        """
        before, self._stamps = self._stamps, _stamps(self._shown)
        new = {path for path, stamp in self._stamps.items() if before.get(path) != stamp}
        changed = [page for page, paths in self._shown.written_in.items() if new & paths]
        if not 0 < len(changed) <= FEW:
            return False
        try:
            with _silent():
                for path in changed:
                    self._make(path)
        except (BuildError, OSError):
            return False
        with self._server._epoch_cond:
            self._server._visible_epoch = self._server._wanted_epoch
            self._server._epoch_cond.notify_all()
        return True

    def _make(self, path: str) -> None:
        """Make one page anew, as a build of the whole site makes all of them."""
        whole = self._shown
        file = whole.files.src_uris[path]
        page = file.page
        assert page is not None
        vars(page).pop("render", None)  # which gives back what was rendered before
        _populate_page(page, whole.config, whole.files)
        whole.config.plugins["autorefs"].on_env(whole.env, config=whole.config, files=Files([file]))
        others = whole.files.documentation_pages(inclusion=InclusionLevel.is_in_serve)
        _build_page(page, whole.config, others, whole.nav, whole.env)

    def _error_page(self, code: int) -> bytes | None:
        """What the site that is shown answers to a wrong address."""
        page = self._folders[0] / f"{code}.html"
        return page.read_bytes() if page.is_file() else None


def _stamps(whole: Whole) -> dict[Path, tuple[int, int]]:
    """When each file changed that a page is written in, and its size."""
    stamps = {}
    for path in set().union(*whole.written_in.values()):
        with suppress(FileNotFoundError):
            stat = path.stat()
            stamps[path] = (stat.st_mtime_ns, stat.st_size)
    return stamps


@contextmanager
def _silent() -> Iterator[None]:
    """Let nothing be said of a page; handlers that are added within, such as counters, still hear it."""
    logger = logging.getLogger("mkdocs")
    handlers, propagate = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [logging.NullHandler()], False
    try:
        yield
    finally:
        logger.handlers, logger.propagate = handlers, propagate


def _look_different(one: Path, other: Path) -> bool:
    """Whether two sites differ in what a browser loads with a page."""
    mine, its = _looks(one), _looks(other)
    return mine != its or any(
        not filecmp.cmp(one / name, other / name, shallow=False) for name in mine
    )


def _looks(folder: Path) -> set[str]:
    paths = (path for path in folder.rglob("*") if path.suffix in LOOKS)
    return {path.relative_to(folder).as_posix() for path in paths}


_latest: Whole  # of the builds of this process
_preview: Preview | None = None  # of what it serves


def note(whole: Whole) -> None:
    """Keep what a build has made."""
    global _latest
    _latest = whole
    if _preview:
        _preview.latest = whole


def begin(server: LiveReloadServer, **_: Any) -> LiveReloadServer:
    """Let a server, with the site built, show a changed page before the site is built with it."""
    global _preview
    _preview = Preview(server, _latest)
    return server


def redirect(config: MkDocsConfig) -> None:
    """Have a build for a server write where nothing is shown."""
    if _preview:
        _preview.redirect(config)


def give_way() -> None:
    """End a build that nobody waits for, if there is something new to build.

    Raises:
        Superseded: there is.
    """
    if _preview:
        _preview.give_way()


def end() -> None:
    """Leave nothing behind."""
    global _preview
    if _preview:
        _preview.end()
    _preview = None
