"""A text with the surprise of its pieces: what a page prints, and what is shown of it."""

import re
from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.course import surprise
from coursekit.parser import load, parse

ROOT = Path(__file__).parents[2]
PRINTED = """\
base & co; seed 1
' It'     2.00
' was'    0.02
' <s'     3.10
'un'      4.50
'ny'      0.00
'.'       0.99
' It'     1.00
instead of ' <s'
' cold'   40.0%
' <s'     10.0%
"""


@pytest.fixture
def written(tmp_path):
    def read(printed: str) -> surprise.Written:
        path = tmp_path / "page.md"
        text = f"```python\nprint(1)\n```\n\n```{{.output #story}}\n{printed}```\n"
        page = parse(text, path, Config(tmp_path))
        return surprise.read(page.outputs_by_name()["story"])

    return read


def test_pieces_and_chances_are_read_as_they_were_printed(written):
    text = written(PRINTED)
    assert text.by == "base & co; seed 1"
    assert "".join(piece.text for piece in text.pieces) == " It was <sunny. It"
    assert [piece.shade for piece in text.pieces] == [2, 0, 2, 3, 0, 0, 1]
    assert text.pieces[text.place].text == " <s"
    assert text.chances == ((" cold", 40.0), (" <s", 10.0))


def test_a_word_is_surprising_by_any_of_its_pieces_and_named_once_without_its_stop(written):
    assert written(PRINTED).surprising == ["<sunny"]
    twice = PRINTED.replace("' It'     2.00", "' It'     3.00").replace("1.00\n", "3.00\n")
    assert written(twice).surprising == ["It", "<sunny"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("' was'    0.02", "was 0.02", "'was 0.02' is no piece of a text with its bits"),
        ("instead of ' <s'", "instead of 'x'", "no line 'instead of' a piece of the text"),
        ("instead of ' <s'\n", "", "no line 'instead of' a piece of the text"),
        ("' cold'   40.0%\n' <s'     10.0%\n", "", "with probabilities below it"),
    ],
)
def test_an_output_that_is_no_such_text_is_refused(written, old, new, message):
    assert old in PRINTED
    with pytest.raises(ValueError, match=re.escape(message)):
        written(PRINTED.replace(old, new))


def test_the_text_reads_as_a_text_and_its_marks_stand_around_words_not_blanks(written):
    html = surprise.render(written(PRINTED))
    shown = re.search(r'<p class="surprise__text">(.*?)</p>', html)[1]
    assert re.sub("<.*?>", "", shown) == "It was &lt;sunny. It"
    assert '<span class="surprise__2 surprise__place">&lt;s</span>' in shown
    assert "base &amp; co; seed 1" in html
    assert not re.search(r'<span class="surprise__\d[^>]*>\s', shown)


def test_how_many_pieces_were_expected_is_counted(written):
    html = surprise.render(written(PRINTED))
    assert "Of the other 5 pieces, 3 surprised it by less than one bit." in html


def test_bars_are_as_long_as_their_chances_and_the_numbers_stand_beside_them(written):
    html = surprise.render(written(PRINTED))
    assert re.findall(r'<rect width="([\d.]+)"', html) == ["40.0", "10.0"]
    assert re.findall(r"<span>(\d+%)</span>", html) == ["40%", "10%"]
    assert "style" not in html


def test_the_story_of_the_first_page_bears_out_what_is_said_of_it():
    page = load(ROOT / "docs/models/index.md", Config.load(ROOT))
    story = surprise.read(page.outputs_by_name()["story"])
    assert story.surprising == ["Rito", "horse", "castle", "Tina", "banana"]
    bits = sorted((piece.bits for piece in story.pieces), reverse=True)
    assert sum(bits[:14]) > 0.9 * sum(bits)
    assert {piece.shade for piece in story.pieces} == {0, 1, 2, 3}, "each shade of the legend"
