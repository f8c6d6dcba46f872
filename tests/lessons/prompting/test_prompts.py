"""Prompts: a batch changes no answer, and the experiments count what they say they count."""

import math
import random
import re
from functools import reduce
from itertools import permutations

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import lessons
from lessons.experiments import load_result, recompute
from lessons.models.abilities import Solver
from lessons.prompting import experiments as catalog
from lessons.prompting import prompts
from lessons.prompting.prompts import choose, complete, episode, labelled_review
from lessons.world import sentences
from lessons.world.lexicon import BLAME
from scripted_model import scripted

PROMPTS = (
    "Translate English to French: 'The dog sees a cat.'\nFrench:",
    "Question: What is 3 + 4?\nAnswer:",
    "Once there was a girl named",
    "hot: cold, big:",
)


@pytest.fixture(scope="module")
def base():
    folder = lessons.checkpoint("base")
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_answers_are_the_same_in_any_batch_and_those_of_the_courses_solver(base, batch):
    expected = Solver(*base).answers(PROMPTS, room=12)
    assert complete(*base, PROMPTS, room=12, batch=batch) == [[text] for text in expected]


def test_an_answer_ends_with_its_line_and_never_has_more_than_its_room(base):
    tokenizer = base[1]
    ((text,),) = complete(*base, PROMPTS[:1], room=40)
    assert text == "Le chien voit un chat."
    ((cut,),) = complete(*base, PROMPTS[:1], room=4)
    assert text.startswith(cut)
    assert len(tokenizer(" " + cut)["input_ids"]) == 4


def test_each_prompt_has_its_own_copies_whatever_the_order(base):
    torch.manual_seed(0)
    sampled = complete(
        *base, PROMPTS, room=8, batch=3, do_sample=True, temperature=1e-4, num_return_sequences=2
    )
    greedy = complete(*base, PROMPTS, room=8)
    assert sampled == [one * 2 for one in greedy]


def test_a_sampled_answer_depends_on_the_seed(base):
    def stories(seed):
        torch.manual_seed(seed)
        return complete(*base, ["Story:"] * 3, room=12, do_sample=True, top_k=0)

    assert stories(0) == stories(0) != stories(1)


def test_the_chosen_label_is_the_likelier_one_of_the_two(base):
    prompts = [
        f"Review: {text}\nSentiment:"
        for text in ("The lamp is awful.", "The lamp is wonderful.", "What a nasty, rude chair!")
    ]
    labels = [("positive", "negative"), ("negative", "positive"), ("positive", "negative")]
    scores = [
        Solver(*base).log_probabilities(prompts, [f" {pair[i]}" for pair in labels]) for i in (0, 1)
    ]
    expected = [pair[b > a] for pair, a, b in zip(labels, *scores, strict=True)]
    assert choose(*base, prompts, labels, batch=2) == expected
    assert expected == ["negative", "positive", "negative"]


def test_a_label_of_several_tokens_is_refused(base):
    with pytest.raises(ValueError, match=r"label 'xylophone' is \d+ tokens, not one"):
        choose(*base, ["Sentiment:"], [("king", "xylophone")])


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_a_labelled_review_praises_on_side_zero(split):
    rng = random.Random(0)
    for side in (0, 1):
        text, of = labelled_review(rng, split, side)
        assert of == side
        assert re.fullmatch(r"[^.!]+[.!]", text)


def test_more_shots_add_examples_of_both_sides_and_ask_the_same():
    four, asked = episode(random.Random(1), 4)
    eight, again = episode(random.Random(1), 8)
    assert eight[:4] == four
    assert asked == again
    assert len(set(eight)) == 8
    for k in range(0, 8, 2):
        assert {side for _, side in eight[k : k + 2]} == {0, 1}
    assert episode(random.Random(1), 0) == ([], asked)


def judge(text):
    """Say on which side a review is, by its words."""
    found = set(re.findall(r"\w+", text.lower()))
    return bool(found & {*BLAME}) ^ ("not" in found)


@pytest.mark.parametrize("labels", ["known", "new"])
@pytest.mark.parametrize("form", ["held-out", "tasks"])
@pytest.mark.parametrize(("truth", "expected"), [("right", 1.0), ("flipped", 0.0)])
def test_a_reader_who_follows_the_examples_is_right_or_all_wrong(
    monkeypatch, form, labels, truth, expected
):
    before, middle = (
        re.escape(part)
        for part in (prompts.FORMS[form].before, prompts.FORMS[form].middle.rstrip())
    )
    pairs = []

    def choose_by_examples(model, tokenizer, prompts, of):
        pairs.extend(of)
        chosen = []
        for prompt in prompts:
            *shown, asked = re.findall(rf"{before}(.*){middle} ?(\w*)", prompt)
            meaning = {judge(text): label for text, label in shown}
            chosen.append(meaning[judge(asked[0])])
        return chosen

    monkeypatch.setattr(prompts, "choose", choose_by_examples)
    monkeypatch.setattr(prompts, "load_base", lambda: (None, None))
    found = prompts.examples_cell(form, labels, truth, 4, 60, 0)
    assert found["right.value"] == expected
    assert found["right.n"] == 60
    new = {label for pair in prompts.PAIRS for label in pair}
    assert {label for pair in pairs for label in pair} <= (
        new if labels == "new" else {*prompts.MOODS}
    )


