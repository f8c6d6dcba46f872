"""``bash``, ``powershell``, ``console``: commands, run in a scratch copy of the repository."""

import re
from collections.abc import Iterator

from coursekit.config import Config
from coursekit.page.comparison import difference
from coursekit.page.contents import Block, Judging, Kind, Links, Page
from coursekit.run.session import Session
from coursekit.text import lines

__all__ = ["SHELL"]

PROMPT = "$ "
CONSOLE = re.compile(r'<div class="language-console[^"]*">.*?</pre>', re.DOTALL)
PRINTED_LINE = re.compile(r'(<span class="go">[^<]*)</span>\n')


class Shell(Kind):
    """Commands; a ``console`` block shows what they print between them."""

    name = "command"
    languages = frozenset({"bash", "powershell", "console"})
    keys = frozenset({"title", "cause", "skip"})
    runs = True
    output_optional = True
    cause_names_error = True

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """An output below a block that shows its output itself."""
        if self.shows_itself(block) and block.output is not None:
            yield "a console block shows its output itself, so that nothing compares the fence below it"

    def run(self, block: Block, session: Session) -> str:
        """Run the commands in one shell, which stops at the first that fails."""
        text = block.code.text
        if block.language == "powershell":
            command = ["pwsh", "-NoProfile", "-Command", text]
            return session.program(command, session.copy_tree()).stdout
        if self.shows_itself(block):
            text = "\n".join(
                line.removeprefix(PROMPT) for line in lines(text) if line.startswith(PROMPT)
            )
        return session.shell(text)

    def depends(self, block: Block, page: Page, config: Config) -> Iterator[str]:
        """All files: a command may do anything in its copy of them."""
        if block.skip is None:
            yield "."

    def shows_itself(self, block: Block) -> bool:
        """Whether lines without a prompt are what the commands print."""
        return block.language == "console"

    def wrong(self, block: Block, printed: str, judging: Judging) -> str | None:
        """Compare what the commands printed with the lines without a prompt, or with the output below."""
        if not self.shows_itself(block):
            return super().wrong(block, printed, judging)
        shown = [row for row in lines(block.body) if not row.startswith(PROMPT)]
        wrong = difference("\n".join(shown), printed) if shown else None
        return wrong and f"the commands print something else: {wrong}"

    def finished(self, html: str, links: Links) -> str:
        """Put the line break behind a printed line inside what is hidden while it is copied."""
        return CONSOLE.sub(lambda m: PRINTED_LINE.sub(r"\1\n</span>", m.group()), html)


SHELL = Shell()
