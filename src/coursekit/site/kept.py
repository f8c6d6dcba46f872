"""Rendered pages, kept from one build to the next.

Rendering takes most of a build's time, and most pages are what they were. What rendering made of a page
is kept in ``.cache/pages`` under a key of everything that it was made of: the page's Markdown with all that
it embeds and binds, the files that its fences read, the addresses that links may lead to, the versions
of what renders. A page whose key is the same gets back what was kept; navigation, search, cross-references
and checks of links are made anew in every build. A page that caused a warning is not kept, so that the
warning comes again.
"""

import hashlib
import json
import logging
from collections.abc import Iterable
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc
from mkdocs.utils import CountHandler

from coursekit.files import write_atomically

__all__ = ["Kept"]

RENDERERS = (  # distributions whose version decides what a page looks like; some may be absent
    *("black", "griffelib", "jinja2", "markdown", "mkdocs", "mkdocs-autorefs", "mkdocs-material"),
    *("mkdocs-jupyter", "mkdocstrings", "mkdocstrings-python", "mistune", "nbconvert", "pygments"),
    *("pymdown-extensions", "pyyaml", "ruff"),
)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _digest(parts: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part.encode()).digest())
    return whole.hexdigest()


class Kept:
    """The kept pages of one course, for one build.

    Args:
        config: the site's settings.
        root: the repository.
    """

    def __init__(self, config: MkDocsConfig, root: Path) -> None:
        self.config, self.root = config, root

    @cached_property
    def _renderers(self) -> str:
        """What renders: versions, this package's own code, and the settings."""
        own = sorted(Path(__file__).parents[1].rglob("*.py"))
        settings = [Path(self.config.config_file_path), self.root / "pyproject.toml"]
        texts = (file.read_text("utf-8") for file in [*own, *settings])
        return _digest([*(f"{name} {_version(name)}" for name in RENDERERS), *texts])

    @cached_property
    def _targets(self) -> str:
        """Where links may lead."""
        files: Files = self._files
        return _digest(sorted(f"{f.src_uri} {f.url} {f.inclusion.name}" for f in files))

    def keep(self, page: Page, markdown: str, inputs: Iterable[str], files: Files) -> None:
        """Let a page render itself only if nothing is kept for it.

        Args:
            page: the page, before it is rendered.
            markdown: its Markdown, with all that it embeds and binds.
            inputs: all else that its content is made of, such as the drawings of its figures.
            files: the files of the site.
        """
        self._files = files
        key = _digest([self._renderers, self._targets, page.file.src_uri, markdown, *inputs])
        page.render = partial(self._render, page, page.render, key)  # type: ignore[method-assign]

    def _render(
        self, page: Page, render: Any, key: str, config: MkDocsConfig, files: Files
    ) -> None:
        """Stand in for the page's own ``render``."""
        name = page.file.src_uri.removesuffix(".md").removesuffix(".py").replace("/", "--")
        file = self.root / ".cache" / "pages" / f"{name}.json"
        if file.is_file() and (kept := json.loads(file.read_text("utf-8")))["key"] == key:
            _restore(page, kept, config, files)
            return
        counter = CountHandler(level=logging.WARNING)
        logger = logging.getLogger("mkdocs")
        logger.addHandler(counter)
        try:
            anchors = _render_noting_anchors(render, config, files)
        finally:
            logger.removeHandler(counter)
        if not counter.get_counts():
            made = {"key": key, **_made(page), "anchors": anchors}
            write_atomically(file, json.dumps(made, ensure_ascii=False))


def _render_noting_anchors(
    render: Any, config: MkDocsConfig, files: Files
) -> list[tuple[list[Any], dict[str, Any]]]:
    """Render a page, and say which places it told the plugin that resolves cross-references."""
    autorefs: Any = config.plugins["autorefs"]
    register = autorefs.register_anchor
    noted: list[tuple[list[Any], dict[str, Any]]] = []

    def register_anchor(where: Page, *arguments: Any, **named: Any) -> None:
        noted.append(([*arguments], named))
        register(where, *arguments, **named)

    autorefs.register_anchor = register_anchor
    try:
        render(config, files)
    finally:
        del autorefs.register_anchor
    return noted


def _made(page: Page) -> dict[str, Any]:
    """What rendering made of a page."""
    return {
        "content": page.content,
        "toc": [_token(link) for link in page.toc],
        "title": page._title_from_render,
        "ids": sorted(page.present_anchor_ids or ()),
        "links": {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()},
    }


def _token(link: AnchorLink) -> dict[str, Any]:
    children = [_token(child) for child in link.children]
    return {"name": link.title, "id": link.id, "level": link.level, "children": children}


def _restore(page: Page, kept: dict[str, Any], config: MkDocsConfig, files: Files) -> None:
    """Give a page, and the plugin that resolves cross-references, what rendering made of it."""
    page.content = kept["content"]
    page.toc = get_toc(kept["toc"])
    page._title_from_render = kept["title"]
    page.present_anchor_ids = set(kept["ids"])
    page.links_to_anchors = {files.src_uris[uri]: links for uri, links in kept["links"].items()}
    autorefs: Any = config.plugins["autorefs"]
    for arguments, named in kept["anchors"]:
        autorefs.register_anchor(page, *arguments, **named)
