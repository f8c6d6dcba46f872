"""``{.python .script}``: a whole file of ``snippets/``, run as a process of its own."""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import urljoin

from coursekit.config import Config
from coursekit.page import script_records
from coursekit.page.contents import Block, Cell, Download, Kind, Links, Page
from coursekit.page.scripts import argument_problems, arguments, command, unnamed
from coursekit.run.session import Session, noise
from coursekit.run.start import quick

__all__ = ["SCRIPT"]

CAPTION = re.compile(
    r'(?P<opening><div (?:id="[^"]*" )?class="language-python script highlight"[^>]*>)'
    r'<span class="filename">(?:(?P<title>[^<]*) · )?(?P<path>[^<]*)</span>'
)


class Script(Kind):
    """A file that stands alone, with the arguments that the tests run it with."""

    name = "script"
    languages = frozenset({"python"})
    classes = frozenset({"script"})
    keys = frozenset({"title", "args", "skip"})
    silent_keys = frozenset({"args", "skip"})
    runs = True
    stands_alone = True
    embeds = True

    def takes(self, language: str, classes: Iterable[str]) -> bool:
        """Whether it is Python with the class ``script``."""
        return language in self.languages and "script" in classes

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """Anything but one whole file of the folder, and arguments that cannot be handed to it."""
        folder = config.root / config.snippets
        if not block.embedded or not block.code.path.is_relative_to(folder) or block.code.section:
            yield f'a script is one whole file: --8<-- "{config.snippets}/name.py"'
        yield from argument_problems(block.attributes.get("args", ""))

    def run(self, block: Block, session: Session) -> str:
        """Run the file in the page's scratch folder, without packages that it does not ask for."""
        args = arguments(block.attributes.get("args", ""), str(session.config.root))
        command = [sys.executable, str(block.code.path), *args]
        with quick(without=unnamed(block.code.path)) as path:
            done = session.program(command, session.folder, PYTHONPATH=path)
        session.complain(noise(done.stderr))
        return done.stdout

    def depends(self, block: Block, page: Page, config: Config) -> Iterator[str]:
        """The file, and what its arguments name."""
        yield config.relative(block.code.path).as_posix()
        yield from block.attributes.get("args", "").replace("{root}/", " ").split()

    def place(self, block: Block, config: Config) -> str:
        """The file: it begins on the first line, always."""
        return config.relative(block.code.path).as_posix()

    def below(self, block: Block, config: Config) -> str:
        """What it printed with real models, if that was recorded."""
        return script_records.below(block, script_records.read(config))

    def finished(self, html: str, links: Links) -> str:
        """Make of each caption the script's name, and a link that downloads it."""
        return CAPTION.sub(partial(_caption, links=links), html)

    def cell(self, block: Block, download: Download) -> Cell:
        """A line: the script's name, where it is, and what it was run with."""
        path = PurePosixPath(download.config.relative(block.code.path).as_posix())
        site = download.site_url
        where = urljoin(site, path.as_posix()) if site else "the course's site, on this page"
        line = f"Script `{path.name}`: download it from {where}."
        if args := block.attributes.get("args"):
            line += f" In a clone, it ran as `{command(path, args)}`."
        return Cell(prose=line)

    def lines_read(self, block: Block) -> int:
        """None: it is there to be copied, and its page explains what matters in it."""
        return 0


def _caption(match: re.Match[str], links: Links) -> str:
    path = match["path"]
    label = name = PurePosixPath(path).name
    if source := links.source(path):
        label = f'<a href="{source}">{name}</a>'
    title = f"{match['title']} " if match["title"] else ""
    return (
        f'{match["opening"]}<span class="filename">{title}'
        f'<span class="filename__script">{label}</span> <a class="filename__download" '
        f'href="{links.file(path)}" download aria-label="Download {name}">'
        "Download</a></span>"
    )


SCRIPT = Script()
