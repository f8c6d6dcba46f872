"""The scripts of the course's pages, sent as one file: one request, and one element in each page."""

import json

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.utils.meta import get_data

from coursekit.site import raising

__all__ = ["join"]

FOLDER = "assets/js/"
JOINED = f"{FOLDER}course.js"
NO_IDS = "const IDS = {};"


def join(files: Files, config: MkDocsConfig) -> Files:
    """Put the scripts of ``docs/assets/js`` into one, each in a scope of its own, without comments.

    A script is a module that imports nothing, and knows no other. What readers did on a page is kept by the
    page's address; a page that has moved names in its front matter the one that it had, as ``id``.
    """
    scripts = [
        file for file in files if file.src_uri.startswith(FOLDER) and file.src_uri.endswith(".js")
    ]
    parts = []
    for script in sorted(scripts, key=lambda file: file.src_uri):
        lines = script.content_string.splitlines()
        code = "\n".join(line for line in lines if not line.lstrip().startswith("//"))
        parts.append(f"{{\n{code.strip()}\n}}\n")
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
