"""The scripts of the course's pages, sent as one file, and its style sheet without what only weighs."""

import json
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.utils.meta import get_data

from coursekit.files import write_atomically
from coursekit.site import raising

__all__ = ["join", "lighten"]

FOLDER = "assets/js/"
# What one page alone needs lies deeper, and is asked for there.
SCRIPT = re.compile(rf"{FOLDER}[^/]+\.js")
JOINED = f"{FOLDER}course.js"
STYLE = "assets/css/site.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
NO_IDS = "const IDS = {};"


def join(files: Files, config: MkDocsConfig) -> Files:
    """Put the scripts of ``docs/assets/js`` into one, each in a scope of its own, without comments.

    A script is a module that imports nothing, and knows no other; its lines lose their indents. What
    readers did on a page is kept by the page's address; a page that has moved names in its front matter
    the one that it had, as ``id``.
    """
    scripts = [file for file in files if SCRIPT.fullmatch(file.src_uri)]
    parts = []
    for script in sorted(scripts, key=lambda file: file.src_uri):
        lines = script.content_string.splitlines()
        code = [line.strip() for line in lines if not line.lstrip().startswith("//")]
        parts.append("\n".join(["{", *filter(None, code), "}\n"]))
        files.remove(script)
    if parts:
        ids = json.dumps(_ids(files), sort_keys=True)
        text = "".join(parts).replace(NO_IDS, f"const IDS = {ids};")
        text = text.replace(raising.PLACE, raising.helper())
        files.append(File.generated(config, JOINED, content=text))
    return files


def _ids(files: Files) -> dict[str, str]:
    """The addresses of pages that are known by another: address -> the one they had."""
    known = {}
    for page in files.documentation_pages():
        text = page.content_string if page.src_uri.endswith(".md") else ""
        if text.startswith("---") and (name := get_data(text)[1].get("id")):
            known[page.url] = str(name)
    return known


def lighten(folder: str | Path) -> None:
    """Take comments and indents out of the style sheet of the site in ``folder``."""
    file = Path(folder) / STYLE
    if file.is_file():
        text = COMMENT.sub("", file.read_text("utf-8"))
        lines = filter(None, map(str.strip, text.splitlines()))
        write_atomically(file, "\n".join(lines) + "\n")
