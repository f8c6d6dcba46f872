"""The scripts and the style sheets of the course's pages, each kind sent as one file without comments.

Scripts that few pages need, such as those of what readers try in the page, stay files of their own.
"""

import json
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.utils.meta import get_data

from coursekit.config import Config
from coursekit.course import flow, outline
from coursekit.downloads import labs
from coursekit.site import raising

__all__ = ["join"]

FOLDER = "assets/js/"
# What one page alone needs lies deeper, and is asked for there.
SCRIPT = re.compile(rf"{FOLDER}[^/]+\.js")
ALONE = re.compile(rf"{FOLDER}(?:live|on-demand)/.+\.js")
BYTES = re.compile(r'"\{\{ bytes (?P<names>[^}"]+) \}\}"')  # of files of the site, in a script
JOINED = f"{FOLDER}course.js"
STYLE = "assets/css/course.css"
SHEET = re.compile(r"assets/css/[^/]+\.css")
STYLES = ("base", "code", "lesson", "charts", "home", "paper")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Blanks around these say nothing in a style sheet, but for those in quotes.
BLANKS = re.compile(r'(?P<quoted>"[^"]*")|;?\s*(?P<sign>[{};,])\s*|(?<=[\w-]):\s+')
LABS = '"{{ labs }}"'  # in a script: the titles of the labs and the numbers of their parts
NO_IDS = "const IDS = {};"
PIPELINE = (
    '"{{ outline.places }}"'  # in a script: where the lessons' pages stand in their pipelines
)


def join(files: Files, config: MkDocsConfig) -> Files:
    """Put the scripts of ``docs/assets/js`` into one, each in a scope of its own, and so the style sheets.

    A script is a module that imports nothing, and knows no other; its lines lose their indents. What
    readers did on a page is kept by the page's address; a page that has moved names in its front matter
    the one that it had, as ``id``.

    Raises:
        PluginError: a style sheet has no place in their order, or a script tells the size of a file that
            the site does not have.
    """
    _styles(files, config)
    _alone(files, config)
    scripts = [file for file in files if SCRIPT.fullmatch(file.src_uri)]
    parts = []
    for script in sorted(scripts, key=lambda file: file.src_uri):
        parts.append("\n".join(["{", *_bare(script.content_string), "}\n"]))
        files.remove(script)
    if parts:
        ids = json.dumps(_ids(files), sort_keys=True)
        text = "".join(parts).replace(NO_IDS, f"const IDS = {ids};")
        text = text.replace(raising.PLACE, raising.helper())
        if PIPELINE in text:
            places = json.dumps(_places(files, config), ensure_ascii=False)
            text = text.replace(PIPELINE, places)
        files.append(File.generated(config, JOINED, content=text))
    return files


def _bare(script: str) -> list[str]:
    """The lines of a script that hold code, without their indents."""
    lines = map(str.strip, script.splitlines())
    return [line for line in lines if line and not line.startswith("//")]


def _alone(files: Files, config: MkDocsConfig) -> None:
    """Send each script that stays alone without comments, and with the sizes that it tells readers."""
    for script in [file for file in files if ALONE.fullmatch(file.src_uri)]:
        text = "\n".join([*_bare(script.content_string), ""])

        def size(match: re.Match[str], asks: str = script.src_uri) -> str:
            return str(sum(_size(name, files, asks) for name in match["names"].split()))

        if LABS in text:
            text = text.replace(LABS, json.dumps(_labs(config), ensure_ascii=False))
        files.remove(script)
        files.append(File.generated(config, script.src_uri, content=BYTES.sub(size, text)))


def _labs(config: MkDocsConfig) -> dict[str, dict[str, object]]:
    """The labs by name: the title of each, and the number of its parts."""
    course = Config.load(Path(config.config_file_path).parent)
    return {
        lab.name: {"title": lab.meta.get("title", lab.name), "parts": lab.parts}
        for lab in labs.find(course)
    }


def _size(name: str, files: Files, asks: str) -> int:
    """The bytes of a file of the site."""
    file = files.get_file_from_path(name)
    if file is None:
        raise PluginError(f"docs/{asks}: {{{{ bytes {name} }}}} names no file of the site")
    return len(file.content_bytes)


def _ids(files: Files) -> dict[str, str]:
    """The addresses of pages that are known by another: address -> the one they had."""
    known = {}
    for page in files.documentation_pages():
        text = page.content_string if page.src_uri.endswith(".md") else ""
        if text.startswith("---") and (name := get_data(text)[1].get("id")):
            known[page.url] = str(name)
    return known


def _styles(files: Files, config: MkDocsConfig) -> None:
    """Put the style sheets into one, in their order, without comments and blanks that say nothing."""
    sheets = {PurePosixPath(f.src_uri).stem: f for f in files if SHEET.fullmatch(f.src_uri)}
    if unknown := sorted(sheets.keys() - set(STYLES)):
        message = f"docs/assets/css: {unknown} are none of {STYLES}, whose order decides what holds"
        raise PluginError(message)
    lines: list[str] = []
    for sheet in (sheets[name] for name in STYLES if name in sheets):
        text = COMMENT.sub("", sheet.content_string)
        lines += filter(None, map(str.strip, text.splitlines()))
        files.remove(sheet)
    if lines:
        text = BLANKS.sub(lambda m: m["quoted"] or m["sign"] or ":", "\n".join(lines))
        files.append(File.generated(config, STYLE, content=f"{text.strip()}\n"))


def _places(files: Files, config: MkDocsConfig) -> list[list[object]]:
    """For each stage with a page: its address, and where it stands in the picture."""
    course = Config.load(Path(config.config_file_path).parent)
    found: list[list[object]] = []
    for path in sorted(Path(config.docs_dir).glob("*/outline.yml")):
        stages = [section for section in outline.read(path, course).sections if section.number]
        for stage, x, y, _ in flow.places(stages):
            target = files.get_file_from_path(f"{path.parent.name}/{stage.page}")
            if target:
                found.append([target.url, x, y])
    return found
