"""Stories: what is told, asked and summed up fits together, and what is held out is new."""

import random
import re
from collections.abc import Iterable

import pytest

from lessons.world import stories
from lessons.world.lexicon import ANIMALS, COLORS, FOODS, PLACES, THINGS
from lessons.world.names import BOYS, GIRLS, MIDDLES, STARTS, is_girl, name
from lessons.world.splits import split_of
from lessons.world.stories import PLOTS, Story, story, story_document

NAME = re.compile(
    rf"\b(?:{'|'.join(STARTS)})(?:{'|'.join(MIDDLES)})?(?:{'|'.join(GIRLS + BOYS)})\b"
)
# plot, thing and place as a reader finds them
TOLD = (
    ("lost", r"lost (?:his|her) \w+ (?P<thing>\w+) in the (?P<place>\w+)"),
    ("lost", r"went to the (?P<place>\w+) and lost (?:his|her) \w+ (?P<thing>\w+) there"),
    ("coins", r"saw an? \w+ (?P<thing>\w+) in the (?P<place>\w+)\. It cost"),
    ("coins", r"wanted an? \w+ (?P<thing>\w+) from the (?P<place>\w+)\."),
    ("cold", r"found an? (?P<thing>\w+) in the (?P<place>\w+)\. It was cold"),
    ("cold", r"saw an? (?P<thing>\w+) near the (?P<place>\w+)\. It was ill"),
    ("hungry", r"walked to the (?P<place>\w+) and forgot .* an? (?P<thing>\w+)(?:\.| and)"),
    (
        "hungry",
        r"hungry in the (?P<place>\w+)\..* (?:had|him|her) an? (?P<thing>\w+)(?:\.| and| but)",
    ),
    ("hungry", r"walked to the (?P<place>\w+) and forgot .* had an? (?P<thing>\w+) but"),
    ("broken", r"played with (?:his|her) \w+ (?P<thing>\w+) in the (?P<place>\w+)\."),
    ("broken", r"fell in the (?P<place>\w+) and broke (?:his|her) \w+ (?P<thing>\w+)\."),
    (
        "letter",
        r"to reach the (?P<place>\w+)\..* (?:an?|his|her) \w+ (?P<thing>\w+)(?:\.|, a present)",
    ),
    (
        "letter",
        r"to \w+ in the (?P<place>\w+)\. It took.* (?:an?|his|her) \w+ (?P<thing>\w+)(?:\.|, a p)",
    ),
    ("race", r"race to the (?P<place>\w+)\. The prize was an? \w+ (?P<thing>\w+)\."),
    ("race", r"win an? \w+ (?P<thing>\w+)\. They ran \d+ miles to the (?P<place>\w+)\."),
)
SAD = r"\bsad\b|cried|hungry\.$|dead|gone\.|away\.|not get|nobody|Nobody|never|lost a friend|No letter"


def about(text: str) -> tuple[str, str, str]:
    """The plot, the thing and the place of a story, read from its text."""
    for plot, pattern in TOLD:
        if match := re.search(pattern, text):
            return plot, match["thing"], match["place"]
    raise AssertionError(f"nothing is told in: {text}")


def shared(held_out: Iterable[str], training: Iterable[str]) -> set[object]:
    """What held-out stories have in common with training ones: names, and what they are about."""
    held, known = list(held_out), list(training)
    names = {n for text in held for n in NAME.findall(text)} & {
        n for text in known for n in NAME.findall(text)
    }
    return {*names, *({about(text) for text in held} & {about(text) for text in known})}


@pytest.fixture(scope="module")
def told() -> dict[str, list[Story]]:
    made = {}
    for split, count in (("train", 2500), ("held-out", 600)):
        rng = random.Random(2)
        made[split] = [story(rng, split) for _ in range(count)]
    return made


def every(told: dict[str, list[Story]]) -> list[Story]:
    return [one for split in told.values() for one in split]


