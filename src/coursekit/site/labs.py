"""Labs: notebook pages that mkdocs-jupyter renders, as light as the other pages.

A lab is a script in the percent format (see :mod:`coursekit.downloads.labs`). The site shows it with
the outputs that were recorded, and never runs it.

mkdocs-jupyter is asked only for a lab that changed: importing it takes longer than making a dozen pages, so
what it made is kept as for every page. It gives each page half a megabyte of style sheet, scripts that
load more from elsewhere, and ten elements around each cell. The course's own style sheet and scripts do
what is needed of that.
"""

import html as escaping
import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin

from jinja2 import FileSystemBytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import _TocToken, get_toc
from mkdocs.utils import get_relative_url
from mkdocs.utils.meta import get_data

from coursekit.config import Config
from coursekit.downloads import labs, wheel
from coursekit.downloads.labs import Lab
from coursekit.problems import ContractError
from coursekit.site.card import Downloads, installing, requirement
from coursekit.site.head import RUN

__all__ = ["add_files", "is_lab", "lean", "prepare"]

TITLE = "Run this lab"
DIFFICULTY = {1: "easy", 2: "medium", 3: "hard"}
COLAB = "https://colab.research.google.com/github"
GITHUB = re.compile(r"https://github\.com/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?")
BRANCH = "notebooks"  # .github/workflows/pages.yml writes it
MODULES = {"labs": "openai", "quantization": "torchao", "real": "gguf"}  # one of each extra's
SETUP = """\
# Installs what this lab needs, if it is not there yet, as on Colab.
from importlib.util import find_spec

if not all(map(find_spec, {needed})):
    %pip install --quiet "{wanted}"
"""
ANCHOR_LINK = '<a class="headerlink" href="#{0}" title="Link to this section">¶</a>'
SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b[^>]*>.*?</\1>\s*|<!--.*?-->\s*", re.DOTALL)
COPY_BUTTON = re.compile(
    r'<div class="zeroclipboard-container">.*?</clipboard-copy>\s*</div>\s*', re.DOTALL
)
COPIED_TEXT = re.compile(r'<div[^>]* class="clipboard-copy-txt"[^>]*>.*?</div>\s*', re.DOTALL)
QUOTING = re.compile(r">[^<]*&(?:quot|#34|#39);[^<]*")  # what only an attribute has to write so
PROMPT = re.compile(r'<div class="jp-(?:In|Out)putPrompt[^"]*">[^<]*</div>')
CODE = re.compile(
    r'<div[^>]*class="[^"]*highlight-ipynb[^"]*"[^>]*>\s*<pre>(?P<code>.*?)</pre>\s*</div>',
    re.DOTALL,
)
FENCE = re.compile(
    r'<div class="highlight">\s*<pre>(?P<code>.*?)</pre>\s*</div>', re.DOTALL
)  # a fence within text
OUTPUT = re.compile(
    r"<div[^>]*jp-OutputArea-output[^>]*>\s*<pre>(?P<text>.*?)</pre>\s*</div>", re.DOTALL
)
DIV = re.compile(r"<div\b(?P<attributes>[^>]*)>\n?|</div>\n?")
WRAPPER = re.compile(r'class="(?:jp-|CodeMirror)')
ANCHOR = re.compile(r'<a class="anchor-link" href="#(?P<id>[^"]*)">[^<]*</a>')
INLINE_STYLE = re.compile(r'(<[a-zA-Z][^>]*?)\sstyle="[^"]*"')
LINK = re.compile(r'(?<=<a href=")(?P<page>[^":#]+\.(?:md|py))(?P<anchor>#[^"]*)?(?=")')
HEADING = re.compile(r'<h(?P<level>[123]) id="(?P<id>[^"]*)">(?P<text>.*?)<a class="headerlink"')


class LabFile(File):
    """The source of a lab, which becomes a page."""

    def is_documentation_page(self) -> bool:
        """Tell mkdocs that this is one, for all that its name does not end in ``.md``."""
        return True


def is_lab(file: File) -> bool:
    """Whether a file of the site is the source of a lab."""
    return isinstance(file, LabFile)


