"""What is recorded for the lab on evaluation: a test that leaks, and who chooses which answer."""

import pytest

from lessons.evaluation import bet, bet_sums
from lessons.evaluation.experiments import summarise_bets
from lessons.experiments import load_result
from lessons.models.abilities import Solver
from lessons.reward_modeling.preferences import Comparison, requests
from lessons.world.sums import sum_prompt, sum_split

ASKED = requests(0, 4)


def test_a_sum_is_asked_in_three_orders():
    assert bet_sums.orders((7, 15, 10)) == [(7, 15, 10), (10, 15, 7), (15, 10, 7)]


def test_the_test_has_held_out_sums_none_of_which_is_another_in_a_new_order():
    drawn = bet_sums.sums_asked()
    assert len({tuple(sorted(terms)) for terms in drawn}) == len(drawn) == bet_sums.GROUPS
    assert {sum_split(terms) for terms in drawn} == {"held-out"}


def test_every_second_sum_leaks_in_one_order_and_as_often_as_it_says():
    texts, test = bet_sums.training_texts(), bet_sums.sums_asked()
    assert len(texts) == bet_sums.TEXTS
    times = [texts.count(f"{sum_prompt(terms)} {sum(terms)}") for terms in test]
    assert set(times[::2]) == {bet_sums.COPIES}
    assert set(times[1::2]) == {0}


def test_old_answers_come_from_before_the_training_and_new_ones_from_after(monkeypatch):
    trained = []
    monkeypatch.setattr(bet, "train_further", lambda *parts: trained.extend(parts[2]))
    monkeypatch.setattr(bet, "answered_at_once", lambda _, asked: [bool(trained)] * len(asked))
    found = bet.bet_on_sums(groups=2, leaked=1, count=40)
    assert found == {
        f"{name}.{i}": float(name == "new") for name in ("old", "new") for i in range(6)
    }
    assert len(trained) == 40


class First:
    """A judge that is always for the answer it reads first."""

    def margins(self, pairs):
        return [1.0] * len(pairs)


def test_a_vote_is_for_the_new_answer_wherever_it_was_read():
    pairs = [Comparison(one, (" No.", " Yes.")) for one in ASKED]
    found = bet.votes(First(), pairs)
    assert [found[f"last.{i}"] for i in range(4)] == [0.0] * 4  # the new one was read last
    assert [found[f"first.{i}"] for i in range(4)] == [1.0] * 4
    assert {name.partition(".")[0] for name in found} == {"last", "first", "one", "two"}
    assert set(found.values()) <= {0.0, 1.0}


def test_pairs_of_equal_answers_are_left_out(monkeypatch):
    class Writer(Solver):
        def answers(self, prompts, *_):
            return ["Yes." if i else "No." for i, _ in enumerate(prompts)]

    monkeypatch.setattr(bet, "talker", lambda: None)
    monkeypatch.setattr(bet, "load", lambda _: Writer(None, None))
    monkeypatch.setattr(bet, "compare", lambda *_: [])
    monkeypatch.setattr(bet, "train_judge", lambda *_: First())
    monkeypatch.setattr(bet, "write", lambda _, asked, __: [" Yes.<|endoftext|>"] * len(asked))
    assert len(bet.bet_on_requests(learned=2, asked=3)) == 4 * 1


@pytest.mark.parametrize("about", ["sums", "requests"])
def test_a_cell_is_about_one_of_the_two(monkeypatch, about):
    for name in ("sums", "requests"):
        monkeypatch.setattr(bet, f"bet_on_{name}", lambda name=name: {name: 1.0})
    assert bet.bet_cell(about) == {about: 1.0}


def test_the_summary_has_the_share_of_each_column():
    record = load_result("evaluation_bet")
    found = summarise_bets(record["cells"])
    assert found == record["summary"]
    values = record["cells"][0]["values"]
    new = [value for name, value in values.items() if name.startswith("new.")]
    assert found["sums"]["new"] == pytest.approx(sum(new) / len(new))


def test_what_is_recorded_is_what_the_lab_says():
    found = load_result("evaluation_bet")["summary"]
    assert found["sums"]["new"] > found["sums"]["old"]
    assert found["requests"]["last"] < found["requests"]["one"] < found["requests"]["first"]
