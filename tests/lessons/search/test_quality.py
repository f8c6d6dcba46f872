"""What is recorded of the search: ranks, how sure it is, what it costs, and how that is summed up."""

import numpy as np
import pytest

from lessons.experiments import load_result
from lessons.search import experiments, quality
from lessons.search.index import Index
from lessons.search.passages import passages
from lessons.search.questions import questions, sign_questions, unanswered
from lessons.search.ranking import Words
from lessons.search.vectors import EMBED


@pytest.fixture
def by_letters(monkeypatch):
    """Models in place of the real ones: a text's vector counts its letters."""

    def embed(texts):
        found = np.array([[text.count(letter) + 1.0 for letter in "aeiou"] for text in texts])
        return (found / np.linalg.norm(found, axis=1)[:, None]).astype(np.float32)

    def load(way):
        texts = [one.text for one in passages()]
        words = Words(texts) if way in ("words", "both") else None
        if way == "words":
            return Index(way, passages(), words)
        return Index(way, passages(), words, embed(texts), embed)

    for name in EMBED:
        monkeypatch.setitem(EMBED, name, embed)
    monkeypatch.setattr(Index, "load", staticmethod(load))


def test_a_rank_is_that_of_the_first_right_passage():
    assert quality.rank([2, 0, 1], [False, True, True]) == 1
    assert quality.rank([0, 1, 2], [False, True, True]) == 2
    assert quality.rank([0, 1], [False, False]) == 0


def test_ranks_of_each_question_are_kept_for_both_kinds_of_gold(by_letters):
    values = quality.quality_cell("words", "terms")
    count = len(questions())
    assert values["passages"] == len(passages())
    assert len(values) == 1 + 3 * count + 6
    number = next(i for i, one in enumerate(questions()) if one.terms == "break statement")
    assert (values[f"topic.{number}"], values[f"sentence.{number}"]) == (1, 1)
    assert passages()[int(values[f"first.{number}"])].topic == "break"
    assert all(values[f"{gold}_at1"] <= values[f"{gold}_at5"] for gold in ("topic", "sentence"))
    assert values["topic_at1"] > 0.8


def test_a_random_order_is_drawn_once_for_each_question(by_letters, monkeypatch):
    monkeypatch.setattr(quality, "questions", lambda: questions()[:60])
    values = quality.quality_cell("random", "ask")
    assert values == quality.quality_cell("random", "terms")
    assert 0 < values["topic_at5"] < 0.3


def test_other_ways_to_count_words_and_to_cut_give_other_ranks(by_letters):
    ways = [quality.index(by) for by in ("words", "words_unstemmed", "words_plain")]
    sure = [way.scores("How do loops end?")[1] for way in ways]
    assert len(set(sure)) == 3
    asked = "What does := do?"
    assert quality.index("words_unsigned").scores(asked)[1] == 0
    assert quality.index("words").scores(asked)[1] > 0
    assert len(quality.index("words", words=200).passages) < len(passages())
    cut = quality.index("vectors", words=200)
    assert cut.words is None
    assert cut.vectors.shape == (len(cut.passages), 5)


def test_how_sure_a_search_is_stands_beside_whether_it_is_right(by_letters):
    values = quality.abstention_cell("both", "terms")
    right = [values[f"right.{i}"] for i in range(len(questions()))]
    assert {*right} == {0.0, 1.0}
    none = quality.abstention_cell("both", "none")
    count = len(unanswered())
    assert len(none) == 2 * count + 1
    assert {none[f"right.{i}"] for i in range(count)} == {0.0}
    assert none["mean_sure"] == pytest.approx(sum(none[f"sure.{i}"] for i in range(count)) / count)


@pytest.mark.parametrize("by", ["words", "mlm", "both"])
def test_costs_are_those_of_the_index_and_of_a_question(by, by_letters, monkeypatch):
    monkeypatch.setattr(quality, "questions", lambda: questions()[:3])
    found = quality.cost_cell(by)
    sizes = {"words": 0.24, "mlm": 5 * 4 * len(passages()) / 1e6}
    wanted = sizes.get(by, sum(sizes.values()))
    assert found["index_mb"] == pytest.approx(wanted, rel=0.05)
    assert found["build_seconds"] >= 0
    assert found["question_ms"] >= 0


