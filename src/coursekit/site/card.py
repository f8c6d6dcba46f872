"""The end of a lesson page: how to run it, when all of it ran last, and what it took."""

import html
from dataclasses import dataclass

from coursekit.course.costs import Cost
from coursekit.held.verified import Verified
from coursekit.page.contents import Page

__all__ = ["Downloads", "card", "installing", "requirement"]

TORCH_CPU = "https://download.pytorch.org/whl/cpu"


@dataclass(frozen=True)
class Downloads:
    """Addresses relative to the page.

    Attributes:
        notebook: the page as a notebook.
        script: the page as a script.
        wheel: the package with the lessons' code.
        wheel_address: where a command line finds the wheel: its full address where the site's is
            known, its file name otherwise.
    """

    notebook: str
    script: str
    wheel: str
    wheel_address: str


def card(
    page: Page, downloads: Downloads, verified: Verified | None, cost: Cost | None = None
) -> str:
    """The card at the end of a lesson page with code, as HTML.

    Args:
        page: the page; its front matter may name extras of the package that it needs.
        downloads: where its files are.
        verified: the last run of the page's blocks, if there is a record.
        cost: seconds and memory of the page's script, if they were measured.
    """
    parts = [
        installing(downloads, page.install),
        f'<p>Then open <a href="{downloads.notebook}" download>the notebook</a>, or run '
        f'<a href="{downloads.script}" download>the script</a>.</p>',
    ]
    if verified:
        parts.append(_verified(verified))
    if cost:
        parts.append(_cost(cost))
    return (
        f'<div class="card" data-generated="card" data-search-exclude="true">{"".join(parts)}</div>'
    )


def installing(downloads: Downloads, extras: str) -> str:
    """How to install the package, as HTML.

    Args:
        downloads: where its wheel is.
        extras: of the package, with commas between them.
    """
    known = "://" in downloads.wheel_address
    source = requirement(downloads.wheel_address, extras)
    first = (
        "Install the course's package with what it needs"
        if known
        else f'Download <a href="{downloads.wheel}" download>the course\'s package</a>, then install '
        "it, with what it needs, from the folder it is in"
    )
    plain = _command(f'pip install "{source}"')
    cpu = _command(f'pip install --extra-index-url {TORCH_CPU} "{source}"')
    return (
        f"<p>You need Python 3.11 or newer. {first}:</p>"
        f"{plain}"
        "<p>On Linux without a GPU, PyTorch's CPU build saves several gigabytes:</p>"
        f"{cpu}"
    )


def requirement(address: str, extras: str) -> str:
    """What pip is asked for: the package at an address, or in a file beside the reader.

    Args:
        address: a full address, or a file's name.
        extras: of the package, with commas between them.
    """
    if "://" in address:
        return f"llm-development-fundamentals[{extras}] @ {address}"
    return f"./{address}[{extras}]"


def _command(text: str) -> str:
    escaped = html.escape(text, quote=False)
    return f'<div class="language-bash highlight"><pre><code>{escaped}\n</code></pre></div>'


def _verified(verified: Verified) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in verified.versions.items())
    return (
        f'<p class="card__verified">All {verified.blocks} blocks ran on '
        f'<time datetime="{verified.date}">{verified.date}</time>, '
        f"with {html.escape(versions)}.</p>"
    )


def _cost(cost: Cost) -> str:
    (_, first), *others = cost.runs.items()
    variants = "".join(
        f"; {html.escape(n)}: {r.seconds:.0f} s, {r.memory_mb:,} MB" for n, r in others
    )
    return (
        f'<p class="card__verified">As a script it takes {first.seconds:.0f} s and '
        f"{first.memory_mb:,} MB on {html.escape(cost.machine)}{variants} "
        f'(<time datetime="{cost.date}">{cost.date}</time>).</p>'
    )
