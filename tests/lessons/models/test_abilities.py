"""What is measured: right answers count, wrong ones do not, and what is asked is really held out."""

import random
import re
from math import log

import pytest
import torch
from sacrebleu.metrics.bleu import BLEU
from transformers import AutoModelForCausalLM, AutoTokenizer

import lessons
from lessons.intervals import share
from lessons.models import abilities
from lessons.models.abilities import Solver
from lessons.world import sentences, stories, sums, tasks


@pytest.fixture(scope="module")
def solver():
    folder = lessons.checkpoint("base")
    model = AutoModelForCausalLM.from_pretrained(folder)
    return Solver(model, AutoTokenizer.from_pretrained(folder), batch=3)


class Scripted:
    """Stands in for a model: answers come from a function, and every prompt is kept."""

    def __init__(self, answer=lambda *_: ""):
        self.answer = answer
        self.prompts, self.endings = [], []

    def answers(self, prompts, room, banned=""):
        assert room > 0
        self.prompts += prompts
        return [self.answer(prompt, banned) for prompt in prompts]

    def log_probabilities(self, prompts, endings):
        self.prompts += prompts
        self.endings += endings
        return [0.0] * len(prompts)


PROMPTS = (
    "Translate English to French: 'The dog sees a cat.'\nFrench:",
    "Question: What is 3 + 4?\nAnswer:",
    "Once there was a girl named",
    "hot: cold, big:",
)


def test_answers_in_a_batch_are_those_of_one_prompt_at_a_time(solver):
    alone = []
    for prompt in PROMPTS:
        batch = solver.tokenizer(prompt, return_tensors="pt")
        ids = solver.model.generate(**batch, max_new_tokens=12, do_sample=False)
        text = solver.tokenizer.decode(ids[0, batch["input_ids"].shape[1] :])
        alone.append(re.split(r"\n|<\|endoftext\|>", text)[0].strip())
    assert solver.answers(PROMPTS, room=12) == alone


def test_an_answer_never_holds_the_banned_token(solver):
    prompt = "Question: What is 3 + 4 + 5?\nAnswer: Let's think step by step."
    assert "The answer is" in solver.answers([prompt], room=48)[0]
    assert "The answer" not in solver.answers([prompt], room=48, banned=" The")[0]


def test_an_ending_is_scored_as_token_by_token_and_padding_changes_nothing(solver):
    endings = (" Le chien voit un chat.", " 7", " Mia", " small")
    expected = []
    for prompt, ending in zip(PROMPTS, endings, strict=True):
        ids = solver.tokenizer(prompt + ending, return_tensors="pt")["input_ids"]
        start = len(solver.tokenizer(prompt)["input_ids"])
        with torch.no_grad():
            logs = solver.model(ids).logits[0].log_softmax(-1)
        expected.append(sum(logs[i - 1, ids[0, i]].item() for i in range(start, ids.shape[1])))
    assert solver.log_probabilities(PROMPTS, endings) == pytest.approx(expected, abs=1e-3)


def test_bleu_over_counts_is_that_of_the_whole_corpus():
    rng = random.Random(0)
    pairs = [sentences.sentence(rng, "train").french for _ in range(80)]
    answers = [text if i % 3 else text.replace(" la ", " le ") for i, text in enumerate(pairs)]
    answers[5] = "Oui."
    ours = abilities.bleu(answers, pairs)
    assert ours.value == pytest.approx(BLEU().corpus_score(answers, [pairs]).score, abs=1e-9)
    assert ours.low < ours.value < ours.high


def spied(monkeypatch, module, name):
    """Keep what a generator makes, so that a test can answer as it should be answered."""
    made, original = [], getattr(module, name)

    def spy(*arguments):
        assert "held-out" in arguments
        made.append(original(*arguments))
        return made[-1]

    monkeypatch.setattr(module, name, spy)
    return made


def test_translations_count_if_they_are_exact(monkeypatch):
    made = spied(monkeypatch, sentences, "sentence")

    def answer(prompt, banned):
        (pair,) = (p for p in made if sentences.translation_prompt(p.english) == prompt)
        return pair.french if len(pair.french) % 2 else pair.english

    scores = abilities.translation(Scripted(answer), 40, seed=0)
    odd = sum(len(pair.french) % 2 for pair in made) / 40
    assert scores["translation_exact"].value == odd
    assert scores["translation_bleu_baseline"].value < scores["translation_bleu"].value < 100


@pytest.mark.parametrize(("right", "expected"), [(True, 1.0), (False, 0.0)])
def test_answers_on_stories_count_if_they_are_exact(monkeypatch, right, expected):
    made = spied(monkeypatch, stories, "story")

    def answer(prompt, banned):
        for story in made:
            for question, true in story.questions:
                if stories.question_prompt(story.text, question) == prompt:
                    return true if right else f"not {true}"
        raise AssertionError(prompt)

    scores = abilities.questions(Scripted(answer), 40, seed=0)
    assert scores["question_exact"].value == expected
    assert 0 < scores["question_exact_baseline"].value < 0.5