def test_questions_about_signs_are_ranked_apart(by_letters):
    values = quality.signs_cell("words", "ask")
    count = len(sign_questions())
    assert len(values) == 2 * count + 3
    number = next(i for i, one in enumerate(sign_questions()) if one.terms == ":=")
    assert values[f"sentence.{number}"] == 1
    assert values[f"sure.{number}"] > 0
    ranks = [values[f"sentence.{n}"] for n in range(count)]
    assert values["sentence_at5"] == pytest.approx(sum(0 < one <= 5 for one in ranks) / count)


def test_the_record_of_signs_is_summed_up_by_way_and_wording():
    cells = [
        {
            "parameters": {"by": by, "wording": wording},
            "values": {"sentence.0": rank, "sentence.1": 9.0, "sure.0": 1.0, "sentence_at1": 0.5},
        }
        for by, rank in (("words", 1.0), ("words_unsigned", 0.0))
        for wording in ("ask", "terms")
    ]
    summary = experiments.summarise_signs(cells)
    assert summary["words"]["ask"]["at1"]["value"] == 0.5
    assert summary["words_unsigned"]["terms"]["at5"]["value"] == 0
    assert summary["against"]["ask"] == {"one": 1, "other": 0, "chance": 1.0}


def test_words_find_more_of_the_signs_than_without_them():
    summary = load_result("search_signs")["summary"]
    for wording in ("ask", "terms"):
        split = summary["against"][wording]
        assert split["one"] > split["other"]
        assert split["chance"] < 0.01


def test_two_searches_are_compared_on_the_questions_that_only_one_gets_right():
    found = experiments.compared([True] * 8 + [False], [False] * 8 + [True])
    assert found == {"one": 8, "other": 1, "chance": pytest.approx(2 * 10 / 2**9)}
    assert experiments.compared([True], [True])["chance"] == 1


def test_what_the_record_says_of_words_is_what_they_find_now():
    record = load_result("search_quality")
    (cell,) = [
        cell for cell in record["cells"] if cell["parameters"] == {"by": "words", "wording": "ask"}
    ]
    again = quality.quality_cell("words", "ask")
    assert again == pytest.approx(cell["values"])


def test_meaning_beats_words_for_readers_and_words_win_for_who_knows_the_terms():
    summary = load_result("search_quality")["summary"]
    against = summary["against"]["vectors_words"]
    ahead = against["ask"]["sentence"]["at5"]
    assert ahead["one"] > ahead["other"]
    assert ahead["chance"] < 0.001
    behind = against["terms"]["sentence"]["at5"]
    assert behind["one"] < behind["other"]
    assert behind["chance"] < 0.01


def test_a_threshold_pays_on_questions_that_did_not_choose_it():
    summary = load_result("search_abstention")["summary"]
    for way in ("vectors", "both"):
        costs = summary[way]["cost"]
        assert costs["chosen"] < min(costs["always"], costs["never"])
        assert costs["best"] <= costs["chosen"]
        assert summary[way]["refused"]["value"] > 0.6


def test_lists_are_kept_as_text_and_read_again(by_letters):
    values = quality.lists_cell("vectors", "terms", first=3)
    assert len(values) == len(questions())
    found = quality.read_list(values["list.0"])
    assert len(found) == 3
    assert found == sorted(found, key=lambda pair: -pair[1])
    ranked = quality.ranked([questions()[0].terms], Index.load("vectors"))
    assert [number for number, _ in found] == ranked[0][:3]


def test_a_record_holds_a_list_for_each_question():
    for cell in load_result("search_lists")["cells"]:
        kept = [quality.read_list(text) for text in cell["values"].values()]
        assert len(kept) == len(questions())
        assert {len(one) for one in kept} == {20}
