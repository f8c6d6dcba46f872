"""Whole pages that the theme's templates made, kept from one build to the next of one process.

Under ``make serve`` a change touches one page, and the templates would make all others again: that is a
third of the time until a reader of the preview sees it. What a template made of a page is kept under a key
of all that it was made of: what the page holds, where it stands, the navigation, the settings and the
theme's own files.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from jinja2 import Environment, Template
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

__all__ = ["keep"]

_made: dict[tuple[str, str], tuple[bytes, str]] = {}  # settings' file and page -> key and HTML
_settings: WeakKeyDictionary[Navigation, bytes] = WeakKeyDictionary()  # of the build of each


class _Kept(Template):
    """A template that makes a page only where something of it has changed."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Make the page, or give back what was made of the same before."""
        context = dict(*args, **kwargs)
        page, config = context.get("page"), context.get("config")
        if page is None or config is None:
            return super().render(context)
        place = (config.config_file_path, page.file.src_uri)
        key = _digest([str(self.name), *_of_page(page), _of_build(context["nav"], config).hex()])
        known = _made.get(place)
        if known is None or known[0] != key:
            known = _made[place] = (key, super().render(context))
        return known[1]


def keep(env: Environment) -> None:
    """Let the templates of an environment make a page only where something of it has changed."""
    env.template_class = _Kept


def _digest(parts: Iterable[str]) -> bytes:
    whole = hashlib.sha256()
    for part in parts:
        text = part.encode()
        whole.update(b"%d:" % len(text))
        whole.update(text)
    return whole.digest()


def _of_page(page: Page) -> Iterator[str]:
    """What a template may show of a page."""
    near = (page.previous_page, page.next_page)
    yield from (page.url, str(page.title), page.content or "", repr(sorted(page.meta.items())))
    yield repr((page.canonical_url, page.edit_url, page.is_homepage))
    yield repr([other and (other.url, str(other.title)) for other in near])
    yield repr([*_headings(page.toc)])


def _headings(toc: Iterable[Any]) -> Iterator[tuple[str, str, int]]:
    for one in toc:
        yield one.title, one.id, one.level
        yield from _headings(one.children)


def _of_build(nav: Navigation, config: MkDocsConfig) -> bytes:
    """What a template may show on every page: the navigation, the settings, the theme's own files."""
    if nav not in _settings:
        folder = config.theme.custom_dir
        own = sorted(Path(folder).rglob("*.html")) if folder else []
        texts = [repr((config.site_url, config.repo_url, config.copyright, config.extra))]
        texts += [Path(config.config_file_path).read_text("utf-8")]
        texts += [file.read_text("utf-8") for file in own]
        _settings[nav] = _digest([*texts, *_titles(nav.items)])
    return _settings[nav]


def _titles(items: Iterable[Any]) -> Iterator[str]:
    for item in items:
        meta = getattr(item, "meta", None) or {}
        yield repr((type(item).__name__, str(item.title), getattr(item, "url", ""), sorted(meta)))
        yield repr((meta.get("icon"), meta.get("status")))
        yield from _titles(item.children or ())
        yield ""
