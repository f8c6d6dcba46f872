"""What a link to a page shows where people share it: title, description and a picture (Open Graph).

Such tags want full addresses, so a site that does not know its own has none of them, rather than wrong
ones.
"""

import html
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

__all__ = ["FOLDER", "SIZE", "part", "with_tags"]

FOLDER = "assets/sharing"  # of the pictures, below docs
SIZE = (1200, 630)  # pixels: what most places show without cutting


def part(source: str) -> str:
    """The part of the site that a page belongs to: its first folder, or its own name.

    Args:
        source: the page's path below docs.
    """
    return PurePosixPath(PurePosixPath(source).parts[0]).stem


def with_tags(output: str, page: Page, config: MkDocsConfig) -> str:
    """A page with the tags in its head; as it was where the site's address is not known.

    A part without a picture of its own shows that of the first page.
    """
    if not page.canonical_url:
        return output
    name = part(page.file.src_uri)
    drawn = Path(config.docs_dir) / FOLDER / f"{name}.png"
    picture = f"{FOLDER}/{name if drawn.is_file() else 'index'}.png"
    home = f"{(config.site_url or '').rstrip('/')}/"
    properties = {
        "type": "website",
        "title": page.title if not page.is_homepage else config.site_name,
        "description": page.meta.get("description") or config.site_description,
        "url": page.canonical_url,
        "image": urljoin(home, picture),
        "image:width": SIZE[0],
        "image:height": SIZE[1],
    }
    tags = "".join(
        f'<meta property="og:{key}" content="{html.escape(str(value))}">'
        for key, value in properties.items()
    )
    return output.replace("</head>", f"{tags}</head>", 1)
