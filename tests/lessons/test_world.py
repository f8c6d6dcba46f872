"""The world's language is correct, repeatable, and split for good."""

import random
import re

import pytest

from lessons import world

SPLITS = ("train", "held-out")
NAMES = re.compile(
    rf"\b(?:{'|'.join(world.STARTS)})(?:{'|'.join(world.MIDDLES)})?"
    rf"(?:{'|'.join(world.GIRLS + world.BOYS)})\b"
)


def noun(english: str) -> world.Noun:
    everything = world.ANIMALS + world.FOODS + world.THINGS + world.PLACES
    return next(n for n in everything if n.english == english)


def adjective(english: str) -> world.Adjective:
    return next(a for a in world.ADJECTIVES if a.english == english)


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    return {split: world.documents(0, 3000, split) for split in SPLITS}


def test_the_same_seed_gives_the_same_documents_and_another_seed_gives_others():
    assert world.documents(3, 50) == world.documents(3, 50)
    assert world.documents(3, 50) != world.documents(4, 50)


def test_the_documents_of_a_seed_are_the_same_on_every_machine():
    assert world.documents(0, 3)[1:] == [
        "Wilfibo was a boy from a small village. One evening he found a mouse in the kitchen. It "
        'was cold and could not move. What could he do? He ran 23 miles to Orra. "I\'ll help you," '
        "said Orra. After 7 days in the warm kitchen the mouse was strong again.",
        "563 + 404 = 967",
    ]


def test_asking_for_fewer_documents_gives_the_first_ones():
    assert world.documents(0, 100)[:10] == world.documents(0, 10)


def test_no_held_out_document_occurs_in_training():
    held_out = {text for seed in range(3) for text in world.documents(seed, 1000, "held-out")}
    training = {text for seed in range(3) for text in world.documents(seed, 5000)}
    assert not held_out & training


def test_no_name_occurs_in_both_splits(texts):
    training, held_out = ({*NAMES.findall("\n".join(texts[split]))} for split in SPLITS)
    assert len(training) > 1000
    assert len(held_out) > 100
    assert not training & held_out
    assert {world.split_of(name) for name in held_out} == {"held-out"}


def test_every_held_out_story_has_a_name_never_seen_in_training(texts):
    training = {*NAMES.findall("\n".join(texts["train"]))}
    stories = [t for t in texts["held-out"] if "English:" not in t and " = " not in t]
    assert len(stories) > 1000
    for story in stories:
        assert {*NAMES.findall(story)} - training, story


def test_no_sentence_and_no_sum_occurs_in_both_splits(texts):
    lines = [
        {line for text in texts[split] for line in text.splitlines() if ": " in line or "=" in line}
        for split in SPLITS
    ]
    assert not {line for line in lines[0] & lines[1] if not line.startswith("French")}


def test_every_sum_is_right(texts):
    sums = [line for text in texts["train"] for line in text.splitlines() if " = " in line]
    assert len(sums) > 500
    for line in sums:
        left, right = line.split(" = ")
        assert sum(map(int, left.split(" + "))) == int(right)


def test_coins_in_a_story_add_up(texts):
    pattern = re.compile(
        r"cost (\d+) coins at the market, and s?he had only (\d+)\. (.*)", re.DOTALL
    )
    found = [m for text in texts["train"] if (m := pattern.search(text))]
    assert len(found) > 100
    for match in found:
        gap = int(match[1]) - int(match[2])
        assert f" {gap} coins" in match[3]


def test_a_story_keeps_its_pronouns(texts):
    for text in texts["train"]:
        if match := re.search(r"a (girl|boy) named (\w+)", text):
            assert (match[1] == "girl") == match[2].endswith("a")
            wrong = r"\b[Hh]e\b|\bhis\b|\bhim\b" if match[1] == "girl" else r"\b[Ss]he\b|\bher\b"
            assert not re.search(wrong, text), text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cat", "a cat"),
        ("old hat", "an old hat"),
        ("umbrella", "an umbrella"),
        ("unicorn", "a unicorn"),
        ("hour", "an hour"),
        ("huge owl", "a huge owl"),
        ("one-eyed cat", "a one-eyed cat"),
    ],
)
def test_the_article_follows_the_sound(words, expected):
    assert world.indefinite(words) == expected


