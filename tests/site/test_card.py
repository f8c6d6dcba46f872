from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.held.verified import Verified
from coursekit.page.contents import Page
from coursekit.parser import parse
from coursekit.site.card import Downloads, card

TEXT = "---\ntitle: T\n---\n\nword\n"
FILE = "llm-0.1-py3-none-any.whl"
RUN = Verified("", "", {}, "2026-01-31", 12, {"Python": "3.11.7", "torch": "2.13.0"})


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return parse(TEXT, tmp_path / "page.md", Config(tmp_path))


def downloads(address: str = FILE) -> Downloads:
    return Downloads("../page.ipynb", "../page.py", f"../../dist/{FILE}", address)


def test_the_card_leads_to_what_it_says_how_to_run(page):
    html = card(page, downloads(), None)
    assert '<a href="../page.ipynb" download>the notebook</a>' in html
    assert '<a href="../page.py" download>the script</a>' in html


def test_without_a_known_address_the_wheel_is_downloaded_first(page):
    html = card(page, downloads(), None)
    assert f'<a href="../../dist/{FILE}" download>' in html
    assert f'pip install "./{FILE}[run]"' in html
    assert f'--extra-index-url https://download.pytorch.org/whl/cpu "./{FILE}[run]"' in html


def test_a_page_that_needs_more_says_so_in_its_command(tmp_path):
    meta = TEXT.replace("title:", "extras: [quantization]\ntitle:")
    html = card(parse(meta, tmp_path / "page.md", Config(tmp_path)), downloads(), None)
    assert f'pip install "./{FILE}[run,quantization]"' in html


def test_with_a_known_address_pip_fetches_the_wheel(page):
    html = card(page, downloads(f"https://example.org/dist/{FILE}"), None)
    assert (
        f'pip install "llm-development-fundamentals[run] @ https://example.org/dist/{FILE}"' in html
    )


def test_the_last_run_is_stated_only_where_there_is_one(page):
    assert "blocks ran on" not in card(page, downloads(), None)
    html = card(page, downloads(), RUN)
    assert 'All 12 blocks ran on <time datetime="2026-01-31">2026-01-31</time>, with ' in html
    assert "with Python 3.11.7, torch 2.13.0." in html
