"""A lesson page around its text: its head below the title, and how to run it at the end."""

import html as escaping
from pathlib import PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import get_relative_url

from coursekit.config import Config
from coursekit.course import costs, flow, outline
from coursekit.downloads import wheel
from coursekit.held import verified
from coursekit.page.contents import Page as Source
from coursekit.site.card import Downloads, card
from coursekit.site.head import RUN, head

__all__ = ["framed", "has_downloads"]

TITLE = "Run this page"
HEADING = (
    f'<h2 id="{RUN}">{TITLE}<a class="headerlink" href="#{RUN}" '
    'title="Link to this section">&para;</a></h2>'
)


def has_downloads(source: Source, course: Config) -> bool:
    """Whether readers can take a page with them: it is a lesson's, and has code."""
    return course.is_lesson(source.path) and bool(source.code)


def framed(html: str, page: Page, source: Source, config: MkDocsConfig, course: Config) -> str:
    """The HTML of a lesson page with its head and its end; the end gets a line in the table of contents.

    Args:
        html: the page's text.
        page: the page as mkdocs knows it.
        source: the page as the course knows it.
        config: the site's settings.
        course: the course.
    """
    downloads = _downloads(page, config, course) if has_downloads(source, course) else None
    cost = costs.read(source, course)
    made = _here(page, source, course) + head(source, downloads, cost)
    title, found, rest = html.partition("</h1>")
    if found:
        html = f"{title}{found}\n{made}{rest}"
    else:
        html = f"<h1>{escaping.escape(str(page.title))}</h1>\n{made}{html}"
    if downloads is None:
        return html
    _list_end(page)
    return f"{html}\n{HEADING}\n{card(source, downloads, verified.read(source, course), cost)}"


def _here(page: Page, source: Source, course: Config) -> str:
    """Where the page stands in its lesson's pipeline, in words; a script draws the line beside them."""
    path = source.path.with_name("outline.yml")
    sections = outline.read(path, course).sections if path.is_file() else ()
    stages = [section for section in sections if section.number]
    line = get_relative_url(f"{PurePosixPath(page.file.src_uri).parent}/", page.url)
    return "".join(
        f'<a class="here" href="{line}#the-pipeline"><span>You are here: <strong>{stage.title}</strong> '
        f"({said})</span></a>\n"
        for stage, _, _, said in flow.places(stages)
        if stage.page == source.path.name
    )


def _list_end(page: Page) -> None:
    """Add the end to the table of contents: below the page's title, where there is one."""
    links = list(page.toc)
    below = links[0].children if links and links[0].level == 1 else page.toc.items
    below.append(AnchorLink(TITLE, RUN, 2))


def _downloads(page: Page, config: MkDocsConfig, course: Config) -> Downloads:
    stem = PurePosixPath(page.file.src_uri).with_suffix("")
    name = wheel.file_name(course)
    base = config.site_url or ""
    return Downloads(
        notebook=get_relative_url(f"{stem}.ipynb", page.url),
        script=get_relative_url(f"{stem}.py", page.url),
        wheel=get_relative_url(f"dist/{name}", page.url),
        wheel_address=f"{base.rstrip('/')}/dist/{name}" if base else name,
    )
