"""Draws the pictures that a shared link shows, one for each part of the site, with a browser."""

import base64
import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config import load_config

from coursekit.commands import browser
from coursekit.config import Config
from coursekit.site.sharing import FOLDER, SIZE, part
from coursekit.text import read_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["draw", "run", "titles"]

FONT = "assets/fonts/lesson-serif-600.woff2"
LOGO = "assets/logo.svg"
PAGE = """\
<!doctype html><meta charset="utf-8">
<style>
@font-face {{ font-family: face; src: url(data:font/woff2;base64,{font}); }}
body {{ margin: 0; width: {width}px; height: {height}px; box-sizing: border-box; padding: 80px 90px;
  display: flex; flex-direction: column; background: #fdfcf9; color: #22262b; font-family: face; }}
svg {{ width: 120px; height: 120px; }}
h1 {{ margin: auto 0 24px; font-size: 92px; line-height: 1.1; text-wrap: balance; }}
p {{ margin: 0; font-size: 40px; color: #0b6058; }}
</style>
{logo}<h1>{title}</h1><p>{line}</p>
"""


def titles(config: Config) -> dict[str, str]:
    """The parts of the site, each with its title in the navigation."""
    nav = load_config(str(config.root / "mkdocs.yml")).nav or []
    return {part(_first(pages)): title for entry in nav for title, pages in entry.items()}


def _first(pages: Any) -> str:
    """The first page of an entry of the navigation."""
    return pages if isinstance(pages, str) else _first(pages[0])


def draw(chromium: "Browser", config: Config, folder: Path) -> list[Path]:
    """Draw all pictures into a folder.

    Args:
        chromium: a browser, started.
        config: the course.
        folder: for the pictures, a PNG file for each part.
    """
    docs = config.root / "docs"
    name = load_config(str(config.root / "mkdocs.yml")).site_name
    width, height = SIZE
    context = chromium.new_context(viewport={"width": width, "height": height})
    page, drawn = context.new_page(), []
    for key, title in titles(config).items():
        home = key == "index"
        page.set_content(
            PAGE.format(
                font=base64.b64encode((docs / FONT).read_bytes()).decode(),
                logo=read_text(docs / LOGO),
                width=width,
                height=height,
                title=html.escape(name if home else title),
                line="Every block runs, every number was measured" if home else html.escape(name),
            )
        )
        page.evaluate("document.fonts.ready")
        drawn.append(folder / f"{key}.png")
        beside = folder / f"{key}.new.png"  # an interruption leaves the picture that was there
        page.screenshot(path=beside)
        beside.replace(drawn[-1])
    context.close()
    return drawn


def run(config: Config) -> list[Path]:
    """Draw all pictures into the course's own folder for them.

    Raises:
        NoBrowserError: there is no browser to draw with.
    """
    from playwright.sync_api import sync_playwright

    path = browser.find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=browser.ARGUMENTS)
        return draw(chromium, config, config.root / "docs" / FOLDER)