def test_a_and_an_are_right(told):
    for one in every(told):
        text = f"{one.text} {one.summary} {one.questions}"
        assert not re.search(r"\ba (?!unicorn)[aeiou]", text), text
        assert not re.search(r"\ban (?:[^aeiou\W]|unicorn)", text), text


def test_every_sentence_begins_with_a_capital_and_ends(told):
    for one in every(told):
        for part in re.split(r"(?<=[.!?])\s+", one.text):
            assert re.fullmatch(r'["A-Z].*[.!?]"?', part), one.text
        assert re.fullmatch(r"[A-Z].*\.", one.summary)


def test_nothing_is_left_unfilled_or_doubled(told):
    for one in every(told):
        text = f"{one.text} {one.summary} {one.questions}"
        assert not re.search(r"[{}]|  |\b(\w+) \1\b", text), text


def test_nobody_is_lost_at_a_street(told):
    for one in every(told):
        assert not re.search(r" at the ", one.text), one.text


def test_the_pronouns_are_the_heros(told):
    for one in every(told):
        text = re.sub(
            r"carried (?:him|her)\b|not share (?:his|her) ", "", f"{one.text} {one.summary}"
        )
        other = r"\b(?:he|him|his)\b" if is_girl(one.hero) else r"\b(?:she|her)\b"
        assert not re.search(other, text, re.IGNORECASE), text
        if kid := re.search(r"\b(girl|boy)\b", text):
            assert (kid[1] == "girl") == is_girl(one.hero)


def test_the_friends_pronouns_are_the_friends(told):
    found = set()
    for one in every(told):
        if match := re.search(
            r"carried (him|her)|not share (his|her)", f"{one.text} {one.summary}"
        ):
            assert ((match[1] or match[2]) == "her") == is_girl(one.friend), one
            found.add(match[1] or match[2])
    assert found == {"him", "her", "his"}


def test_an_ending_is_sad_in_words_only_if_it_is(told):
    for one in every(told):
        words = f"{one.ending} {one.summary}".replace("nobody was", "")
        if one.happy:
            assert not re.search(SAD, words), one
        else:
            assert re.search(SAD + "|pushed|too late|could not|only|did not", words), one


def test_a_happy_ending_can_be_asked_for_and_so_can_a_sad_one():
    rng = random.Random(0)
    assert all(story(rng, "train", happy=True).happy for _ in range(50))
    assert not any(story(rng, "held-out", happy=False).happy for _ in range(50))


def test_two_stories_in_three_end_well(told):
    assert sum(one.happy for one in told["train"]) / len(told["train"]) == pytest.approx(
        2 / 3, abs=0.03
    )


def test_an_answer_is_told_word_for_word_or_is_yes_or_no(told):
    for one in every(told):
        assert len(one.questions) >= 2
        for question, answer in one.questions:
            assert question.endswith("?")
            said = answer.removeprefix("the ")
            assert answer in ("yes", "no") or re.search(rf"\b{said}\b", one.text), (one, question)


def test_yes_is_the_answer_of_happy_endings_only(told):
    for one in every(told):
        for question, answer in one.questions:
            if answer in ("yes", "no"):
                assert (answer == "yes") == one.happy, (one, question)


def test_no_question_of_a_story_has_two_answers(told):
    for one in every(told):
        questions = [question for question, _ in one.questions]
        assert len(questions) == len(set(questions)), one


def test_the_coins_add_up(told):
    found = 0
    for one in every(told):
        if price := re.search(r"cost (\d+) coins", one.text):
            purse = re.search(r"had (\d+) coins", one.text)
            gap = re.search(r"(?:gave (?:him|her)|Take) (\d+) coins", one.text)
            paid = re.search(r"paid (\d+) coins", one.text)
            assert purse
            assert int(purse[1]) < int(price[1])
            assert gap is None or int(purse[1]) + int(gap[1]) == int(price[1]), one
            assert paid is None or paid[1] == price[1]
            assert gap is None or re.search(rf"\b{gap[1]} coins", one.summary)
            found += gap is not None
    assert found > 100