def add_files(files: Files, config: MkDocsConfig) -> Files:
    """Make pages of the labs' sources, and add their notebooks."""
    for file in list(files):
        if not file.abs_src_path or not PurePosixPath(file.src_uri).match(labs.PATTERN):
            continue
        files.remove(file)
        files.append(LabFile(file.src_uri, file.src_dir, file.dest_dir, file.use_directory_urls))
        lab = _load(Path(file.abs_src_path), config)
        stem = PurePosixPath(file.src_uri).with_suffix("")
        address = urljoin(config.site_url, f"{stem}/") if config.site_url else ""
        book = lab.notebook(_first_cell(lab, config), address, _setup(lab, config))
        files.append(File.generated(config, f"{stem}.ipynb", content=book))
    return files


def _load(path: Path, config: MkDocsConfig) -> Lab:
    try:
        lab = labs.load(path, _course(config))
        assert isinstance(lab.outputs, list)
    except ContractError as error:
        raise PluginError(str(error)) from error
    return lab


def _course(config: MkDocsConfig) -> Config:
    return Config.load(Path(config.config_file_path).parent)


def _first_cell(lab: Lab, config: MkDocsConfig) -> str:
    said = f"*{lab.meta.get('description', '')}*\n\n"
    if _address(config):
        return f"{said}It needs the course's package, which the next cell installs where it is missing."
    wanted = requirement(wheel.file_name(_course(config)), _extras(lab))
    return (
        f"{said}It needs the course's package: take it from the end of the lab's page, then run "
        f'`pip install "{wanted}"` in the folder that it is in.'
    )


def _extras(lab: Lab) -> str:
    """The extras of the package that a lab needs, with commas between them."""
    return str(lab.meta.get("install", "run"))


def _address(config: MkDocsConfig) -> str:
    """Where pip finds the package: on the site, else in the repository; nothing where both are unknown."""
    if config.site_url:
        return f"{config.site_url.rstrip('/')}/dist/{wheel.file_name(_course(config))}"
    return f"git+{config.repo_url.rstrip('/')}" if config.repo_url else ""


def _setup(lab: Lab, config: MkDocsConfig) -> str:
    """The cell that installs what a lab needs, as Colab wants it; nothing where pip would not find it."""
    address, extras = _address(config), _extras(lab)
    if not address:
        return ""
    needed = ["lessons", *(MODULES[name] for name in extras.split(",") if name in MODULES)]
    return SETUP.format(needed=needed, wanted=requirement(address, extras))


def _colab(lab: Lab, config: MkDocsConfig) -> str:
    """Where Colab opens a lab; nothing where its repository is not on GitHub, the only place that it reads.

    The workflow that publishes the site keeps the notebooks in a branch of their own.
    """
    found = GITHUB.fullmatch(config.repo_url or "")
    return f"{COLAB}/{found['name']}/blob/{BRANCH}/lesson-5/{lab.name}.ipynb" if found else ""


def prepare(page: Page, config: MkDocsConfig) -> list[str]:
    """Let a lab's page be made from its notebook, and return all that it is made of beside its text."""
    path = Path(str(page.file.abs_src_path))
    lab = _load(path, config)
    needed = {name: _title(name, config) for name in lab.meta.get("pages", [])}
    page.meta = {key: lab.meta[key] for key in ("title", "description") if key in lab.meta}

    def render(config: MkDocsConfig, files: Files) -> None:
        html = lean(_converted(lab, config), lab)
        html, page.links_to_anchors = _linked(html, page, files)
        page.content = _framed(html, lab, needed, page, config, files)
        page.toc = get_toc(_contents(page.content))
        page._title_from_render = str(lab.meta.get("title") or page.toc.items[0].title)
        page.present_anchor_ids = set(re.findall(r'\bid="([^"]*)"', page.content))

    page.render = render  # type: ignore[method-assign]
    return [*lab.outputs, *needed.values(), config.site_url or "", config.repo_url or ""]


def _title(name: str, config: MkDocsConfig) -> str:
    """The title that a page of the lesson before has; nothing where there is no such page."""
    page = Path(config.docs_dir, "lesson-4", f"{name}.md")
    return str(get_data(page.read_text("utf-8"))[1].get("title", "")) if page.is_file() else ""