@pytest.mark.parametrize(("right", "expected"), [(True, 1.0), (False, 0.0)])
def test_summaries_are_compared_with_the_storys(monkeypatch, right, expected):
    made = spied(monkeypatch, stories, "story")

    def answer(prompt, banned):
        (story,) = (s for s in made if stories.summary_prompt(s.text) == prompt)
        return story.summary if right else "xyzzy"

    scores = abilities.summaries(Scripted(answer), 40, seed=0)
    assert scores["summary_rouge_l"].value == scores["summary_exact"].value == expected
    assert 0 < scores["summary_rouge_l_baseline"].value < 0.5


@pytest.mark.parametrize("count", [2, 3, 6])
def test_sums_are_held_out_and_asked_in_three_ways(count):
    def answer(prompt, banned):
        numbers = [int(number) for number in re.findall(r"\d+", prompt)]
        assert sums.sum_split(numbers) == "held-out"
        if sums.STEP_BY_STEP in prompt:
            return sums.written_steps(numbers)
        if banned:
            assert banned == " " + sums.STEP_BY_STEP
            return str(sum(numbers) + 1)
        return f"{sums.STEP_BY_STEP} {sums.written_steps(numbers)}"

    scores = abilities.arithmetic(Scripted(answer), 30, 0, count)
    assert {name: score.value for name, score in scores.items()} == {
        f"sum{count}_direct": 0.0,
        f"sum{count}_steps": 1.0,
        f"sum{count}_free": 1.0,
        f"sum{count}_spontaneous": 1.0,
    }


def test_sums_of_the_same_numbers_in_another_order_are_one():
    asked = Scripted()
    scores = abilities.arithmetic(asked, 200, 0, 2)
    prompts = set(asked.prompts)
    sets = {tuple(sorted(map(int, re.findall(r"\d+", p.split("?")[0])))) for p in prompts}
    assert {score.groups for score in scores.values()} == {len(sets)}
    assert len(sets) < len({p.split("?")[0] for p in prompts}), "some are asked in both orders"


def test_an_answer_without_a_number_is_wrong():
    scores = abilities.arithmetic(Scripted(), 10, 0, 3)
    assert {score.value for score in scores.values()} == {0.0}


@pytest.mark.parametrize("name", tasks.LABELLED)
@pytest.mark.parametrize("shots", [0, 1, 2, 4, 8])
def test_an_episode_shows_each_label_as_often_and_asks_about_something_else(name, shots):
    labels = ("king", "apple")
    for seed in range(30):
        shown, asked = (
            tasks.LABELLED[name](random.Random(seed), split, labels)
            for split in ("train", "held-out")
        )
        examples, query = abilities.episode(random.Random(seed), shown, asked, shots)
        counts = sorted(sum(label == answer for _, answer in examples) for label in labels)
        assert counts == [shots // 2, shots - shots // 2]
        assert len({question for question, _ in examples}) == shots
        assert query not in examples
        assert query[1] in labels


@pytest.mark.parametrize("name", ["sentiment", "category"])
def test_few_shot_asks_about_held_out_words_with_new_labels(name):
    scripted = Scripted()
    abilities.few_shot(scripted, 60, 0, name, 4)
    new = {label for pair in tasks.NEW_LABELS for label in pair}
    for prompt in scripted.prompts:
        *shown, asked = re.findall(r"Input: (.*)\nOutput:", prompt)
        assert tasks.word_split(asked) == "held-out"
        assert {tasks.word_split(word) for word in shown} == {"train"}
        assert len(shown) == 4
    assert {ending.strip() for ending in scripted.endings} <= new
    assert new.isdisjoint(tasks.LABELS)


@pytest.mark.parametrize(("sign", "expected"), [(1, 1.0), (-1, 0.0), (0, 0.0)])
def test_few_shot_counts_if_the_true_label_is_the_likelier(monkeypatch, sign, expected):
    """True endings are scored first; a tie is no answer."""
    scripted = Scripted()
    calls = []

    def scores(prompts, endings):
        calls.append(endings)
        return [sign * (1.0 if len(calls) == 1 else log(0.5))] * len(prompts)

    monkeypatch.setattr(scripted, "log_probabilities", scores)
    found = abilities.few_shot(scripted, 20, 0, "category", 4)
    assert found["few_shot_category_4"].value == expected
    assert all(one != other for one, other in zip(*calls, strict=True))


@pytest.mark.parametrize("kind", ["train", "new"])
def test_formats_are_the_known_or_the_never_trained(kind):
    scripted = Scripted()
    scores = abilities.formats(scripted, 80, 0, kind, 2)
    new = [form.middle.strip() for form in tasks.new_formats()]
    arrows = sum(any(f" {middle}" in p for middle in new if middle in ("=>", "==>", ">>", "<-"))
                 for p in scripted.prompts)  # fmt: skip
    assert (arrows > 10) == (kind == "new")
    alone = [score.n for name, score in scores.items() if name.startswith("format_new_2 ")]
    assert sum(alone) == (80 if kind == "new" else 0)
    assert scores[f"format_{kind}_2"].value == 0.0
    assert all(prompt == prompt.rstrip() for prompt in scripted.prompts)


def test_a_cell_names_each_part_of_each_score(monkeypatch):
    monkeypatch.setitem(
        abilities.ABILITIES, "fixed", lambda _solver, n, _seed: {"thing": share([True] * n)}
    )
    assert abilities.measure("fixed", 4, 0) == {
        "thing.value": 1.0,
        "thing.low": pytest.approx(0.51, abs=0.001),
        "thing.high": pytest.approx(1.0),
        "thing.n": 4,
        "thing.groups": 4,
    }
