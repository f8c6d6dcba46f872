"""Cleaning repairs what is broken, and leaves alone what is not."""

import pytest

from lessons import world
from lessons.data_preparation.cleaning import (
    drop_lines,
    fix_letters,
    foreign,
    frequent_lines,
    function_words,
    garbage,
    strip_markup,
)
from lessons.data_preparation.privacy import MAIL, PHONE, TEN_DIGITS, mask, personal_data
from lessons.world.dirty import PAGES, collection


@pytest.fixture(scope="module")
def clean():
    return world.documents(seed=11, count=1500, shares=PAGES)


def test_clean_documents_stay_as_they_are(clean):
    for change in (fix_letters, strip_markup, mask):
        assert [change(text) for text in clean] == clean


def test_no_clean_document_is_french(clean):
    assert not any(map(foreign, clean))


def test_a_limit_of_one_word_leaves_garbage_only_in_bare_sums(clean):
    judged = [(garbage(text, words=1), text) for text in clean]
    assert all("=" in text and not text.startswith("Q") for why, text in judged if why)


@pytest.mark.parametrize("codings", [("latin-1",), ("cp1252",), ("latin-1", "latin-1")])
def test_broken_letters_are_repaired(codings):
    broken = text = "Le garçon est près du musée. Un énorme château dans la forêt."
    for coding in codings:
        broken = broken.encode().decode(coding)
    assert broken != text
    assert fix_letters(broken) == text


def test_entities_and_quotes_are_not_the_business_of_letters():
    assert fix_letters("&amp; ‘quoted’") == "&amp; ‘quoted’"


@pytest.mark.parametrize(
    ("dirty", "text"),
    [
        ("<p>One</p><p>two</p>", "One\ntwo"),
        ("<div class='post'>One<br>\ntwo <b>three</b></div>", "One\ntwo three"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p>a\nb</p>", "a b"),
        ("it&#x27;s &eacute;t&eacute;\nnow", "it's été\nnow"),
        ("# Title\n**Bold** and [a link](https://example.org/x)", "Title\nBold and a link"),
        ("<p>a</p><script>if (x) { y() }</script><style>p {}</style><p>b</p>", "a\nb"),
        ("<P>big</P>", "big"),
        ("x < y and y > 0", "x < y and y > 0"),
        ("List<String> a <- b", "List<String> a <- b"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("#hash and [brackets] (only)", "#hash and [brackets] (only)"),
        ("[mail] and [phone]", "[mail] and [phone]"),
    ],
)
def test_markup_goes_and_what_only_looks_like_it_stays(dirty, text):
    assert strip_markup(dirty) == text


def test_lines_count_once_for_each_document_and_by_kind():
    rows = [("menu\nx\nx", "story"), ("menu\nlabel", "review"), ("label", "review"), ("y", None)]
    assert frequent_lines(rows, least=2) == {"menu", "label"}
    assert frequent_lines(rows, least=2, most_alike=0.5) == {"menu"}
    assert frequent_lines(rows, least=1) == {"menu", "label", "x", "y"}
    assert frequent_lines(rows, least=3) == frozenset()


def test_only_whole_lines_are_dropped():
    assert drop_lines("menu\nthe menu\nmenu", frozenset(("menu",))) == "the menu"


def test_small_words_are_counted_by_language():
    assert function_words("The fox is in the forest.") == (4, 0, 6)
    assert function_words("Le renard n'est pas là.") == (0, 2, 5)
    assert foreign("Le renard ne dort pas.") == "wrong language"
    assert foreign("The fox: le renard.") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hat old cat", "too short"),
        ("\n".join(["The boat is yellow."] * 6), "repeated lines"),
        ("\n".join(["The boat is yellow."] * 5), None),
        ("1 22 333 4444 55555 and 6", "few letters"),
        ("qwert zxcv asdf qwer poiu", "no small words"),
        ("The fox is in the forest.", None),
        ("Le renard est dans la forêt.", None),
    ],
)
def test_garbage_is_dropped_with_a_reason(text, reason):
    assert garbage(text) == reason


@pytest.mark.parametrize(
    "number", ["555-0138", "(202) 555-0138", "+1-202-555-0138", "01 99 00 82 36", "202.555.0138"]
)
def test_a_number_is_found_whole_and_masked(number):
    text = f"Call {number}. Then go."
    assert personal_data(text) == [number]
    assert mask(text) == "Call [phone]. Then go."


@pytest.mark.parametrize(
    "text", ["In 1835 and 1836", "17 + 8 = 25", "12-04-2020", "1234567", "x-555-0138", "555-01389"]
)
def test_other_numbers_are_left_alone(text):
    assert not PHONE.findall(text)


def test_a_mail_address_ends_before_the_period():
    assert mask("Write to old.hat_1@example.org.") == "Write to [mail]."
    assert MAIL.findall("a@b and @c") == []


def test_the_quick_pattern_misses_most_numbers():
    _, truths = collection(5, 1000, {"personal data": 0.5})
    planted = [one for truth in truths for one in truth.planted if "@" not in one]
    assert len(planted) > 200
    assert all(PHONE.fullmatch(one) for one in planted)
    assert sum(bool(TEN_DIGITS.search(one)) for one in planted) < 0.6 * len(planted)
