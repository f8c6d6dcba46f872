"""The application: a page without a script, an answer for programs, and nothing from elsewhere."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from lessons.search import page
from lessons.search.app import POLICY, application
from smallsearch import desk


def client(*ways):
    return TestClient(application(desk(*ways)), base_url="http://127.0.0.1")


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_asks_and_answers_without_a_script():
    answer = client().get("/", params={"q": "How do loops end?", "by": "words"})
    assert answer.status_code == 200
    assert 'value="How do loops end?"' in answer.text
    assert '<option value="words" selected>' in answer.text
    assert "<h2>topic0, lines 1 to 2</h2>" in answer.text
    assert "<mark>loop</mark> <mark>ends</mark> with break &lt;at once&gt;." in answer.text
    assert "3 passages in" in text(answer.text)
    assert "first by the same words" in answer.text


def test_before_a_question_there_are_examples():
    html = client().get("/").text
    assert html.count('<li><a href="/?q=') == len(page.EXAMPLES)
    assert client().get("/", params={"q": "  "}).text.count("<li>") == len(page.EXAMPLES)


def test_that_there_is_no_answer_is_said_and_the_nearest_can_be_seen():
    html = client().get("/", params={"q": "zebras & <b>"}).text
    assert "no answer of which this search is sure (0.10, and 0.50 is needed)" in html
    (link,) = re.findall(r'href="(/\?[^"]*anyway=1)"', html)
    assert "zebras+%26+%3Cb%3E" in link
    shown = client().get(link.replace("&amp;", "&")).text
    assert "though the search is sure of none of them" in shown
    assert shown.count("<h2>") == 3
    assert "far down" not in shown


def test_whoever_asks_with_one_word_is_offered_a_sentence():
    html = client().get("/", params={"q": "zebras", "by": "vectors"}).text
    assert '<a href="/?q=What+does+zebras+do%3F&amp;by=vectors">What does zebras do?</a>' in html
    assert "or ask in other words" in client().get("/", params={"q": "zebras & <b>"}).text


def test_what_was_typed_is_never_html():
    html = client().get("/", params={"q": "<script>alert(1)</script>\"'"}).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;" in html


def test_a_question_that_is_too_long_is_refused_kindly():
    answer = client().get("/", params={"q": "x" * 600})
    assert answer.status_code == 400
    assert "It has" not in answer.text
    assert "That cannot be answered. q: it has 600 characters" in answer.text


def test_the_script_asks_for_the_answer_alone():
    answer = client().get("/", params={"q": "loops"}, headers={"X-Part": "answer"})
    assert answer.text.startswith('<p role="status">')
    assert "<form" not in answer.text


def test_one_passage_and_a_passage_that_no_ranking_has_near_are_said_so():
    reply = desk().ask("loops", k=1)
    assert "1 passage in 12 ms" in page.reply(replace(reply, seconds=0.0123))
    assert "1 passage in under 1 ms" in page.reply(replace(reply, seconds=0.0005))
    far = replace(reply, hits=[replace(reply.hits[0], ranks={})])
    assert "far down in each ranking" in page.reply(far)
    assert page._place(4) == "number 4"


def test_what_is_missing_is_said_on_the_page():
    assert "python -m lessons.real_models minilm" in client("words", "mlm").get("/").text
    assert "real_models" not in client().get("/").text


def test_programs_get_the_same_as_json():
    found = client().get("/api/search", params={"q": "How do loops end?", "k": 2}).json()
    assert (found["question"], found["by"], found["found"]) == ("How do loops end?", "both", True)
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert set(found["hits"][0]) == {"rank", "place", "topic", "score", "ranks", "text"}
    nothing = client().get("/api/search", params={"q": "zebras"}).json()
    assert (nothing["found"], nothing["hits"]) == (False, [])
    assert client().get("/api/search", params={"q": "zebras", "anyway": 1}).json()["hits"]


@pytest.mark.parametrize(
    ("given", "parameter", "said"),
    [
        ({}, "q", "q: the question is missing"),
        ({"q": "a", "k": "x"}, "k", "k: 'x' is no whole number"),
        ({"q": "a", "k": "0"}, "k", "k: 0 is not a number of passages from 1 to 20"),
        ({"q": "a", "by": "magic"}, "by", "by: no search by 'magic'"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(given, parameter, said):
    answer = client().get("/api/search", params=given)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter
    assert answer.json()["error"].startswith(said)


def test_it_says_that_it_is_ready():
    assert client().get("/health").json() == {"ready": True, "ways": ["both", "words", "vectors"]}


@pytest.mark.parametrize("path", ["/", "/api/search?q=a", "/page.css", "/page.js", "/nothing"])
def test_every_answer_keeps_the_browser_to_this_server(path):
    headers = client().get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"


def test_only_this_machine_can_ask():
    answer = TestClient(application(desk()), base_url="http://elsewhere.example").get("/health")
    assert answer.status_code == 400


def test_the_files_of_the_page_come_with_their_kinds():
    assert client().get("/page.css").headers["content-type"].startswith("text/css")
    assert client().get("/page.js").headers["content-type"].startswith("text/javascript")
