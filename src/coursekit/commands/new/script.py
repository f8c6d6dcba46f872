"""A new script that stands alone: a copy of one that does, and the places that list all scripts."""

import ast
import re
from pathlib import Path

from coursekit.commands.new import stubs
from coursekit.commands.new.draft import Draft, reserved
from coursekit.config import Config
from coursekit.text import read_text, with_ends

__all__ = ["draft_script"]

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
# What runs the scripts one after the other, in the workflow and in the test that lists its commands.
LOOP = re.compile(r"(?P<before>(?:for name in [\w ]+|^ *\"[\w ]+))(?P<end>; do\b)", re.MULTILINE)
LISTS = (".github/workflows/snippets.yml", "tests/test_workflows.py")


def draft_script(config: Config, name: str, like: str | None) -> Draft:
    """Work out what a script needs.

    Args:
        config: the course.
        name: the script's name, such as ``embed_text``.
        like: script to begin from; the shortest that takes ``--model`` if None.
    """
    draft = Draft(config)
    name = name.removesuffix(".py")
    if not NAME.fullmatch(name):
        draft.refused.append(
            f"{name!r} is no name of a script: write what it does, such as embed_text, "
            "in lower-case letters, digits and underlines, with a letter first"
        )
        return draft
    if why := reserved(name):
        draft.refused.append(f"{why}; choose another name")
    scripts = sorted((config.root / config.snippets).glob("*.py"))
    pattern = scripts and _pattern(scripts, like)
    if not pattern:
        known = ", ".join(path.stem for path in scripts) or f"none in {config.snippets}"
        draft.refused.append(f"--like {like}: there is no such script; scripts: {known}")
        return draft
    draft.create(f"{config.snippets}/{name}.py", _copy(pattern, name))
    for file in LISTS:
        draft.edit(
            file, lambda text: _in_loop(text, name), f"add {name} to the scripts that are run"
        )
    box = stubs.SCRIPT_BOX.format(name=name, folder=config.snippets)
    draft.by_hand += [
        f"{config.snippets}/{name}.py: it does what {pattern.name} does; write what it is for",
        f"docs/scripts.md, below the other scripts:\n\n{box}",
        "docs/scripts.md: a row of its table, and how many there are",
        "the page of its topic, under the heading 'On a real model': what it does, with a link to it",
        f"tests/snippets/test_snippets.py: what {name}.py does that no other script does",
    ]
    draft.then += ["coursekit update PAGE", "coursekit promises", "coursekit check"]
    return draft


def _pattern(scripts: list[Path], like: str | None) -> Path | None:
    if like is not None:
        wanted = Path(like).stem
        return next((path for path in scripts if path.stem == wanted), None)
    with_model = [path for path in scripts if '"--model"' in read_text(path)] or scripts
    return min(with_model, key=lambda path: len(read_text(path)))


def _copy(pattern: Path, name: str) -> str:
    """The text of a script, with a docstring that asks for another."""
    text = read_text(pattern)
    first = ast.parse(text).body[0]
    rows = with_ends(text)
    said = name.replace("_", " ").capitalize()
    rows[first.lineno - 1 : first.end_lineno] = [
        f'"""{said}: say here, in a line, what it does."""\n'
    ]
    return "".join(rows)


def _in_loop(text: str, name: str) -> str | None:
    loops = list(LOOP.finditer(text))
    if len(loops) != 1:
        return None
    at = loops[0].start("end")
    return f"{text[:at]} {name}{text[at:]}"