def _converted(lab: Lab, config: MkDocsConfig) -> str:
    """What mkdocs-jupyter makes of a lab's notebook."""
    from mkdocs_jupyter import convert  # here, because it takes seconds

    folder = Path(config.config_file_path).parent / ".cache" / "labs"
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / f"{lab.name}.ipynb"
    book.write_text(lab.notebook(site=labs.THE_SITE), "utf-8")
    with _at_less_cost(folder):
        made: str = convert.nb2html(
            str(book), execute=False, allow_errors=False, include_requirejs=False,
            custom_mathjax_url="",
        )  # fmt: skip
    return made


class _Unparsed(str):
    """HTML in place of its tree.

    nbconvert parses each lab as a whole, to describe images that have no words and to let boxes have the
    focus. A lab has no such image, its boxes go, and that is half of what a lab costs.
    """

    __slots__ = ()

    def __new__(cls, html: str, **_: str) -> "_Unparsed":
        """Take what a parser takes."""
        return super().__new__(cls, html)

    def select(self, _: str) -> tuple[()]:
        """No element, so that none is changed."""
        return ()


@contextmanager
def _at_less_cost(folder: Path) -> Iterator[None]:
    """Let the notebook's templates be compiled for the first lab and not for each, and no lab be parsed."""
    templates: Any = importlib.import_module("nbconvert.exporters.templateexporter")
    pages: Any = importlib.import_module("nbconvert.exporters.html")
    environment, parser = templates.Environment, pages.BeautifulSoup
    kept = FileSystemBytecodeCache(str(folder))
    templates.Environment = partial(environment, bytecode_cache=kept)
    pages.BeautifulSoup = _Unparsed
    try:
        yield
    finally:
        templates.Environment, pages.BeautifulSoup = environment, parser


def lean(html: str, lab: Lab) -> str:
    """Take out of a notebook's HTML what the site has anyway, and all elements that say nothing."""
    for surplus in (SCRIPT_OR_STYLE, COPY_BUTTON, COPIED_TEXT, PROMPT):
        html = surplus.sub("", html)
    html = QUOTING.sub(lambda m: re.sub("&(?:quot|#34);", '"', m[0]).replace("&#39;", "'"), html)
    starters = iter([cell.starter for cell in lab.cells if cell.code])
    html = CODE.sub(lambda m: _code(m["code"], yours=next(starters)), html)
    html = FENCE.sub(lambda m: _code(m["code"]), html)
    html = OUTPUT.sub(
        '<div class="language-output highlight"><span class="filename">Output</span>'
        r'<pre><code><span class="go">\g<text></span></code></pre></div>',
        html,
    )
    html = "".join(_unwrapped(html))
    html = ANCHOR.sub(lambda m: ANCHOR_LINK.format(m["id"]), html)
    html = INLINE_STYLE.sub(r"\1", html).strip()
    return f'<div class="jupyter-wrapper">{html}</div>'


def _code(code: str, yours: bool = False) -> str:
    title = '<span class="filename">Your code</span>' if yours else ""
    code = code.removeprefix("<span></span>").lstrip("\n")
    return f'<div class="language-python highlight">{title}<pre><code>{code}</code></pre></div>'


def _unwrapped(html: str) -> Iterator[str]:
    """The HTML without the elements that only wrap; what they hold stays."""
    at, kept = 0, list[bool]()
    for found in DIV.finditer(html):
        yield html[at : found.start()]
        at = found.end()
        if found["attributes"] is None:
            if kept.pop():
                yield "</div>\n"
        else:
            keeps = "jupyter-wrapper" not in found[0] and not WRAPPER.search(found["attributes"])
            kept.append(keeps)
            if keeps:
                yield found[0]
    yield html[at:]


def _linked(html: str, page: Page, files: Files) -> tuple[str, dict[File, dict[str, str]]]:
    """The HTML with links to sources as links to pages, and the anchors that they name."""
    anchors: dict[File, dict[str, str]] = {}

    def link(match: re.Match[str]) -> str:
        place = urljoin(page.file.src_uri, match["page"])
        target = files.get_file_from_path(place)
        if target is None:
            raise PluginError(f"docs/{page.file.src_uri}: no page {place}, which it links to")
        if match["anchor"]:
            anchors.setdefault(target, {})[match["anchor"].removeprefix("#")] = match[0]
        return get_relative_url(target.url, page.url) + (match["anchor"] or "")

    return LINK.sub(link, html), anchors


