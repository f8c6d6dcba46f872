"""The scripts of the course's pages, sent as one file: one request, and one element in each page."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

__all__ = ["join"]

FOLDER = "assets/js/"
JOINED = f"{FOLDER}course.js"


def join(files: Files, config: MkDocsConfig) -> Files:
    """Put the scripts of ``docs/assets/js`` into one, each in a scope of its own, without comments.

    A script is a module that imports nothing, and knows no other.
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
        files.append(File.generated(config, JOINED, content="".join(parts)))
    return files