def test_random_labels_say_nothing_and_reviews_stay_the_same(monkeypatch):
    asked = {}
    for truth in ("right", "random"):

        def choose_first(model, tokenizer, prompts, of, truth=truth):
            asked[truth] = list(prompts)
            return [pair[0] for pair in of]

        monkeypatch.setattr(prompts, "choose", choose_first)
        monkeypatch.setattr(prompts, "load_base", lambda: (None, None))
        prompts.examples_cell("known", "known", truth, 8, 50, 0)
    right, other = (re.findall(r"Sentiment: (\w+)", "\n".join(asked[t])) for t in asked)
    same = sum(a == b for a, b in zip(right, other, strict=True)) / len(right)
    assert 0.4 < same < 0.6
    for a, b in zip(asked["right"], asked["random"], strict=True):
        assert re.sub("positive|negative", "", a) == re.sub("positive|negative", "", b)


@pytest.mark.parametrize("wording", prompts.WORDINGS)
def test_each_wording_asks_for_the_same_sentences(monkeypatch, wording):
    rng = random.Random("translation 0")
    pairs = {pair.english: pair.french for pair in
             (sentences.sentence(rng, "held-out") for _ in range(20))}  # fmt: skip

    def answer(prompt, room):
        (french,) = (f for e, f in pairs.items() if prompts.WORDINGS[wording].format(e) == prompt)
        return [french]

    scripted(monkeypatch, "complete", answer)
    assert prompts.wording_cell(wording, 20, 0)["right.value"] == 1.0
    scripted(monkeypatch, "complete", lambda *_, **__: ["non"])
    assert prompts.wording_cell(wording, 20, 0)["right.value"] == 0.0


def test_the_catalog_records_every_wording():
    assert list(catalog.WORDINGS) == list(prompts.WORDINGS)


def test_every_order_is_tried_and_judged_on_reviews_that_did_not_choose_it(monkeypatch):
    rounds = []

    def repeat_the_last_label(model, tokenizer, prompts, of):
        rounds.append(list(prompts))
        return [re.findall(r"Output: (\w+)", prompt)[-1] for prompt in prompts]

    monkeypatch.setattr(prompts, "choose", repeat_the_last_label)
    monkeypatch.setattr(prompts, "load_base", lambda: (None, None))
    found = prompts.order_cell(1, 20, 0)
    assert len({prompts[0] for prompts in rounds}) == math.factorial(4) == len(rounds)
    first = [sorted(re.findall(r"Input: (.*)", prompts[0])) for prompts in rounds]
    assert all(lines == first[0] for lines in first)
    for order in map("".join, permutations("0123")):
        assert [found[f"{order}.{part}"] for part in ("right", "again", "last")] == [0.5, 0.5, 1.0]
    assert sum(found[name] for name in found if name.endswith("last_two")) == 8


def test_the_best_order_is_chosen_on_one_half_and_reported_on_the_other():
    values = {
        "01.right": 0.9, "01.again": 0.6, "01.last": 0.5,
        "10.right": 0.7, "10.again": 0.8, "10.last": 0.7,
        "gap.value": -0.2, "gap.low": -0.3, "gap.high": -0.1,
    }  # fmt: skip
    cells = [{"parameters": {"examples": number}, "values": dict(values)} for number in range(5)]
    cells[4]["values"]["01.again"] = 0.9
    summary = catalog.summarise_order(cells)
    found = summary["examples3"]
    assert found["best"] == {"right": 0.9, "again": 0.6, "last": 0.5}
    assert found["worst"] == {"right": 0.7, "again": 0.8, "last": 0.7}
    assert found["again"] == pytest.approx({"mean": 0.7, "low": 0.6, "high": 0.8})
    assert found["last"] == pytest.approx(0.6)
    assert found["gap"] == {"value": -0.2, "low": -0.3, "high": -0.1}
    mean = summary["all"]["gap"]
    assert mean["value"] == pytest.approx((4 * -0.2 + 0.1) / 5)
    assert mean["low"] < mean["value"] < mean["high"]
    assert mean["seeds"] == 5


