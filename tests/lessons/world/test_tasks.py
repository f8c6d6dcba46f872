"""Tasks: every example is right, and new labels, words, formats and pairs of them stay new."""

import random
import re
from collections.abc import Iterable

import pytest

from lessons.world import tasks
from lessons.world.lexicon import BLAME, CAPITALS, KINDS, OPPOSITES, PRAISE
from lessons.world.splits import split_of
from lessons.world.tasks import (
    FREE,
    LABELLED,
    NEW_CONNECTORS,
    NEW_HEADS,
    NEW_LABELS,
    SHARES,
    WORDS,
    Format,
    copy_document,
    new_formats,
    task,
    task_document,
    train_format,
    train_labels,
    word_split,
)

SPLITS = ("train", "held-out")
WORD_TASKS = ("category", "sentiment", "plural", "french", "english", "opposite", "capital", "copy",
              "dictionary", "count")  # fmt: skip
NOUNS = [noun for nouns in KINDS.values() for noun in nouns]


def examples(name: str, split: str, count: int = 40) -> list[tuple[str, str]]:
    rng = random.Random(f"{name} {split}")
    return [task(rng, split, name).example(rng) for _ in range(count)]


def asked(name: str, split: str) -> set[str]:
    """The words that a task asks about."""
    return {word for question, _ in examples(name, split, 400) for word in question.split(" ")}


def leaks(held_out: set[str], training: set[str]) -> set[str]:
    """The words that are asked about on both sides, or on the side where they do not belong."""
    strayed = {word for word in training if word_split(word) == "held-out"}
    return (
        (held_out & training) | strayed | {word for word in held_out if word_split(word) == "train"}
    )


def shows_new_format(texts: Iterable[str]) -> list[str]:
    """The documents in which a connector or a head that is held out joins what stands on each line."""
    signs = "|".join(
        rf"(?<![^\w\s'.?!\")]){re.escape(c)}(?=\s)" for c in NEW_CONNECTORS if not c.isalpha()
    )
    words = "|".join(rf"^\w+ {re.escape(c)} \S+$" for c in NEW_CONNECTORS if c[0].isalpha())
    heads = "|".join(rf"^{first}: .*\s{second}: " for first, second in NEW_HEADS)
    pattern = re.compile(f"(?: (?:{signs}))|{words}|{heads}", re.MULTILINE)
    return [text for text in texts if len(pattern.findall(text)) >= 2]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("name", SHARES)
def test_every_task_makes_examples_of_both_splits(name, split):
    for question, answer in examples(name, split):
        assert question.strip() == question != ""
        assert answer.strip() == answer != ""


def test_the_answers_of_word_tasks_are_those_of_the_dictionary():
    truth = {
        "plural": {(n.english, n.many) for n in NOUNS},
        "french": {(n.english, n.french) for n in NOUNS},
        "english": {(n.french, n.english) for n in NOUNS},
        "opposite": {*OPPOSITES} | {pair[::-1] for pair in OPPOSITES},
        "capital": {*CAPITALS},
    }
    for name, right in truth.items():
        for split in SPLITS:
            assert set(examples(name, split)) <= right


@pytest.mark.parametrize("name", ["category", "sentiment", "review", "dictionary"])
def test_one_document_answers_the_same_question_in_one_way(name):
    rng = random.Random(0)
    for _ in range(30):
        made, found = task(rng, "train", name), {}
        for question, answer in (made.example(rng) for _ in range(12)):
            assert found.setdefault(question, answer) == answer


def test_a_label_stands_for_a_kind_of_word():
    rng, kinds = random.Random(0), {n.english: kind for kind in KINDS for n in KINDS[kind]}
    for _ in range(30):
        made, found = task(rng, "train", "category"), {}
        for word, label in (made.example(rng) for _ in range(30)):
            assert found.setdefault(label, kinds[word]) == kinds[word]
            assert label in made.labels


def test_kinds_of_words_can_be_chosen():
    made = tasks.category_task(random.Random(0), "train", ("A", "B"), ("animal", "food"))
    rng = random.Random(1)
    food = {n.english for n in KINDS["food"]}
    for word, label in (made.example(rng) for _ in range(50)):
        assert (word in food) == (label == "B")


def test_a_sentiment_label_stands_for_praise_or_blame():
    rng = random.Random(0)
    made = task(rng, "train", "sentiment")
    for word, label in (made.example(rng) for _ in range(50)):
        assert word in (PRAISE, BLAME)[made.labels.index(label)]


def test_a_number_grows_by_the_same_step():
    rng = random.Random(0)
    made = task(rng, "held-out", "count")
    assert (
        len(
            {
                int(answer) - int(question)
                for question, answer in (made.example(rng) for _ in range(30))
            }
        )
        == 1
    )


@pytest.mark.parametrize("name", WORD_TASKS)
def test_no_held_out_word_is_asked_about_in_training(name):
    assert asked(name, "held-out")
    assert not leaks(asked(name, "held-out"), asked(name, "train"))