def _contents(html: str) -> list[_TocToken]:
    """The headings as mkdocs wants them: those of a level below the heading before them."""
    top: list[_TocToken] = []
    open_: list[tuple[int, list[_TocToken]]] = [(0, top)]
    for found in HEADING.finditer(html):
        level = int(found["level"])
        while open_[-1][0] >= level:
            open_.pop()
        name = re.sub(r"<[^>]*>", "", found["text"])
        below: list[_TocToken] = []
        open_[-1][1].append({"name": name, "id": found["id"], "level": level, "children": below})
        open_.append((level, below))
    return top


def _framed(
    html: str, lab: Lab, needed: dict[str, str], page: Page, config: MkDocsConfig, files: Files
) -> str:
    """A lab with its facts below the title, and how to run it at the end."""
    book = get_relative_url(f"{PurePosixPath(page.file.src_uri).with_suffix('')}.ipynb", page.url)
    title, found, rest = html.partition("</h1>")
    if not found:
        return html
    facts = _facts(lab, needed, book, page, config, files)
    return f"{title}{found}\n{facts}{rest}\n{_end(lab, book, page, config)}"


def _facts(
    lab: Lab, needed: dict[str, str], book: str, page: Page, config: MkDocsConfig, files: Files
) -> str:
    facts = []
    if minutes := lab.meta.get("minutes"):
        facts.append(f"<span>{minutes[0]} to {minutes[1]} min</span>")
    if known := DIFFICULTY.get(lab.meta.get("difficulty", 0)):
        facts.append(f"<span>{known}</span>")
    if needs := list(_needed(lab, needed, page, files)):
        facts.append(f"<span>after {', '.join(needs)}</span>")
    facts.append(f'<a class="facts__button" href="{book}" download>Notebook</a>')
    if colab := _colab(lab, config):
        facts.append(f'<a class="facts__button" href="{colab}">Open in Colab</a>')
    lead = escaping.escape(str(lab.meta.get("description", "")), quote=False)
    return (
        '<div class="lesson-head" role="region" aria-label="About this page" data-generated="lab" '
        f'data-search-exclude="true"><p class="lead">{lead}</p>'
        f'<div class="facts">{" ".join(facts)}</div></div>'
    )


def _needed(lab: Lab, needed: dict[str, str], page: Page, files: Files) -> Iterator[str]:
    """The pages of the lesson before that a lab builds on, as links with their titles."""
    for name, title in needed.items():
        target = files.get_file_from_path(f"lesson-4/{name}.md")
        if target is None:
            raise PluginError(f"{lab.place.as_posix()}: no page lesson-4/{name}.md, which it needs")
        text = escaping.escape(title, quote=False)
        yield f'<a href="{get_relative_url(target.url, page.url)}">{text}</a>'


def _end(lab: Lab, book: str, page: Page, config: MkDocsConfig) -> str:
    name = wheel.file_name(_course(config))
    base = config.site_url or ""
    downloads = Downloads(
        notebook=book,
        script="",
        wheel=get_relative_url(f"dist/{name}", page.url),
        wheel_address=f"{base.rstrip('/')}/dist/{name}" if base else name,
    )
    start, check = f"start {lab.name}", f"check {lab.name} my_{lab.name}.py"
    commands = f"python -m lessons.labs {start}\npython -m lessons.labs {check}"
    return (
        f'<h2 id="{RUN}">{TITLE}{ANCHOR_LINK.format(RUN)}</h2>\n'
        '<div class="card" data-generated="card" data-search-exclude="true">'
        f"{installing(downloads, _extras(lab))}"
        f'<p>Then open <a href="{book}" download>the notebook</a> in JupyterLab '
        "(<code>pip install jupyterlab</code>) or in an editor that shows notebooks, or work in a file of "
        "your own:</p>"
        f'<div class="language-bash highlight"><pre><code>{commands}\n</code></pre></div></div>'
    )
