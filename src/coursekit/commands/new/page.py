"""A new page: its file, its place in the site, and for a page of a lesson its code, test and question."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import yaml

from coursekit import yamltext
from coursekit.commands.new import stubs
from coursekit.commands.new.draft import Draft, reserved
from coursekit.config import Config
from coursekit.parser import readable
from coursekit.text import read_text

__all__ = ["draft_page"]

NAME = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*/)*[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
TITLE = re.compile(r"\w[\w .'()-]*")
# Names the sections of a lesson, and the sum of their minutes.


def draft_page(config: Config, name: str, title: str | None, after: str | None) -> Draft:
    """Work out what a page needs.

    Args:
        config: the course.
        name: path below ``docs``, such as ``lesson-4/safety``; ``docs/lesson-4/safety.md`` will do.
        title: what the navigation and its heading show; made from the name if None.
        after: page of the same lesson that it follows, such as ``evaluation``; the last stage if None.
    """
    draft = Draft(config)
    name = name.replace("\\", "/").removeprefix("docs/").removesuffix(".md")
    if not NAME.fullmatch(name):
        draft.refused.append(
            f"{name!r} is no name of a page: write its path below docs, such as lesson-4/safety, "
            "in lower-case letters, digits and hyphens, with a letter first"
        )
        return draft
    path = PurePosixPath(name)
    title = path.name.replace("-", " ").capitalize() if title is None else title
    _refuse(draft, path, title)
    if draft.refused:
        return draft
    lesson = any(PurePosixPath(f"docs/{name}.md").match(p) for p in config.lesson_pages)
    if lesson:
        _Lesson(draft, path, title, after).plan()
    else:
        draft.create(f"docs/{name}.md", stubs.PAGE.format(title=_scalar(title), heading=title))
        _in_navigation(draft, path, title, None)
    draft.then += ["coursekit promises", "coursekit check"]
    return draft


def _refuse(draft: Draft, path: PurePosixPath, title: str) -> None:
    docs = draft.config.root / "docs"
    if not (docs / path.parent).is_dir():
        folders = sorted(folder.name for folder in docs.iterdir() if folder.is_dir())
        draft.refused.append(f"no folder docs/{path.parent}; there are: {', '.join(folders)}")
    if why := reserved(path.name.replace("-", "_")):
        draft.refused.append(f"{why}; choose another name")
    if not TITLE.fullmatch(title):
        draft.refused.append(
            f"{title!r} is no title: write one line of letters, digits, blanks and . ' ( ) -"
        )
    for page in readable(draft.config.page_files, draft.config):
        if str(page.meta.get("title", "")).casefold() == title.casefold():
            place = draft.config.relative(page.path).as_posix()
            draft.refused.append(
                f"{place} has the title {title!r} already; choose another: --title"
            )


def _scalar(text: str) -> str:
    """A text as a value of YAML, in quotes where it needs them."""
    return yaml.safe_dump([text], width=10_000, allow_unicode=True)[len("- ") :].rstrip("\n")


def _behind(pattern: str, lines: Callable[[re.Match[str]], str]) -> Callable[[str], str | None]:
    """Return the change that writes lines behind the last match of a pattern, or None without one."""

    def change(text: str) -> str | None:
        matches = list(re.finditer(pattern, text, re.MULTILINE))
        if not matches:
            return None
        last = matches[-1]
        return text[: last.end()] + lines(last) + text[last.end() :]

    return change


def _in_navigation(draft: Draft, path: PurePosixPath, title: str, after: str | None) -> None:
    """Name a page in the navigation: behind another, or behind the last of its folder."""
    folder = "" if str(path.parent) == "." else f"{path.parent}/"
    before = re.escape(f"{folder}{after}") if after else re.escape(folder) + r"[\w.-]+\.md"
    entry = rf"^(?P<indent> +)- (?P<title>[^:\n]+: )?{before} *$"

    def line(match: re.Match[str]) -> str:
        shown = f"{_scalar(title)}: " if match["title"] else ""
        return f"\n{match['indent']}- {shown}{path}.md"

    settings = read_text(draft.config.root / "mkdocs.yml")
    if _read(re.sub(r"!(?:ENV|!python/name:\S+)", "", settings), "mkdocs.yml").get("nav"):
        otherwise = f"add to nav:, where readers look for it, - {title}: {path}.md"
        draft.edit("mkdocs.yml", _behind(entry, line), otherwise)


def _read(text: str, name: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = yamltext.read(text)
    except yaml.YAMLError as error:
        raise ValueError(f"nothing was written: {name} is no YAML: {error}") from error
    return content


class _Lesson:
    """What a page of a lesson needs beside its file."""

    def __init__(self, draft: Draft, path: PurePosixPath, title: str, after: str | None) -> None:
        self.draft, self.config = draft, draft.config
        self.path, self.title = path, title
        self.folder = f"docs/{path.parent}"
        self.outline = f"{self.folder}/outline.yml"
        self.code = path.name.replace("-", "_")
        self.topic = title if title.isupper() else title[:1].lower() + title[1:]
        self.objective = stubs.OBJECTIVE.format(topic=self.topic)
        self.after = self._after(after)

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The entries of the outline; none for a lesson without one."""
        path = self.config.root / self.outline
        if not path.is_file():
            return []
        sections: list[dict[str, Any]] = _read(read_text(path), self.outline)["sections"]
        return sections

    def _after(self, after: str | None) -> str | None:
        """The file of the page that comes before this one; None for a lesson without an outline."""
        pages = [str(section["page"]) for section in self.sections if "page" in section]
        stages = [str(s["page"]) for s in self.sections if "page" in s and "takes" in s]
        if after is None:
            return next(reversed(stages or pages), None)
        file = f"{PurePosixPath(after).name.removesuffix('.md')}.md"
        if file not in pages:
            shown = ", ".join(pages) or "none"
            self.draft.refused.append(f"--after {after}: {self.outline} has no such page: {shown}")
        return file

    def plan(self) -> None:
        """Plan all of it, unless the page before it is none, or another has its name."""
        lessons, page = self.config.lessons, f"{self.folder}/{self.path.name}.md"
        for taken in (f"{lessons}/{self.code}", f"{lessons}/{self.code}.py"):
            if (self.config.root / taken).exists():
                self.draft.refused.append(f"{taken} is there already; choose another name")
        if self.draft.refused:
            return
        module = f"{lessons}/{self.code}/first_steps.py"
        words = {"topic": self.topic, "heading": self.title, "objective": _scalar(self.objective)}
        self.draft.create(
            page,
            stubs.LESSON_PAGE.format(
                title=_scalar(self.title), module=module, figure=f"{self.path.name}-share", **words
            ),
        )
        for ending, width in ((".svg", 640), (".narrow.svg", 320)):
            inner = width - 2
            self.draft.create(
                f"{self.folder}/figures/{self.path.name}-share{ending}",
                stubs.BAR.format(width=width, inner=inner, filled=0.75 * inner),
            )
        package = PurePosixPath(lessons).name
        intro = f'"""The page on {self.topic}: what it explains, and what was recorded for it."""\n'
        self.draft.create(f"{lessons}/{self.code}/__init__.py", intro)
        self.draft.create(module, stubs.MODULE.format(**words))
        self.draft.create(
            f"tests/{package}/{self.code}/test_first_steps.py",
            stubs.TEST.format(package=f"{package}.{self.code}"),
        )
        _in_navigation(self.draft, self.path, self.title, self.after)
        if self.after:
            self._in_outline()
            self._in_self_test(words)
            self._in_layers()
        self.draft.by_hand += [
            f"{page}, {module}: your text and your code in place of the stub's; then the question in "
            f"{self.folder}/self-test.md and the test, which are about the stub, too",
        ]
        self.draft.then.append(f"coursekit costs {page}")

    def _in_outline(self) -> None:
        entry = {
            "title": _scalar(self.title), "about": "what it is about",
            "page": f"{self.path.name}.md", "hour": "0",
        }  # fmt: skip
        pairs = [f"{key}: {value}" for key, value in entry.items()]

        def change(text: str) -> str | None:
            parts = re.split(r"^(?= *- )", text, flags=re.MULTILINE)
            wanted = rf"\bpage: *['\"]?{re.escape(str(self.after))}\b"
            at = next((n for n, part in enumerate(parts) if re.search(wanted, part)), None)
            if at is None:
                return None
            indent = parts[at][: len(parts[at]) - len(parts[at].lstrip(" "))]
            in_braces = "{" in parts[at]
            shown = f"{{{', '.join(pairs)}}}" if in_braces else f"\n{indent}  ".join(pairs)
            parts[at] = f"{parts[at].rstrip()}\n{indent}- {shown}\n"
            return "".join(parts)

        self.draft.edit(self.outline, change, f"add to sections: - {{{', '.join(pairs)}}}")
        self.draft.by_hand.append(
            f"{self.outline}: say what {self.title!r} is about, and give it some of the 60 minutes of "
            "hour: that other sections have now; takes: and gives: in place of about: make it a stage"
        )

    def _in_self_test(self, words: dict[str, str]) -> None:
        question = stubs.QUESTION.format(file=f"{self.path.name}.md", **words)
        before = rf"^Unsure\? Read \[[^\]]*\]\({re.escape(str(self.after))}\) again\.\n"
        self.draft.edit(
            f"{self.folder}/self-test.md", _behind(before, lambda _: question),
            f"add a question with objective: {self.objective}",
        )  # fmt: skip

    def _in_layers(self) -> None:
        """A page's code may import that of the page before it, so it stands above it."""
        folder = str(self.after).removesuffix(".md").replace("-", "_")

        def change(text: str) -> str | None:
            if "[tool.importlinter]" not in text:
                return text
            layer = re.search(rf'^ *"{re.escape(folder)}",.*\n', text, re.MULTILINE)
            if layer is None:
                return None
            return text[: layer.start()] + f'    "{self.code}",\n' + text[layer.start() :]

        otherwise = f'add "{self.code}" to layers, above those whose code it imports'
        self.draft.edit("pyproject.toml", change, otherwise)