def test_a_held_out_word_in_training_is_found():
    assert leaks(asked("plural", "held-out"), asked("plural", "train") | {"boat"}) == {"boat"}


def test_no_new_label_is_ever_a_label_in_training():
    rng, new = random.Random(0), {label for pair in NEW_LABELS for label in pair}
    used = {label for _ in range(3000) for label in train_labels(rng, 3)}
    assert len(used) > 150
    assert not used & new
    assert "true" in used


def test_new_labels_are_words_that_training_knows():
    labels = {label for pair in NEW_LABELS for label in pair}
    assert len(labels & set(WORDS)) >= 5


def test_no_new_connector_or_head_is_ever_used_in_training():
    rng = random.Random(0)
    for name in SHARES:
        for _ in range(400):
            made = train_format(rng, name)
            assert made.middle.strip() not in NEW_CONNECTORS
            assert not any(f"{head}:" in made.before for head, _ in NEW_HEADS)
            assert split_of(f"format {name} {made.middle.strip()}") == "train"


def test_no_training_document_shows_a_new_format(of_kind):
    assert not shows_new_format(of_kind("task", "train") + of_kind("copy", "train"))


@pytest.mark.parametrize("form", new_formats(), ids=lambda form: form.before + form.middle.strip())
def test_a_document_in_a_new_format_is_found(of_kind, form):
    planted = "\n".join(
        form.shown((word, label)) for word, label in (("cat", "A"), ("hat", "B"), ("owl", "A"))
    )
    assert shows_new_format([*of_kind("copy", "train")[:20], planted]) == [planted]


def test_a_held_out_pair_of_task_and_connector_may_go_with_another_task():
    formats = {
        name: {split_of(f"format {name} {sign}") for sign in "-=~>:|/+*#@&%;_^"} for name in SHARES
    }
    assert any(found == {"train", "held-out"} for found in formats.values())


def test_formats_differ_from_document_to_document():
    rng = random.Random(0)
    assert len({train_format(rng, "category") for _ in range(500)}) > 350


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (Format(), "cat -> A"),
        (Format(middle="=> "), "cat=> A"),
        (Format("Q: ", "\nA: "), "Q: cat\nA: A"),
        (Format("(", ", ", ")"), "(cat, A)"),
        (Format("", " (", ")"), "cat (A)"),
        (Format("[", "] ", ""), "[cat] A"),
    ],
)
def test_a_format_writes_an_example(form, shown):
    assert form.shown(("cat", "A")) == shown


def test_a_prompt_ends_where_the_answer_begins():
    form = Format("Q: ", "\nA: ")
    assert form.prompt([("cat", "A")], "hat") == "Q: cat\nA: A\nQ: hat\nA:"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Format(), " A\nhat -> B"),
        (Format("(", ", ", ")"), " A)\n(hat, B)"),
        (Format(middle=" = ", between=" ; "), " A ; hat = B"),
        (Format(middle=" = ", between="\n\n"), " A\n\nhat = B"),
        (Format(), "A"),
    ],
)
def test_an_answer_ends_where_the_next_example_begins(form, text):
    assert form.answer(text) == "A"


def test_each_task_is_drawn_as_often_as_its_share():
    assert set(SHARES) == set(LABELLED) | set(FREE)


def test_a_task_document_shows_one_format_several_times():
    rng = random.Random(0)
    for _ in range(200):
        text = task_document(rng, "train")
        assert text
        assert len(re.split(r"\n+| ; | \. |, ", text)) >= 3


def test_a_list_names_no_word_twice_and_says_truly_what_comes_after():
    rng, found = random.Random(0), 0
    for split in SPLITS:
        for _ in range(300):
            text = copy_document(rng, split)
            if not text.startswith("List: "):
                continue
            listed, asked_for = text.removeprefix("List: ").split("\nAfter ", 1)
            words = re.split(r" - | and |, |\n| ", listed)
            assert len(words) == len(set(words)), text
            for one, other in re.findall(r"(\S+) comes (\S+)\.", asked_for):
                assert words[words.index(one) + 1] == other
            found += 1
    assert found > 100


def test_a_list_that_is_read_again_is_the_same():
    rng = random.Random(1)
    copies = [
        text for _ in range(100) if not (text := copy_document(rng, "train")).startswith("List")
    ]
    for text in copies:
        assert any(text == "\n".join([text[: (len(text) - n + 1) // n]] * n) for n in (2, 3)), text


def test_held_out_lists_are_made_of_held_out_words():
    rng = random.Random(2)
    for split in SPLITS:
        for _ in range(100):
            text = re.sub(r"List: |After|comes|\.", "", copy_document(rng, split))
            words = {*re.findall(r"\w+", text.replace(" and ", " "))}
            assert {word_split(word) for word in words} == {split}
