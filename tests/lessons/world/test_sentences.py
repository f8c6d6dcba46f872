"""English and French sentences, parsed by two small grammars that know nothing of how they were made."""

import random
import re
from collections.abc import Iterable

import pytest

from lessons.world.lexicon import (
    ANIMALS,
    COLORS,
    FOODS,
    GREETINGS,
    PEOPLE,
    PLACES,
    THINGS,
)
from lessons.world.sentences import sentence, translation_prompt, translations
from lessons.world.splits import split_of
from sentence_parsers import content, fault

WRITTEN = {  # by hand
    "The cat sees the hat.": "Le chat voit le chapeau.",
    "My aunt buys an old clock.": "Ma tante achète une vieille horloge.",
    "I do not like the hedgehogs.": "Je n'aime pas les hérissons.",
    "I wait near the school.": "J'attends près de l'école.",
    "Two girls are happy.": "Deux filles sont contentes.",
    "The boys are not happy.": "Les garçons ne sont pas contents.",
    "There are nine orange keys in the castle.": "Il y a neuf clés orange dans le château.",
    "There is an old man in the park.": "Il y a un vieil homme dans le parc.",
    "Who breaks my ladder?": "Qui casse mon échelle ?",
    "Where are the beautiful birds?": "Où sont les beaux oiseaux ?",
    "Where is this squirrel?": "Où est cet écureuil ?",
    "Rila is tired.": "Rila est fatiguée.",
    "Marik is not tired.": "Marik n'est pas fatigué.",
    "I am old.": "Je suis vieux.",
    "This big bee does not follow the man.": "Cette grande abeille ne suit pas l'homme.",
    "The women look for the king's red hat.": "Les femmes cherchent le chapeau rouge du roi.",
    "A mouse hides the queen's box.": "Une souris cache la boîte de la reine.",
    "My clock is gray.": "Mon horloge est grise.",
    "12 wolves sleep near the market.": "12 loups dorment près du marché.",
    "The huge bear eats the new cake.": "L'énorme ours mange le nouveau gâteau.",
}


WRONG = [  # the same, each with one error
    ("The cat sees the hat.", "Le chat voient le chapeau."),
    ("The cat sees the hat.", "La chat voit le chapeau."),
    ("The cat sees the hat.", "Le chat voit un chapeau."),
    ("My aunt buys an old clock.", "Ma tante achète une vieux horloge."),
    ("My aunt buys an old clock.", "Mon tante achète une vieille horloge."),
    ("My aunt buys an old clock.", "Ma tante achète une horloge vieille."),
    ("I do not like the hedgehogs.", "Je ne aime pas les hérissons."),
    ("I do not like the hedgehogs.", "Je n'aime les hérissons."),
    ("I see the hedgehog.", "Je vois l'hérisson."),
    ("I wait near the school.", "Je attends près de l'école."),
    ("I wait near the school.", "J'attend près de l'école."),
    ("I wait near the school.", "J'attends près de la école."),
    ("12 wolves sleep near the market.", "12 loups dorment près de le marché."),
    ("12 wolves sleep near the market.", "12 loups dort près du marché."),
    ("Two girls are happy.", "Deux filles sont contents."),
    ("Two girls are happy.", "Deux filles est contentes."),
    ("The boys are not happy.", "Les garçons ne sont pas content."),
    ("Rila is tired.", "Rila est fatigué."),
    ("There are nine orange keys in the castle.", "Il y a neuf clés oranges dans le château."),
    ("There is an old man in the park.", "Il y a un vieux homme dans le parc."),
    ("There is an old dog in the park.", "Il y a un vieil chien dans le parc."),
    ("Who breaks my ladder?", "Qui casse ma échelle ?"),
    ("Who breaks my ladder?", "Qui casse mon échelle?"),
    ("Where is this squirrel?", "Où est ce écureuil ?"),
    ("Where is this cat?", "Où est cet chat ?"),
    ("Where are the beautiful birds?", "Où est les beaux oiseaux ?"),
    ("Where are the beautiful birds?", "Où sont les beau oiseaux ?"),
    ("The women see the king's red hat.", "Les femmes voient le chapeau rouge de le roi."),
    ("A green key is here.", "Une verte clé est ici."),
    ("The cats sees the hat.", "Les chats voient le chapeau."),
    ("The cat see the hat.", "Le chat voit le chapeau."),
    ("A egg is white.", "Un œuf est blanc."),
    ("An unicorn is white.", "Une licorne est blanche."),
    ("Three cat sleep.", "Trois chats dorment."),
    ("The cat do not sleep.", "Le chat ne dort pas."),
    ("The dog sees the hat.", "Le chat voit le chapeau."),
    ("The cat does not sleep.", "Le chat dort."),
]


