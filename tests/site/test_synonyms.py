"""Other words for a place are data, checked against the places that there are."""

import json

import pytest

from coursekit.course.glossary import Term
from coursekit.problems import ContractError
from coursekit.site import synonyms


def term(name: str, *also: str) -> Term:
    return Term(name, also, "What it is.", "Sample", "", 0, (0, 0), 1)


@pytest.fixture
def site(tmp_path):
    """A built site's search index."""
    places = ("glossary/#token", "glossary/#loss", "lesson-4/sample/")
    index = {
        "config": {"fields": {"tags": {"boost": 1e6}}},
        "docs": [{"location": place, "title": place, "text": ""} for place in places],
    }
    (tmp_path / "search").mkdir()
    (tmp_path / "search/search_index.json").write_text(json.dumps(index), "utf-8")
    return tmp_path


def index(site) -> dict:
    return json.loads((site / "search/search_index.json").read_text("utf-8"))


def test_words_of_the_glossary_and_of_the_file_become_tags_of_single_entries(site):
    terms = [term("token", "piece"), term("loss"), term("elsewhere", "not in this index")]
    said = {"glossary/#token": ["tokens"], "lesson-4/sample/": ["example"]}
    synonyms.add(site, terms, said)
    tags = {entry["location"]: entry.get("tags") for entry in index(site)["docs"]}
    assert tags == {
        "glossary/#token": ["piece", "tokens"],
        "glossary/#loss": None,
        "lesson-4/sample/": ["example"],
    }
    assert said["glossary/#token"] == ["tokens"], "what was read stays as it was"


def test_a_word_of_a_tag_weighs_no_more_than_one_of_a_title(site):
    synonyms.add(site, [], {})
    assert index(site)["config"]["fields"]["tags"]["boost"] == synonyms.AS_A_TITLE == 1000


def test_words_for_a_place_that_is_not_there_are_an_error_that_names_the_nearest(site):
    before = index(site)
    with pytest.raises(ContractError) as raised:
        synonyms.add(site, [], {"glossary/#tokens": ["x"], "lesson-4/simple/": ["y"]})
    assert str(raised.value).splitlines() == [
        "docs/synonyms.yml:1: the search index has no glossary/#tokens; near it: glossary/#token",
        "docs/synonyms.yml:1: the search index has no lesson-4/simple/; near it: lesson-4/sample/",
    ]
    assert index(site) == before


def test_a_course_needs_no_file_of_words(tmp_path):
    assert synonyms.read(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [b", "docs/synonyms.yml:1: no YAML: "),
        ("- a", "give each place a list of words"),
        ("a: b", "give each place a list of words"),
        ("a: [4]", "quote numbers"),
        ("a: [b, c]\nd: [B]", "'B' means a and d; keep it at the better one"),
    ],
)
def test_a_file_that_says_nothing_clear_is_an_error(tmp_path, text, message):
    (tmp_path / "synonyms.yml").write_text(text, "utf-8")
    with pytest.raises(ContractError) as raised:
        synonyms.read(tmp_path)
    assert message in str(raised.value)


def test_the_file_is_read_as_places_and_what_people_say_for_them(tmp_path):
    (tmp_path / "synonyms.yml").write_text("a/: [b c, d]\ne: [f]\n", "utf-8")
    assert synonyms.read(tmp_path) == {"a/": ["b c", "d"], "e": ["f"]}
