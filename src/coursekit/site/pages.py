"""From pages of the course to pages of the site: what the hooks call.

Nothing here runs or imports a lesson: outputs stand in the pages, because the tests proved them.
"""

import re
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from coursekit import kinds
from coursekit.config import Config
from coursekit.course import glossary
from coursekit.downloads import export, wheel
from coursekit.page.contents import Kind
from coursekit.page.contents import Page as Source
from coursekit.page.numbers import fill
from coursekit.parser import load
from coursekit.problems import ContractError, Problem
from coursekit.site import fences, groups, lesson, placeholders, reference, signatures, terms
from coursekit.site.fences import SOURCE_TITLE, resolved, standing
from coursekit.site.folded import folded
from coursekit.site.kept import Kept
from coursekit.site.placeholders import below, page_url

__all__ = ["add_files", "begin", "content", "glossary_terms", "keep", "markdown", "written_in"]

# Blanks, plain names, operators and punctuation have the color of the code around them: without these
# elements a page of code has a third fewer bytes, and a tenth fewer compressed.
COLORLESS = re.compile(r'<span class="[nopw]">(?P<text>[^<]*)</span>')
EMPTY = "<pre><span></span>"  # for anchors of lines, which there are none of
LISTING = re.compile(r'<div (?:id="[^"]*" )?class="language-(?!output)[^"]*\bhighlight\b[^"]*"')
CAPTION = re.compile(r'<span class="filename">(?P<text>[^<]*)</span>')
OPTION = re.compile(r"(?<= )--?\w[\w-]*")
COMMAND = re.compile(r"(?<=^Output of )python .*?(?=(?: \((?:measured|cost|a sample): [^()]*\))?$)")


class Build:
    """What one build reads once.

    Args:
        config: the site's settings.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        self.course = Config.load(Path(config.config_file_path).parent)
        self.kept = Kept(config, self.course.root)
        self._nav = config.nav or []

    @cached_property
    def terms(self) -> list[glossary.Term]:
        """The entries of the glossary."""
        return glossary.load_terms(self.course)

    @cached_property
    def sources(self) -> reference.Sources:
        """The texts of the modules."""
        return reference.Sources(self.course)

    @cached_property
    def shown(self) -> dict[str, list[Source]]:
        """The pages that show a definition of the lessons."""
        pages = groups.in_order(self._nav, self.course)
        return groups.shown(pages, reference.modules(self.course))


class _Links:
    """Addresses, as a page of the site needs them.

    Args:
        page: the page.
        config: the site's settings.
    """

    def __init__(self, page: Page, config: MkDocsConfig) -> None:
        self._here, self._repository = page.url, (config.repo_url or "").rstrip("/")

    def file(self, path: str) -> str:
        """The address of a file of the site, relative to the page."""
        return get_relative_url(path, self._here)

    def source(self, path: str, line: str = "") -> str:
        """The address of a file in the public repository; empty where that is not known."""
        place = f"{self._repository}/blob/main/{path}" + (f"#L{line}" if line else "")
        return place if self._repository else ""


_builds: dict[str, Build] = {}  # the latest of each course, by its settings' file


def begin(config: MkDocsConfig) -> None:
    """Forget what the build before read; name the fences that the site renders by itself."""
    extension = config.mdx_configs.setdefault("pymdownx.superfences", {})
    extension["custom_fences"] = fences.formats()
    _builds[config.config_file_path] = Build(config)


def _build(config: MkDocsConfig) -> Build:
    return _builds[config.config_file_path]


def glossary_terms(config: MkDocsConfig) -> list[glossary.Term]:
    """The entries of the glossary, as this build reads them."""
    return _build(config).terms


def keep(page: Page, text: str, inputs: list[str], config: MkDocsConfig, files: Files) -> None:
    """Let a page that is made in another way be made only after a change of its text or its inputs."""
    _build(config).kept.keep(page, text, inputs, files)


def _course(config: MkDocsConfig) -> Config:
    return _build(config).course


def _source(page_file: File, course: Config) -> Source | None:
    """The parsed source of a page, or None for one that is generated or no Markdown of the course."""
    path = page_file.abs_src_path
    if path is None or not path.endswith(".md") or not course.is_page(Path(path)):
        return None
    try:
        return load(Path(path), course)
    except ContractError as error:
        raise PluginError(str(error)) from error


def written_in(files: Files, config: MkDocsConfig) -> dict[str, set[Path]]:
    """The files that each page of the course is written in: its own, and those whose code it embeds."""
    paths = {}
    for file in files.documentation_pages():
        if file.abs_src_path:  # a page of the reference has none
            paths[file.src_uri] = {Path(file.abs_src_path)}
            # Somebody may be writing it: what is wrong with it is for the next build to say.
            with suppress(PluginError, OSError):
                if source := _source(file, _course(config)):
                    embedded = (block.code.path for block in source.blocks if block.embedded)
                    paths[file.src_uri].update(embedded)
    return paths


def add_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what pages offer for download, the package, and the definitions for the tooltips."""
    course = _course(config)
    for file in list(files.documentation_pages()):
        source = _source(file, course)
        if source is None:
            continue
        _add_scripts(files, source, config, course)
        if not lesson.has_downloads(source, course):
            continue
        stem = PurePosixPath(file.src_uri).with_suffix("")
        try:
            notebook = export.notebook(source, course, site_url=config.site_url or "")
            script = export.script(source, course, site_url=config.site_url or "")
        except ContractError as error:
            raise PluginError(str(error)) from error
        files.append(File.generated(config, f"{stem}.ipynb", content=notebook))
        files.append(File.generated(config, f"{stem}.py", content=script))
    try:
        built = wheel.build(course)
    except RuntimeError as error:
        raise PluginError(str(error)) from error
    files.append(File.generated(config, f"dist/{built.name}", abs_src_path=str(built)))
    if target := _glossary(files, course):
        name = f"{PurePosixPath(target.src_uri).with_suffix('')}/terms.json"
        files.append(File.generated(config, name, content=glossary.definitions(course)))
    return files


