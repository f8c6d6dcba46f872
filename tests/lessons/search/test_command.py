"""The command prints passages with their place, or says that there are none."""

import pytest

from lessons.search import __main__, command
from lessons.search.index import Index
from lessons.search.passages import Passage
from lessons.search.ranking import Words

TEXTS = ("Loops end with break.", "Text is joined by join.", "Numbers are added.")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    every = tuple(Passage(i, f"topic{i}", 1, 2, text, frozenset()) for i, text in enumerate(TEXTS))
    monkeypatch.setattr(
        Index,
        "load",
        staticmethod(lambda way: Index(way or "words", every, Words(TEXTS), least=0.1)),
    )


def test_the_passages_are_printed_with_their_place(capsys):
    assert command.main(["ask", "How", "do", "loops", "end?", "-k", "2"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("[1] topic0, lines 1 to 2\n\nLoops end with break.\n\n[2] topic1")
    assert "[3]" not in said
    assert "Python Software Foundation; found by words." in said


def test_that_there_is_none_is_said(capsys):
    assert command.main(["ask", "What do zebras eat?"]) == 1
    assert capsys.readouterr().out == (
        "No passage is good enough: 0.00 by words, 0.10 is needed.\n"
    )


def test_one_word_that_finds_nothing_is_to_be_a_sentence(capsys):
    assert command.main(["ask", "zebras", "--by", "both"]) == 1
    assert capsys.readouterr().out.endswith("Ask in a sentence, such as: What does zebras do?\n")


def test_without_a_command_it_says_what_is_missing(capsys):
    with pytest.raises(SystemExit):
        command.main([])
    assert "required: COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("question", ["", "  "])
def test_without_a_question_it_asks_for_one(question, capsys):
    assert command.main(["ask", question]) == 2
    assert capsys.readouterr().err.startswith("nothing was asked: write a question")


def test_what_cannot_be_done_is_said_in_one_line(capsys, monkeypatch):
    assert command.main(["ask", "loops", "-k", "0"]) == 2
    assert capsys.readouterr().err == "k 0 must be at least 1\n"

    def missing(way):
        raise FileNotFoundError(
            "MiniLM was not fetched yet; get it: python -m lessons.real_models minilm"
        )

    monkeypatch.setattr(Index, "load", staticmethod(missing))
    assert command.main(["ask", "loops", "--by", "vectors"]) == 2
    assert "get it: python -m" in capsys.readouterr().err


def test_the_package_is_a_command():
    assert __main__.main is command.main
