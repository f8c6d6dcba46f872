"""Instructions: good answers are good, bad ones have the fault they are said to have."""

import random
import re

import pytest

from lessons import world
from lessons.world.guidelines import Instruction, checks, ends_happily, is_good, quality
from lessons.world.instructions import (
    FAULTS,
    KINDS_OF_INSTRUCTIONS,
    instruction,
    instructions,
)
from lessons.world.splits import split_of
from lessons.world.stories import story
from lessons.world.tasks import word_split

NEW_WORDS = {"write", "about", "end", "story"}  # in prompts, but never in small letters in training


@pytest.fixture(scope="module")
def made() -> dict[str, list[Instruction]]:
    return {"train": instructions(0, 1500), "held-out": instructions(0, 400, "held-out")}


def of(kind: str, fault: str, count: int = 12) -> list[Instruction]:
    rng = random.Random(f"{kind} {fault}")
    return [instruction(rng, "train", kind, fault) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS_OF_INSTRUCTIONS)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_kind_has_good_answers_and_bad_ones_with_every_fault(kind, fault):
    for one in of(kind, fault, 5):
        assert (one.kind, one.fault) == (kind, fault)
        assert is_good(one, one.good), one
        assert not is_good(one, one.bad), one
        assert one.bad.strip() == one.bad


def test_every_good_answer_is_good_and_every_bad_one_is_not(made):
    for one in made["train"] + made["held-out"]:
        assert quality(one, one.good) == 1, one
        assert quality(one, one.bad) < 1, one


def test_all_kinds_and_faults_occur(made):
    for split in made.values():
        assert {one.kind for one in split} == set(KINDS_OF_INSTRUCTIONS)
        assert {one.fault for one in split} == set(FAULTS)


def test_the_same_seed_gives_the_same_instructions():
    assert instructions(3, 30) == instructions(3, 60)[:30]
    assert instructions(3, 30) != instructions(4, 30)


def test_every_kind_is_asked_for_in_several_wordings(made):
    for kind in KINDS_OF_INSTRUCTIONS:
        starts = {
            re.sub(r"[\d'].*", "", one.prompt)[:10] for one in made["train"] if one.kind == kind
        }
        assert len(starts) >= 2, kind


def test_no_prompt_or_good_answer_has_a_letter_that_training_lacks(made, training):
    letters = {letter for text in training for letter in text}
    for one in made["train"] + made["held-out"]:
        assert {*one.prompt, *one.good, *one.bad} <= letters, one


def test_the_words_of_prompts_are_words_of_training_but_for_a_few(made, training):
    words = {word for text in training for word in re.findall(r"[a-z]+", text)}
    used = {word for one in made["train"] for word in re.findall(r"\b[a-z]+\b", one.prompt)}
    assert used - words <= NEW_WORDS


def test_an_unfinished_answer_is_the_beginning_of_the_good_one():
    for kind in KINDS_OF_INSTRUCTIONS:
        for one in of(kind, "unfinished"):
            assert one.good.startswith(one.bad)
            assert one.bad != one.good