def test_a_and_an_are_right_in_every_document(texts):
    text = "\n".join(t for split in SPLITS for t in texts[split])
    english = "\n".join(line for line in text.splitlines() if not line.startswith("French"))
    assert not re.findall(r"\ba (?!unicorn)[aeiou]\w*", english)
    assert not re.findall(r"\ban (?:[^aeiou\W]|unicorn)\w*", english)


@pytest.mark.parametrize(
    ("thing", "look", "article", "english", "french"),
    [
        ("bird", None, "the", "the bird", "l'oiseau"),
        ("clock", None, "the", "the clock", "l'horloge"),
        ("hedgehog", None, "the", "the hedgehog", "le hérisson"),
        ("egg", None, "the", "the egg", "l'œuf"),
        ("bird", "old", "the", "the old bird", "le vieil oiseau"),
        ("bird", "beautiful", "a", "a beautiful bird", "un bel oiseau"),
        ("squirrel", "new", "this", "this new squirrel", "ce nouvel écureuil"),
        ("squirrel", None, "this", "this squirrel", "cet écureuil"),
        ("bee", None, "this", "this bee", "cette abeille"),
        ("hedgehog", "old", "this", "this old hedgehog", "ce vieux hérisson"),
        ("cat", "huge", "the", "the huge cat", "l'énorme chat"),
        ("cat", "huge", "this", "this huge cat", "cet énorme chat"),
        ("bird", "huge", "a", "a huge bird", "un énorme oiseau"),
        ("key", "green", "a", "a green key", "une clé verte"),
        ("hat", "beautiful", "the many", "the beautiful hats", "les beaux chapeaux"),
        ("mouse", "white", "three", "three white mice", "trois souris blanches"),
        ("knife", "old", "12", "12 old knives", "12 vieux couteaux"),
        ("horse", "orange", "the many", "the orange horses", "les chevaux orange"),
        ("kite", "blue", "two", "two blue kites", "deux cerfs-volants bleus"),
    ],
)
def test_a_phrase_agrees_and_elides(thing, look, article, english, french):
    look = adjective(look) if look else None
    assert world.phrase(noun(thing), look, article) == (english, french)


def test_an_unknown_article_is_named():
    with pytest.raises(ValueError, match="no article 'some': take the, a, this"):
        world.phrase(noun("cat"), None, "some")


def test_every_french_sentence_is_elided(texts):
    french = re.findall(r"French: (.*)", "\n".join(texts["train"]))
    vowels = "aàâeéèêiîoôuûœ"
    assert len(french) > 500
    for sentence in french:
        assert not re.search(rf"\b(?:le|la|ne|ce) (?:[{vowels}]|horloge)", sentence, re.I), sentence
        assert not re.search(r"\bl'hérisson", sentence), sentence
        early = re.search(rf"\b(?:le|un|ce) (?:vieux|beau|nouveau) [{vowels}]", sentence, re.I)
        assert not early, sentence


def test_verbs_agree_with_their_subject_in_both_languages():
    rng = random.Random(0)
    kinds = set()
    for _ in range(500):
        english, french = world.sentence(rng, "train")
        many = french.startswith(("Les", *(n[1].capitalize() for n in world.NUMBERS)))
        verbs = [v.french_many if many else v.french_one for v in world.VERBS]
        assert any(re.search(rf"[ ']{verb}\b", french) for verb in verbs), french
        ones = [v.many if many or "does not" in english else v.one for v in world.VERBS]
        assert any(f" {verb} " in english for verb in ones), english
        kinds.add((many, " not " in english))
        assert (" not " in english) == (" pas " in french)
        if " do not " in english:
            assert many
    assert len(kinds) == 4


def test_a_name_belongs_to_the_split_it_was_made_for():
    rng = random.Random(0)
    for split in SPLITS:
        assert {world.split_of(world.name(rng, split)) for _ in range(200)} == {split}


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_below_one_is_refused(count):
    with pytest.raises(ValueError, match=f"count {count} must be at least 1"):
        world.documents(0, count)


def test_a_split_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no split 'test': take 'train' or 'held-out'"):
        world.documents(0, 1, "test")
