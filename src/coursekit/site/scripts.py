"""The scripts of the course's pages, sent as one file: one request, and one element in each page."""

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from coursekit.config import Config
from coursekit.course import flow, outline

__all__ = ["join"]

FOLDER = "assets/js/"
JOINED = f"{FOLDER}course.js"
PIPELINE = (
    '"{{ outline.places }}"'  # in a script: where the lessons' pages stand in their pipelines
)


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
        joined = "".join(parts)
        if PIPELINE in joined:
            joined = joined.replace(
                PIPELINE, json.dumps(_places(files, config), ensure_ascii=False)
            )
        files.append(File.generated(config, JOINED, content=joined))
    return files


def _places(files: Files, config: MkDocsConfig) -> list[list[object]]:
    """For each stage with a page: its address, its title, what it does, and where in the picture."""
    course = Config.load(Path(config.config_file_path).parent)
    found: list[list[object]] = []
    for path in sorted(Path(config.docs_dir).glob("*/outline.yml")):
        stages = [section for section in outline.read(path, course).sections if section.number]
        for stage, x, y, said in flow.places(stages):
            target = files.get_file_from_path(f"{path.parent.name}/{stage.page}")
            if target:
                found.append([target.url, stage.title, said, x, y])
    return found