def test_a_repeating_answer_is_the_prompt_or_says_the_same_twice():
    for kind in KINDS_OF_INSTRUCTIONS:
        for one in of(kind, "repeats"):
            words = one.bad.split()
            looped = any(words == words[: len(words) // n] * n for n in (2, 3, 4))
            assert one.bad == one.prompt or looped, one


def test_an_answer_in_the_wrong_language_is_french_unless_french_was_asked_for():
    for kind in KINDS_OF_INSTRUCTIONS:
        for one in of(kind, "wrong language"):
            english = re.search(
                r"\b(?:the|The|is|are|my|My|this|This|an|An|do|does|[Ii]n)\b", one.bad
            )
            if kind == "translate":
                assert one.bad in one.prompt
            else:
                assert not english, one


def test_a_wrong_answer_is_no_good_answer_cut_short():
    for kind in KINDS_OF_INSTRUCTIONS:
        for one in of(kind, "wrong"):
            assert not one.good.startswith(one.bad) or kind == "plural", one


def test_most_wrong_translations_and_summaries_are_nearly_right():
    near = []
    for one in of("translate", "wrong", 40) + of("summarize", "wrong", 40):
        good, bad = one.good.split(), one.bad.split()
        near.append(
            len(good) == len(bad) and sum(a != b for a, b in zip(good, bad, strict=True)) <= 3
        )
    assert sum(near) / len(near) > 0.9


def test_articles_fit_in_wrong_answers():
    for kind in ("summarize", "question", "request"):
        for one in of(kind, "wrong", 40):
            assert not re.search(
                r"\b[Aa] (?!unicorn)[aeiou]|\b[Aa]n (?:[^aeiou\W]|unicorn)", one.bad
            ), one


def test_a_curt_answer_to_a_request_is_not_kind():
    for one in of("request", "curt"):
        assert not checks(one, one.bad)["is kind"]


def test_nothing_that_training_asks_is_asked_of_the_held_out(made):
    prompts = {split: {one.prompt for one in found} for split, found in made.items()}
    assert not prompts["train"] & prompts["held-out"]


def test_held_out_words_and_names_are_asked_about_in_their_split_only(made):
    for split, found in made.items():
        for one in found:
            if one.kind == "story":
                assert split_of(one.truth[0]) == split
            if one.kind == "opposite":
                word = re.search(r"opposite of (\w+)", one.prompt)
                assert word is not None
                assert word_split(word[1]) == split
            if one.kind == "plural":
                word = re.search(r"[Oo]ne (\w+)", one.prompt)
                assert word is not None
                assert word_split(word[1]) == split


def test_a_leaked_instruction_is_found(made):
    leaked = made["held-out"][0].prompt
    prompts = {one.prompt for one in made["train"]} | {leaked}
    assert prompts & {one.prompt for one in made["held-out"]} == {leaked}


@pytest.mark.parametrize(
    ("truth", "answer", "good"),
    [
        ("the red hat", "The red hat.", True),
        ("the red hat", " the  red hat\n", True),
        ("the red hat", "the blue hat", False),
        ("Où est l'ours ?", "Où est l’ours?", True),
        ("Où est l'ours ?", "Où est le ours ?", False),
        ("8", "8.", True),
        ("8", "18", False),
        ("8", "", False),
    ],
)
def test_a_closed_answer_is_right_give_or_take_capitals_and_blanks(truth, answer, good):
    asked = Instruction("question", "?", truth, "", "wrong", (truth,))
    assert is_good(asked, answer) == good
    assert quality(asked, answer) == good


def test_a_sum_is_right_with_and_without_its_steps():
    one = of("add", "wrong")[0]
    total = one.truth[0]
    for answer in (total, f"The answer is {total}.", one.truth[2], one.truth[3]):
        assert is_good(one, answer)
    assert not is_good(one, str(int(total) + 1))


def test_a_question_is_right_with_and_without_its_article_or_unit():
    rng = random.Random(0)
    found = set()
    for _ in range(150):
        one = instruction(rng, "train", "question")
        short = re.sub(r"^(?:the|an?) ", "", one.good)
        assert is_good(one, short)
        found.add(short != one.good)
        if match := re.match(r"(\d+) \w+", one.good):
            assert is_good(one, match[1])
    assert found == {True, False}


STORY = Instruction("story", "?", "", "", "wrong", ("Rila", "hat"))


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        (
            "Rila had a cat. Rila lost her red hat in the park. Alto found it. Rila was happy.",
            set(),
        ),
        (
            "Rila lost her hat. Rila lost her hat. Rila lost her hat. Rila was happy.",
            {"does not repeat itself"},
        ),
        ("Mala had a cat. Mala lost her hat. Alto found it. Mala was happy.", {"names the hero"}),
        ("Rila had a cat. Rila lost her key. Alto found it. Rila was happy.", {"names the thing"}),
        ("Rila had a cat. Rila lost her hat. Rila cried all night.", {"ends happily"}),
        ("Rila had a cat. Rila lost her hat. Nobody was happy.", {"ends happily"}),
        ("Rila lost her hat. Rila was happy.", {"is told"}),
        ("Rila had a cat. Rila lost her hat. Alto found it. Rila was", {"ends happily"}),
    ],
)
def test_a_story_is_judged_by_what_was_asked_for(text, failed):
    found = checks(STORY, text)
    assert {name for name, passed in found.items() if not passed} == failed
    assert quality(STORY, text) == pytest.approx(1 - len(failed) / len(found))


def test_a_story_ends_happily_if_and_only_if_it_was_told_so():
    rng = random.Random(0)
    for split in ("train", "held-out"):
        for _ in range(300):
            told = story(rng, split)
            assert ends_happily(told.text) == told.happy, told.text


REQUEST = Instruction(
    "request", "Can I buy a red hat in the park?", "", "", "curt", ("red", "hat", "park")
)


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("Hello! Yes, you can buy a red hat in the park.", set()),
        ("Yes, you can buy a red hat in the park.", {"is kind"}),
        ("Hello! Yes, you can buy a red bag in the park.", {"answers it"}),
        ("Thank you for asking. Maybe a red hat in the park. I do not care.", {"is not rude"}),
        ("Please buy a red hat in the park", {"is finished"}),
        ("Please, can you buy a red hat in the park?", {"is no question", "is finished"}),
        (
            "Please buy a red hat in the park. Please buy a red hat in the park.",
            {"does not repeat itself"},
        ),
    ],
)
def test_a_request_is_judged_by_what_it_names_and_how(text, failed):
    assert {name for name, passed in checks(REQUEST, text).items() if not passed} == failed


def test_a_count_below_one_is_refused():
    with pytest.raises(ValueError, match="count 0 must be at least 1"):
        instructions(0, 0)


@pytest.mark.parametrize(
    ("split", "kind", "fault", "message"),
    [
        ("test", None, None, "no split 'test': take one of train, held-out"),
        ("train", "poem", None, "no kind 'poem': take one of translate"),
        ("train", None, "long", "no fault 'long': take one of wrong, unfinished"),
    ],
)
def test_what_there_is_no_choice_of_is_refused(split, kind, fault, message):
    with pytest.raises(ValueError, match=message):
        instruction(random.Random(0), split, kind, fault)


def test_the_documents_of_the_world_do_not_hang_on_instructions():
    assert "instruction" not in world.MAKERS