def shared(held_out: Iterable[str], training: Iterable[str]) -> set[tuple[str, ...]]:
    """The contents that held-out sentences have in common with training ones."""
    return {content(text) for text in held_out} & {content(text) for text in training}


def words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def nearest(text: str, others: list[tuple[frozenset[str], str]]) -> tuple[float, str]:
    """Find the sentence that shares most words with a text, and how many: Jaccard."""
    mine = words_of(text)
    return max((len(mine & words) / len(mine | words), other) for words, other in others)


@pytest.fixture(scope="module")
def pairs():
    made = {}
    for split, count in (("train", 7_000), ("held-out", 1_500)):
        rng = random.Random(1)
        made[split] = [sentence(rng, split) for _ in range(count)]
    return made


@pytest.mark.parametrize(("english", "french"), WRITTEN.items())
def test_a_pair_written_by_hand_passes_the_parsers(english, french):
    assert fault(english, french) is None


@pytest.mark.parametrize(("english", "french"), WRONG)
def test_a_planted_error_is_found(english, french):
    assert fault(english, french)


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_every_sentence_agrees_elides_and_says_the_same_in_both_languages(pairs, split):
    for pair in pairs[split]:
        assert fault(pair.english, pair.french) is None, pair


def test_the_world_says_what_was_written_by_hand(pairs):
    made = {pair.english: pair.french for split in pairs for pair in pairs[split]}
    both = made.keys() & WRITTEN.keys()
    assert {english: made[english] for english in both} == {e: WRITTEN[e] for e in both}


def test_the_sentences_have_every_shape_person_and_negation(pairs):
    text = " ".join(pair.french for pair in pairs["train"])
    for form in (" ne ", " n'", "Je ", "J'", "Il y a ", "Qui ", "Où ", "cet ", "vieil ", "bel ",
                 "nouvel ", "mon échelle", "hérisson", " du ", "de la ", "de l'", "contentes"):  # fmt: skip
        assert form in text, form


def test_people_have_no_color(pairs):
    colors = "|".join(color.english for color in COLORS)
    people = "|".join(form for n in PEOPLE for form in (n.english, n.many))
    text = "\n".join(pair.english for pair in pairs["train"])
    assert not re.search(rf"\b(?:{colors}) (?:{people})\b", text)
    assert not re.search(
        rf"^(?:I am|[A-Z][a-z]+[ao] is)(?: not)? (?:{colors})\.", text, re.MULTILINE
    )


def test_only_who_lives_is_happy_sad_tired_strong_or_young(pairs):
    looks = "happy|sad|tired|strong|young"
    things = "|".join(form for n in THINGS + FOODS + PLACES for form in (n.english, n.many))
    for pair in pairs["train"]:
        assert not re.search(rf"\b(?:{looks}) (?:{things})\b", pair.english), pair
        assert not re.search(rf"\b(?:{things}) (?:is|are)(?: not)? (?:{looks})", pair.english), pair
    assert any(f"happy {n.english}" in p.english for p in pairs["train"] for n in ANIMALS)


