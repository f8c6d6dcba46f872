"""The exact judge of answers: it accepts what the grammar makes, and nothing beside it."""

import random
import re

import pytest

from lessons.fine_tuning.instruction_tuning import as_user
from lessons.reward_modeling.preferences import requests
from lessons.world.answers import HOURS, is_right, right_answers
from lessons.world.guidelines import checks
from lessons.world.lexicon import COLORS, FOODS, PLACES, THINGS
from lessons.world.talk import AFTER, BEFORE, CURT, POLITE, talk


def asked(one):
    return as_user(one.prompt).removeprefix("User: ").removesuffix("\nAssistant:")


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_every_polite_answer_is_right_and_no_curt_one(split):
    rng = random.Random(f"answers {split}")
    talks = [talk(rng, split) for _ in range(2000)]
    assert len({request for request, _, _ in talks}) > 200
    assert all(is_right(request, answer) == polite for request, answer, polite in talks)


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_the_good_answers_of_requests_are_right(split):
    assert all(is_right(as_user(one.prompt), one.good) for one in requests(1, 300, split))


def test_what_is_right_passes_the_checks_but_for_kind_words():
    """A plain *The market opens at nine.* is right; the guidelines want it said kindly, too."""
    for one in requests(2, 60, "held-out"):
        for answer in right_answers(asked(one)):
            failed = {name for name, passed in checks(one, answer).items() if not passed}
            assert failed <= {"is kind"}, answer


def test_all_hours_and_places_that_a_talk_may_name_are_known():
    rng = random.Random(3)
    answers = [answer for request, answer, _ in (talk(rng, "train", True) for _ in range(3000))]
    hours = {found[1] for answer in answers if (found := re.search(r"opens at (\w+)\.", answer))}
    assert hours == set(HOURS)


# Ten kinds of wrong answers, each made from a request, its right answer and the words of the world.


def _words(text):
    return re.findall(r"\w+", text)


def _other(rng, words, text):
    return rng.choice([word for word in words if word not in _words(text)])


def nonsense_with_the_right_words(rng, one):
    middle = " ".join(rng.sample(_words(one.good), len(_words(one.good))))
    return f"Please {middle}."


def refusal_and_politeness(rng, one):
    no = rng.choice(["No, it is mine.", "No, I am busy.", "I do not know.", "No."])
    return rng.choice(BEFORE) + no + rng.choice(AFTER[:-1])


def two_answers(rng, one):
    return f"{one.good} {rng.choice(sorted(right_answers(asked(one))))}"


def another_thing(rng, one):
    nouns = [word.english for word in THINGS + FOODS]
    named = next((word for word in _words(one.good) if word in nouns), None)
    places = [place.english for place in PLACES]
    old = named or next(word for word in _words(asked(one)) if word in places)
    return one.good.replace(old, _other(rng, nouns if named else places, one.good))


def another_kind(rng, one):
    kind = rng.choice([k for k in POLITE if not any(s in one.good for s in _stems(k))])
    nouns = [word.english for word in THINGS + FOODS]
    noun = next((word for word in _words(asked(one)) if word in nouns), rng.choice(nouns))
    thing = f"red {noun}"
    roles = {"thing": thing, "noun": noun, "a_thing": f"a {thing}", "place": "village"}
    return rng.choice(POLITE[kind]).format(**roles, hour="nine")


def _stems(kind):
    return [re.split(r"\{\w+\}", text)[0].strip() or "The" for text in POLITE[kind]]


def curt(rng, one):
    roles = {"noun": "cup", "place": "village", "hour": "nine"}
    return rng.choice([text for texts in CURT.values() for text in texts]).format(**roles)


def cut_off(rng, one):
    words = one.good.split()
    return " ".join(words[: rng.randrange(1, len(words))]) + rng.choice(["", "."])


def two_closings(rng, one):
    return one.good + "".join(rng.sample([text for text in AFTER if text], 2))


def question_back(rng, one):
    return f"{rng.choice(BEFORE)}{asked(one)}"


def rude_behind(rng, one):
    return f"{one.good} Go away."


def another_color(rng, one):
    colors = [color.english for color in COLORS]
    named = next((word for word in _words(one.good) if word in colors), None)
    return one.good.replace(named, _other(rng, colors, one.good)) if named else f"Red {one.good}"


def one_word_twice(rng, one):
    words = one.good.split()
    place = rng.randrange(len(words))
    return " ".join([*words[: place + 1], *words[place:]])


KINDS = (
    nonsense_with_the_right_words, refusal_and_politeness, two_answers, another_thing, another_kind,
    curt, cut_off, two_closings, question_back, rude_behind, another_color, one_word_twice,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_answer_is_refused(kind):
    rng = random.Random(kind.__name__)
    made = [(one, kind(rng, one)) for one in requests(4, 60, "held-out")]
    # A cut can leave a whole answer, for its opening or closing was cut off; those are no wrong ones.
    wrong = [(one, text) for one, text in made if text.strip() not in _by_hand(one)]
    assert len({(asked(one), text) for one, text in wrong}) >= 20
    assert not any(is_right(as_user(one.prompt), text) for one, text in wrong)


def _by_hand(one):
    """Right answers put together without the judge: the good one's middle with each frame."""
    middle = one.good
    for opening in filter(None, BEFORE):
        middle = middle.removeprefix(opening)
    for closing in filter(None, AFTER):
        middle = middle.removesuffix(closing)
    return {f"{opening}{middle}{closing}" for opening in BEFORE for closing in AFTER}


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (
            "Where is the yellow cup?",
            "Take the cup and could not there. The yellow cup is in the village. "
            "I am glad to show you. You are welcome.",
        ),
        ("Can you lend me the brown onion?", "Please brown onion."),
    ],
)
def test_nonsense_that_the_checks_call_good_is_refused(request_, answer):
    assert not is_right(request_, answer)


def test_a_text_that_is_no_request_is_named():
    with pytest.raises(ValueError, match="no request of the world: 'What is nine and one\\?'"):
        is_right("What is nine and one?", "Ten.")
