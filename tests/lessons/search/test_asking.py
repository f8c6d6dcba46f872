"""What a page and a program are told: what was found, by which search, and which words were asked for."""

import pytest

from lessons.search import asking
from lessons.search.asking import LONGEST, MOST, AskedWrongError, Desk, in_a_sentence, marked
from lessons.search.index import Index
from smallsearch import PASSAGES, VECTORS, desk


def test_an_answer_says_which_search_found_it():
    reply = desk().ask("How do loops end?")
    assert (reply.by, reply.found, len(reply.hits)) == ("both", True, 3)
    ranks = {one.hit.passage.number: dict(one.ranks) for one in reply.hits}
    assert ranks[1]["vectors"] == 1
    assert ranks[0]["words"] == 1
    assert reply.seconds > 0


def test_a_search_that_knows_nothing_of_a_question_found_nothing():
    (first, *_) = desk().ask("gibberish").hits
    assert first.ranks == {"vectors": 1}


def test_where_the_search_is_not_sure_nothing_is_shown_unless_it_is_asked_for():
    assert desk().ask("zebras").hits == []
    anyway = desk().ask("zebras", anyway=True)
    assert not anyway.found
    assert len(anyway.hits) == 3
    assert desk().ask("  ", anyway=True).hits == []


def test_a_way_to_search_can_be_chosen():
    assert desk().ask("loops", by="words").hits[0].hit.passage.number in (0, 2)
    assert desk("words", "mlm").ask("loops").by == "words"
    assert desk("words", "mlm").ways == ("words", "mlm")


@pytest.mark.parametrize(
    ("question", "k", "by", "said", "name"),
    [
        ("x" * (LONGEST + 1), 3, "", "q: it has 501 characters, and at most 500 are read", "q"),
        ("loop", 0, "", "k: 0 is not a number of passages from 1 to 20", "k"),
        ("loop", MOST + 1, "", "k: 21 is not", "k"),
        ("loop", 3, "magic", "by: no search by 'magic': take one of both, words, vectors", "by"),
    ],
)
def test_what_cannot_be_answered_names_the_parameter(question, k, by, said, name):
    with pytest.raises(AskedWrongError, match=said) as error:
        desk().ask(question, k, by)
    assert error.value.name == name


@pytest.mark.parametrize("question", ["é ü ß", "🙂", "如何结束循环", "<script>", "%00\x00"])
def test_any_text_is_a_question(question):
    assert desk().ask(question).question == question


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("try", "What does try do?"),
        (" str.split? ", "What does str.split do?"),
        ("list of lists", ""),
        (":=", "What does := do?"),
        ("**kwargs", "What does **kwargs do?"),
        (" @property ", "What does @property do?"),
        ("...", "What does ... do?"),
        ("<b>", ""),
        ("!!", ""),
        ("?", ""),
    ],
)
def test_one_word_is_made_a_sentence(question, sentence):
    assert in_a_sentence(question, "both") == sentence
    assert in_a_sentence(question, "words") == ""


def test_words_of_the_question_are_marked_by_their_stem():
    pieces = marked("Loops end. A looping dog, ends: end", "How do I end a loop?")
    assert "".join(piece for piece, _ in pieces) == "Loops end. A looping dog, ends: end"
    assert [p for p, asked in pieces if asked] == ["Loops", "end", "looping", "ends", "end"]
    assert marked("I want to do it", "How do I do it?") == [("I want to do it", False)]
    assert marked("", "loop") == []


def test_signs_of_the_question_are_marked_whole():
    pieces = marked(
        "The sign := names (x := 1); x = 1 does not, nor ::= in a grammar.", "What does := do?"
    )
    assert "".join(piece for piece, _ in pieces).startswith("The sign := names")
    assert [p for p, asked in pieces if asked] == [":=", ":="]
    assert [p for p, asked in marked("**kwargs and *args", "**kwargs") if asked] == ["**", "kwargs"]


def test_a_passage_that_shares_no_word_has_no_place_by_words():
    ranks = {
        one.hit.passage.number: dict(one.ranks) for one in desk().ask("How is text joined?").hits
    }
    assert "words" in ranks[1]
    assert all("words" not in own for number, own in ranks.items() if number != 1)


def test_the_vector_of_a_question_is_computed_once_for_all_ways():
    calls = []

    def embed(asked):
        calls.append(list(asked))
        return VECTORS[:1]

    index = Index("vectors", PASSAGES, None, VECTORS, embed, 0.5)
    one = Desk({"vectors": index})
    one.ask("loops")
    one.ask("loops")
    one.ask("other")
    assert calls == [["loops"], ["other"]]


@pytest.mark.parametrize(
    ("best", "ways"), [("both", ("both", "words", "vectors")), ("words", ("words", "mlm"))]
)
def test_what_is_at_hand_is_loaded_and_asked_once(best, ways, monkeypatch):
    asked = []

    def load(way):
        index = desk(way).indexes[way]
        monkeypatch.setattr(type(index), "search", lambda self, *_: asked.append(self.way))
        return index

    monkeypatch.setattr(asking, "best_way", lambda: best)
    monkeypatch.setattr(Index, "load", staticmethod(load))
    assert Desk.load().ways == ways
    assert tuple(asked) == ways