def test_no_held_out_sentence_says_what_a_training_sentence_says(pairs):
    texts = {split: [pair.english for pair in pairs[split]] for split in pairs}
    assert not shared(texts["held-out"], texts["train"])
    assert len({content(text) for text in texts["held-out"]}) > 700


@pytest.mark.parametrize(
    ("leaked", "known"),
    [
        ("Two big cats do not see my hats.", "A cat sees the king's hat in the park."),
        ("My old hat is red.", "The hats are not red."),
        ("There is a cat in the barn.", "There are nine red cats in the barn."),
        ("Zala waits near the barn.", "Marik does not wait."),
        ("Where is my box?", "Where are the blue boxes?"),
        ("Who cuts the apple?", "Who cuts my clean apples?"),
    ],
)
def test_a_leaked_sentence_is_found_in_other_words(pairs, leaked, known):
    training = [pair.english for pair in pairs["train"][:200]]
    assert shared([leaked], [*training, known]) == {content(leaked)}


def test_a_sentence_about_something_else_is_no_leak():
    assert not shared(["There is a cat in the barn."], ["There is a cat in the park."])
    assert not shared(["Who sees the cat?"], ["The cat sees the cat."])


def test_the_key_of_a_sentence_names_its_content(pairs):
    for pair in pairs["train"][:2000]:
        assert " ".join(filter(None, content(pair.english))) in (
            pair.key,
            pair.key.replace(" be ", " "),
        )
        assert split_of(pair.key) == "train"


def test_no_training_document_contains_a_held_out_sentence(pairs, training):
    lines = {
        part.strip(" '.?!").lower()
        for text in training
        for part in re.split(r"[\n\"]|: |(?<=[.!?])\s+|Answer|->|'(?=[A-Z])|\.'", text)
    }
    held_out = {pair.english.strip(".?").lower() for pair in pairs["held-out"]}
    assert not held_out & lines
    assert len({pair.english.strip(".?").lower() for pair in pairs["train"]} & lines) > 50


def test_the_nearest_training_sentence_differs_in_what_it_says(pairs):
    others = [(words_of(pair.english), pair.english) for pair in pairs["train"]]
    found = []
    for pair in random.Random(0).sample(pairs["held-out"], 80):
        near, other = nearest(pair.english, others)
        assert content(pair.english) != content(other)
        found.append(near)
    assert sum(found) / len(found) < 0.85


def test_a_copied_sentence_is_its_own_nearest(pairs):
    leaked = pairs["held-out"][0].english
    others = [(words_of(pair.english), pair.english) for pair in pairs["train"][:1000]]
    assert nearest(leaked, [*others, (words_of(leaked), leaked)]) == (1.0, leaked)


def test_a_translation_is_asked_for_in_one_form():
    assert translation_prompt("I wait.") == "Translate English to French: 'I wait.'\nFrench:"


def test_greetings_are_translated_in_training_only():
    rng, greetings = random.Random(3), {english for english, _ in GREETINGS}
    texts = {
        split: [translations(rng, split) for _ in range(600)] for split in ("train", "held-out")
    }
    found = {
        split: {
            g for g in greetings for text in made if f"English: {g}\n" in text or f"'{g}'" in text
        }
        for split, made in texts.items()
    }
    assert len(found["train"]) > 10
    assert not found["held-out"]


def test_a_translation_document_pairs_each_sentence_with_its_french():
    rng = random.Random(4)
    for _ in range(300):
        text = translations(rng, "held-out")
        asked = re.findall(
            r"^(?:Translate English to French: '(.*)'|English: (.*))$", text, re.MULTILINE
        )
        french = re.findall(r"^French: (.*)$", text, re.MULTILINE)
        assert len(asked) == len(french) >= 1
        for one, other in zip(asked, french, strict=True):
            assert fault(one[0] or one[1], other) is None, text
