"""Translations by a model that others trained: what is asked, and how an answer is compared."""

import pytest

from lessons.prompting import real_translation
from lessons.prompting.real_translation import (
    WAYS,
    overlap,
    pairs,
    prompt,
    translation,
    translation_cell,
)
from lessons.real_models import loading
from lessons.real_models.writing import Reply


def test_sentences_are_different_and_the_first_ones_of_base():
    found = pairs(50, 0)
    assert len({each.english for each in found}) == 50
    assert pairs(10, 0) == found[:10]
    assert pairs(10, 1) != found[:10]


def test_five_translations_stand_before_the_one_that_is_asked_for(words):
    text = prompt(words, "examples", "The dog sleeps.")
    assert text.count("\nFrench: ") == 5
    assert text.endswith("Translate English to French: 'The dog sleeps.'\nFrench:")
    assert prompt(words, "chat", "The dog sleeps.") == (
        "User: Translate English to French: 'The dog sleeps.'\nAssistant:"
    )


def test_words_are_counted_as_often_as_they_stand_in_both_texts():
    assert real_translation.words("L'été, où ?") == ["l", "été", "où"]
    assert overlap("Le chien dort.", "le chien dort") == 1
    assert overlap("le le le", "le chien") == pytest.approx(2 / 5)
    assert overlap("", "") == overlap("a", "b") == 0


def test_an_answer_is_its_first_line_and_is_compared_with_copying(words, monkeypatch):
    asked = pairs(4, 0)
    texts = [f" '{asked[0].french}'\nMore", asked[1].english, "", "blah les"]
    monkeypatch.setattr(
        real_translation, "replies", lambda *_: [Reply(text, True) for text in texts]
    )
    values = translation(None, words, "chat", 4, 0)
    assert values["exact.value"] == values["echo.value"] == 0.25
    assert values["articles.value"] >= 0.25
    copied = [overlap(each.english, each.french) for each in asked]
    assert values["copied.value"] == pytest.approx(sum(copied) / 4)
    assert values["overlap.value"] == pytest.approx(
        (1 + copied[1] + overlap("blah les", asked[3].french)) / 4
    )
    assert values["gain.value"] == pytest.approx(values["overlap.value"] - values["copied.value"])


@pytest.mark.parametrize("way", WAYS)
def test_the_cell_asks_the_real_model(way, real, monkeypatch):
    monkeypatch.setattr(loading, "causal", lambda: real)
    monkeypatch.setattr(real_translation, "ROOM", 5)
    assert translation_cell(way, 3, 0) == translation(*real, way, 3, 0)