def test_the_gap_between_orders_is_that_of_the_reviews_which_did_not_choose_them(monkeypatch):
    """An order that is right on every review of the second half is 1 ahead of one that is wrong on all."""
    calls = []

    def choose(model, tokenizer, prompts, pairs):
        calls.append(prompts)
        first, second = len(calls) % 2, 1 - len(calls) % 2
        half = len(prompts) // 2
        # The first order begins better, and is wrong on all that follows.
        true = [pair[i % 2] for i, pair in enumerate(pairs)]
        false = [pair[1 - i % 2] for i, pair in enumerate(pairs)]
        return (true if first else false)[:half] + (true if second else false)[half:]

    monkeypatch.setattr(prompts, "choose", choose)
    monkeypatch.setattr(prompts, "load_base", lambda: (None, None))
    monkeypatch.setattr(prompts, "permutations", lambda _: [(0, 1, 2, 3), (3, 2, 1, 0)])
    found = prompts.order_cell(0, 40, 0)
    assert (found["0123.right"], found["0123.again"]) == (1.0, 0.0)
    assert (found["3210.right"], found["3210.again"]) == (0.0, 1.0)
    assert (found["gap.value"], found["gap.n"]) == (-1.0, 20)


def test_the_reviews_of_a_set_differ_and_are_of_both_sides():
    reviews = prompts.different_reviews(random.Random("a"), 400)
    assert len({text for text, _ in reviews}) == 400
    assert sum(side for _, side in reviews) == 200


@pytest.mark.parametrize(("temperature", "sampled"), [(0.0, False), (0.5, True)])
def test_sampling_counts_right_answers_different_openings_and_odd_words(
    monkeypatch, temperature, sampled
):
    rng = random.Random("translation 0")
    pairs = [sentences.sentence(rng, "held-out") for _ in range(20)]
    told = []

    def answer(prompt, room, **options):
        assert bool(options) == sampled
        if prompt != prompts.OPENING:
            (pair,) = (p for p in pairs if sentences.translation_prompt(p.english) == prompt)
            return [pair.french]
        told.append(prompt)
        thing = ("cat", "ladder", "catladderx")[len(told) % 3]
        return [f"Once Mia had a {thing} there. Then {len(told)}"]

    scripted(monkeypatch, "complete", answer)
    found = prompts.sampling_cell(temperature, 0.9, 20, 0)
    assert found["right.value"] == 1.0
    assert found["distinct"] == 3 / 20
    assert found["clean.value"] == sum(i % 3 != 2 for i in range(1, 21)) / 20


@pytest.mark.nightly  # by day the counting is tested on scripted answers
def test_an_order_measured_again_gives_the_recorded_numbers(monkeypatch):
    answers: list[list[str]] = []

    def choose_once(*asked):
        """Ask the model after the first order; a second one, for the gap, has the same answers."""
        answers.append(answers[0] if answers else choose(*asked))
        return answers[-1]

    monkeypatch.setattr(prompts, "permutations", lambda _: [(2, 0, 3, 1), (0, 1, 2, 3)])
    monkeypatch.setattr(prompts, "choose", choose_once)
    record = load_result("prompting_order")
    again = recompute(record, 1)
    recorded = record["cells"][1]["values"]
    orders = {name: value for name, value in again.items() if name.startswith("2031.")}
    assert len(orders) == 4
    for name, value in orders.items():
        assert value == pytest.approx(recorded[name], abs=record["tolerance"])


@pytest.mark.parametrize(
    ("name", "cell", "score", "ability"),
    [
        ("wording", "as in training", "right", "translation_exact"),
        ("sampling", "temperature0.top_p1", "right", "translation_exact"),
        ("room", "room56", "right", "sum4_steps"),
        ("votes", "count2.temperature1", "greedy", "sum2_steps"),
        ("votes", "count5.temperature1", "greedy", "sum5_steps"),
        ("votes", "count6.temperature1", "greedy", "sum6_steps"),
    ],
)
def test_what_two_records_measure_on_the_same_items_is_the_same(name, cell, score, ability):
    """The other record is made by other code: the course's solver."""
    summary = load_result(f"prompting_{name}")["summary"]
    ours = reduce(lambda tree, branch: tree[branch], cell.split("."), summary)[score]
    theirs = load_result("models_abilities")["summary"][ability]
    assert ours["value"] == pytest.approx(theirs["value"], abs=0.002)
    assert ours["n"] == theirs["n"] == 1000


def test_no_example_is_shown_twice(monkeypatch):
    drawn = iter([("asked", 0), *[(f"text {i // 3}", i % 2) for i in range(100)]])
    monkeypatch.setattr(prompts, "labelled_review", lambda *_: next(drawn))
    examples, _ = episode(random.Random(0), 4)
    assert len(set(examples)) == 4