def keep_templates(env: Environment, config: MkDocsConfig) -> None:
    """Let templates be compiled only after a change, and none be looked for again within a build."""
    folder = _course(config).root / ".cache" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    env.auto_reload = False


def _add_scripts(files: Files, source: Source, config: MkDocsConfig, course: Config) -> None:
    """Add the stand-alone scripts that a page shows, each once, byte for byte."""
    for block in (block for block in source.blocks if block.kind.stands_alone):
        name = course.relative(block.code.path).as_posix()
        if name not in files.src_uris:
            files.append(File.generated(config, name, abs_src_path=str(block.code.path)))


def _glossary(files: Files, course: Config) -> File | None:
    """The glossary among the site's files, if the course has one."""
    return files.get_file_from_path(below(course.root / course.glossary, course.root / "docs"))


def markdown(text: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The Markdown of a page with everything in place that it embeds and binds.

    Raises:
        PluginError: what is wrong with the page, with file and line.
    """
    course = _course(config)
    source = _source(page.file, course)
    if source is None:
        if modules := _build(config).sources.of(page.file.src_uri):
            _build(config).kept.keep(page, text, modules, files)
        return text
    try:
        changes = [*_bindings(source, course), *_blocks(source, course)]
        changes += placeholders.changes(source, course, page, files)
        if glossary.is_glossary(source, course):
            changes += glossary.changes(source, course)
    except ContractError as error:
        raise PluginError(str(error)) from error
    parts, at = [], source.body_start
    for start, end, new in sorted(changes):
        parts += [source.text[at:start], new]
        at = end
    parts.append(source.text[at:])
    if page.file.src_uri == f"{reference.FOLDER}/index.md":
        parts.append(reference.index(course, config.nav or [], _Links(page, config).source))
    text = "".join(parts)
    drawings = [file for block in source.blocks for file in block.kind.drawings(block, source)]
    _build(config).kept.keep(page, text, [file.read_text("utf-8") for file in drawings], files)
    return text


def _blocks(source: Source, course: Config) -> list[tuple[int, int, str]]:
    """Replacements for all fences; a figure or question knows which one of its kind it is."""
    changes: list[tuple[int, int, str]] = []
    problems: list[Problem] = []
    seen: dict[Kind, int] = {}
    follows: dict[int, str] = {}
    for block in source.blocks:
        seen[block.kind] = seen.get(block.kind, 0) + 1
        try:
            new = resolved(block, seen[block.kind], source, course)
            if shown := block.kind.below(block, course):
                last = block.output or block
                follows[last.start] = f"\n\n{standing(shown, block.indent)}"
        except ContractError as error:
            problems += error.problems
            continue
        changes.append((block.start, block.end, new + follows.get(block.start, "")))
    if problems:
        raise ContractError(*problems)
    return changes


def _bindings(source: Source, course: Config) -> list[tuple[int, int, str]]:
    """Replacements for the bindings of the prose; those of captions and quizzes come with their blocks."""
    spans = [(block.start, block.end) for block in source.blocks]
    return [
        (start, end, value)
        for start, end, value in fill(source, course)
        if not any(first <= start < last for first, last in spans)
    ]


def content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page's HTML with a lesson's head and end, and links to the source of code."""
    course = _course(config)
    links = _Links(page, config)
    for kind in kinds.KINDS:
        html = kind.finished(html, links)
    html = _plain(html)
    html = CAPTION.sub(lambda m: _caption(m["text"], page, config, files, course), html)
    source = _source(page.file, course)
    if source is None:

        def url(shown: Source) -> str:
            return page_url(shown.path, page, files, course)

        return signatures.finished(html, _build(config).shown, url)
    target = _glossary(files, course)
    if target and not glossary.is_glossary(source, course):
        html = terms.mark(html, _build(config).terms, get_relative_url(target.url, page.url))
    if not course.is_lesson(source.path):
        return html
    try:
        html = folded(html, source, course.relative(source.path))
    except ContractError as error:
        raise PluginError(str(error)) from error
    return lesson.framed(html, page, source, config, course)


@lru_cache(maxsize=256)  # for all pages that a change leaves as they were
def _plain(html: str) -> str:
    """A page without the elements of code that only weigh, and with all listings out of the search."""
    html = COLORLESS.sub(lambda m: m["text"], html).replace(EMPTY, "<pre>")
    html = html.replace(
        '<details class="mkdocstrings-source">',
        '<details class="mkdocstrings-source" data-search-exclude="true">',
    )
    # The search index comes with every page: prose and errors are in it, listings are not.
    return LISTING.sub(r'\g<0> data-search-exclude="true"', html)


def _caption(text: str, page: Page, config: MkDocsConfig, files: Files, course: Config) -> str:
    """A code block's caption; one that names a place in the source links to it."""
    place = SOURCE_TITLE.search(text)
    if place is None:
        return f'<span class="filename">{COMMAND.sub(_command, text)}</span>'
    title = text[: place.start()].removesuffix(" · ")
    label = place["path"].removeprefix("src/")
    module = below(course.root / place["path"], (course.root / course.lessons).parent)
    inner = PurePosixPath(module).with_suffix("").parts[1:]
    target = files.get_file_from_path(f"{reference.FOLDER}/{'.'.join(inner)}.md")
    if url := _Links(page, config).source(place["path"], place["line"]):
        label = f'<a href="{url}">{label}, line {place["line"]}</a>'
    elif target:
        label = f'<a href="{get_relative_url(target.url, page.url)}">{label}</a>'
    title = f"{title} " if title else ""
    return f'<span class="filename">{title}<span class="filename__source">{label}</span></span>'


def _command(match: re.Match[str]) -> str:
    """A command in a caption; a narrow screen must not part an option from its hyphens."""
    options = OPTION.sub(r"<span>\g<0></span>", match.group())
    return f'<span class="filename__command">{options}</span>'