def test_the_summary_names_only_what_the_story_tells(told):
    nouns = {n.english for n in ANIMALS + FOODS + THINGS + PLACES}
    colors = {color.english for color in COLORS}
    for one in every(told):
        said, summed = ({*re.findall(r"\w+", text)} for text in (one.text, one.summary))
        people = {*NAME.findall(one.summary)}
        assert one.hero in people <= {one.hero, one.friend}
        assert summed & (nouns | colors) <= said, one
        assert {word for word in summed if word.isdigit()} <= said, one


def test_a_summary_says_who_found_fixed_or_gave_it(told):
    for one in every(told):
        if "nobody" in one.summary or "too late" in one.summary or "only" in one.summary:
            assert not one.happy
        elif one.happy:
            assert one.friend in one.summary, one


def test_a_text_about_help_that_came_too_late_tells_of_help(told):
    late = [one for one in every(told) if "too late" in one.summary]
    assert len(late) > 50
    for one in late:
        assert re.search(r"came (?:back too late|to help, but it was too late)", one.text), one


def test_hero_and_friend_are_two_people_of_the_split(told):
    for split, made in told.items():
        for one in made:
            assert one.hero != one.friend
            assert {split_of(one.hero), split_of(one.friend)} == {split}
            assert {*NAME.findall(one.text)} == {one.hero, one.friend}


def test_every_plot_thing_and_ending_occurs(told):
    found = {(about(one.text)[0], one.happy) for one in told["train"]}
    assert found == {(plot.name, happy) for plot in PLOTS for happy in (True, False)}


def test_the_key_is_what_the_story_is_about(told):
    for one in every(told):
        assert " ".join(about(one.text)) == one.key, one


def test_no_held_out_name_or_event_occurs_in_training(told):
    texts = {split: [one.text for one in made] for split, made in told.items()}
    assert not shared(texts["held-out"], texts["train"])
    assert len({about(text) for text in texts["held-out"]}) > 200
    assert len({n for text in texts["held-out"] for n in NAME.findall(text)}) > 150


def test_no_held_out_name_occurs_in_any_training_document(training, held_out):
    known = {n for text in training for n in NAME.findall(text)}
    assert not known & {n for text in held_out for n in NAME.findall(text)}
    assert len(known) > 1000


def test_a_leaked_story_is_found(told):
    known = [one.text for one in told["train"]]
    leaked = told["held-out"][0]
    assert shared([leaked.text], [*known, leaked.text])
    renamed = leaked.text.replace(leaked.hero, told["train"][0].hero)
    assert about(leaked.text) in shared([leaked.text], [*known, renamed])
    other = known[0].replace(told["train"][0].hero, leaked.hero)
    assert leaked.hero in shared([leaked.text], [*known, other])


def test_a_name_belongs_to_the_split_it_was_made_for():
    rng = random.Random(0)
    for split in ("train", "held-out"):
        assert {split_of(name(rng, split)) for _ in range(300)} == {split}


def test_a_document_is_a_story_alone_with_a_summary_or_with_questions():
    rng, found = random.Random(5), set()
    for _ in range(300):
        text = story_document(rng, "train")
        first, *rest = text.split("\n")
        found.add(
            (
                first.split(":")[0] if ": " in first else "",
                *(line.split(":")[0] for line in rest[:2]),
            )
        )
        assert len(first) > 60
    assert {
        ("",),
        ("Story", "Summary"),
        ("Story", "Question", "Answer"),
        ("Context", "Q", "A"),
    } == {kind for kind in found if kind[0] in ("", "Story", "Context")}


def test_the_prompts_have_the_form_of_the_course():
    assert stories.question_prompt("A.", "Who?") == "Story: A.\nQuestion: Who?\nAnswer:"
    assert stories.summary_prompt("A.") == "Story: A.\nSummary:"
