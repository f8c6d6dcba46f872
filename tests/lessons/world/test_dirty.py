"""The dirty collection: what its truth says is true."""

import html
import itertools
import re
import subprocess
import sys
from collections import Counter
from dataclasses import asdict

import pytest

from lessons.world import dirt, dirty
from lessons.world.dirty import (
    ALLOWING,
    EDITS,
    FATAL,
    FIELD_SHARES,
    LAYERS,
    SHARES,
    SIMILARITY,
    TEXT_SHARES,
    collection,
    evaluation_items,
    jaccard,
    record,
    records,
)

COUNT = 2500


@pytest.fixture(scope="module")
def found():
    return list(records(0, COUNT))


def having(found, *kinds):
    """The records whose text has exactly this dirt."""
    made = [(one, truth) for one, truth in found if {*truth.dirt} - {*FIELD_SHARES} == {*kinds}]
    assert made, kinds
    return made


def test_a_collection_keeps_records_and_truths_apart(found):
    made, truths = collection(0, 50)
    assert list(zip(made, truths, strict=True)) == found[:50]
    assert [one.id for one in made] == [truth.id for truth in truths]


def test_another_seed_gives_another_collection(found):
    assert collection(1, 5)[0] != [one for one, _ in found[:5]]


def test_a_record_is_made_from_its_number_alone(found):
    for index in (0, 7, 1234, COUNT - 1):
        assert record(0, index) == found[index]


def test_records_are_made_one_by_one():
    stream = records(0, 10**12)
    assert [one.id for one, _ in itertools.islice(stream, 3)] == [
        "0-0000000",
        "0-0000001",
        "0-0000002",
    ]


def test_the_first_record_of_duplicates_only_is_clean():
    (_, truth), *_ = records(0, 1, {"exact duplicate": 1})
    assert truth.dirt == ()


def test_a_record_is_plain_data(found):
    assert list(asdict(found[0][0])) == [
        "id", "url", "source", "license", "language", "date", "text", "label"
    ]  # fmt: skip


def test_every_kind_of_dirt_occurs_as_often_as_its_share(found):
    first = Counter(truth.dirt[0] for _, truth in found if truth.dirt)
    for kind, share in TEXT_SHARES.items():
        assert first[kind] / COUNT == pytest.approx(share, abs=0.015), kind
    every = Counter(kind for _, truth in found for kind in truth.dirt)
    for kind, share in FIELD_SHARES.items():
        assert every[kind] / COUNT == pytest.approx(share, abs=0.02), kind


def test_some_records_have_two_layers_of_dirt(found):
    twice = [truth for _, truth in found if len({*truth.dirt} & {*LAYERS}) == 2]
    assert 0.02 < len(twice) / COUNT < 0.08


def test_shares_can_be_chosen():
    truths = collection(0, 300, {"markup": 0.5, "license": 0.2})[1]
    kinds = Counter(kind for truth in truths for kind in truth.dirt)
    assert set(kinds) == {"markup", "license"}
    assert kinds["markup"] / 300 == pytest.approx(0.5, abs=0.08)


def test_a_clean_record_is_its_clean_text(found):
    for one, truth in having(found):
        assert one.text == truth.clean
        assert truth.of is truth.similarity is None


def test_no_clean_text_stands_there_twice(found):
    texts = [one.text for one, _ in having(found)]
    assert len(texts) == len(set(texts)) > 700


def test_every_clean_text_is_a_document_of_training(found, monkeypatch):
    splits = set()
    for kind, maker in dict(dirty.MAKERS).items():

        def spy(rng, split, maker=maker):
            splits.add(split)
            return maker(rng, split)

        monkeypatch.setitem(dirty.MAKERS, kind, spy)
    again = [record(0, index) for index in range(300)]
    assert again == found[:300]
    assert splits == {"train"}


def test_an_exact_duplicate_is_equal_to_an_earlier_clean_record(found):
    texts = {one.id: (one.text, truth) for one, truth in found}
    for one, truth in having(found, "exact duplicate"):
        text, original = texts[truth.of]
        assert one.text == text == truth.clean
        assert truth.of < truth.id
        assert not {*original.dirt} - {*FIELD_SHARES}


def test_a_near_duplicate_is_similar_to_an_earlier_clean_record_but_not_equal(found):
    texts = {one.id: (one.text, truth) for one, truth in found}
    for one, truth in having(found, "near duplicate"):
        text, original = texts[truth.of]
        assert text == truth.clean != one.text
        assert truth.of < truth.id
        assert not {*original.dirt} - {*FIELD_SHARES}
        assert truth.similarity == jaccard(one.text, text)
        assert SIMILARITY[0] < truth.similarity <= SIMILARITY[1]


def test_near_duplicates_are_of_every_similarity_and_every_edit(found):
    truths = [truth for _, truth in having(found, "near duplicate")]
    tenths = {int(truth.similarity * 10) for truth in truths}
    assert {3, 4, 5, 6, 7, 8, 9, 10} <= tenths
    assert {truth.how[0] for truth in truths} == set(EDITS)


def test_mojibake_is_undone_by_writing_and_reading_again(found):
    codings = set()
    for one, truth in having(found, "mojibake"):
        text = one.text
        for coding in reversed(truth.how):
            text = text.encode(coding).decode()
        assert text == truth.clean != one.text
        codings.add(truth.how)
    assert codings == {("latin-1",), ("cp1252",), ("latin-1", "latin-1")}


def test_markup_is_undone_by_taking_the_tags_out(found):
    kinds = set()
    for one, truth in having(found, "markup"):
        if truth.how == ("markdown",):
            text = re.sub(r"\[(\w+)\]\(\S+?\)", r"\1", one.text.removeprefix("# ")).replace(
                "**", ""
            )
        else:
            text = html.unescape(re.sub(r"<[^>]+>", "", one.text))
        assert text == truth.clean != one.text
        kinds.add(truth.how[0])
    assert kinds == {"paragraphs", "breaks", "entities", "markdown"}


def test_accents_become_entities(found):
    assert any("&eacute;" in one.text for one, _ in having(found, "markup"))


def test_boilerplate_is_undone_by_taking_its_lines_out(found):
    for one, truth in having(found, "boilerplate"):
        lines = one.text.split("\n")
        for line in truth.planted:
            lines.remove(line)
        assert "\n".join(lines) == truth.clean


def test_personal_data_are_in_the_text_and_of_nobody(found):
    mail = r"[a-z_.]+@example\.(?:com|org|net)"
    phone = r"(?:\+1-202-|\(202\) )?555-01\d\d|01 99 00 \d\d \d\d"
    for one, truth in having(found, "personal data"):
        assert truth.planted
        for value in truth.planted:
            assert value in one.text
            assert value not in truth.clean
            assert re.fullmatch(f"{mail}|{phone}", value)


def test_personal_data_are_undone_by_taking_their_sentence_out(found):
    for one, truth in having(found, "personal data"):
        text = one.text
        for value in truth.planted:
            for sentence in itertools.chain(*dirt.CONTACTS.values()):
                text = text.replace(" " + sentence.format(mail=value, phone=value), "")
        assert text == truth.clean


def test_two_layers_are_undone_one_after_the_other(found):
    for one, truth in having(found, "boilerplate", "mojibake"):
        text = one.text
        for coding in reversed(truth.how):
            text = text.encode(coding).decode()
        assert (
            "\n".join(line for line in text.split("\n") if line not in truth.planted) == truth.clean
        )


def test_missing_text_is_none_empty_or_blank(found):
    texts = {one.text for one, _ in having(found, "missing text")}
    assert {None, ""} < texts
    assert not any((text or "").strip() for text in texts)


def test_garbage_has_no_clean_text(found):
    kinds = set()
    for one, truth in having(found, "garbage"):
        assert truth.clean is None
        kinds.add(truth.how[0])
        if truth.how == ("keyboard",):
            assert re.fullmatch(r"[a-z ]+", one.text)
        elif truth.how == ("repeated line",):
            assert len({*one.text.split("\n")}) == 1
        elif truth.how == ("numbers",):
            assert re.fullmatch(r"[\d ]+", one.text)
        else:
            assert len(one.text.split()) <= 3
    assert kinds == {"keyboard", "repeated line", "numbers", "short"}


def test_the_wrong_language_is_french_that_says_it_is_english(found):
    for one, truth in having(found, "wrong language"):
        assert truth.clean is None
        assert one.language in ("en", None)
        assert not re.search(r"\b(?:the|is|my|not)\b", one.text)


def test_contamination_is_a_known_item_of_the_held_out(found):
    alone = set()
    for one, truth in having(found, "contamination"):
        (item,) = truth.planted
        assert item in evaluation_items()
        assert one.text == (item if truth.clean is None else f"{truth.clean}\n{item}")
        alone.add(truth.clean is None)
    assert alone == {True, False}


def test_no_evaluation_item_stands_in_a_text_that_is_not_contaminated(found):
    text = "\n".join(one.text or "" for one, truth in found if "contamination" not in truth.dirt)
    assert not [item for item in evaluation_items() if item in text]


def test_a_missing_field_is_missing(found):
    for one, truth in found:
        missing = None in (one.url, one.source, one.language, one.date)
        assert missing == ("missing field" in truth.dirt)


def test_a_license_that_forbids_is_dirt(found):
    for one, truth in found:
        assert (one.license not in ALLOWING) == ("license" in truth.dirt)


def test_addresses_are_of_reserved_domains(found):
    for one, _ in found:
        assert one.url is None or re.match(
            r"https://\w+\.example\.(?:com|org|net)/\d{4}/\d+$", one.url
        )


def test_what_is_kept_has_a_clean_text(found):
    for _, truth in found:
        assert truth.keep == (not {*truth.dirt} & FATAL)
        assert truth.clean or not truth.keep
    assert 0.5 < sum(truth.keep for _, truth in found) / COUNT < 0.75


@pytest.mark.parametrize(
    ("one", "other", "size", "similarity"),
    [
        ("a b c", "A, b! c", 1, 1),
        ("a b c", "a b d", 1, 0.5),
        ("a b c", "c b a", 2, 0),
        ("a b c", "a b d", 2, 1 / 3),
    ],
)
def test_similarity_is_that_of_jaccard(one, other, size, similarity):
    assert jaccard(one, other, size) == pytest.approx(similarity)


@pytest.mark.parametrize(
    ("count", "shares", "message"),
    [
        (0, None, "count 0 must be at least 1"),
        (1, {"dust": 0.1}, r"no such dirt \(dust\): take exact duplicate"),
        (1, {"markup": -0.1}, "shares must not be negative"),
        (1, {"markup": 0.7, "mojibake": 0.7}, "nor add up to more"),
    ],
)
def test_shares_that_cannot_be_are_refused(count, shares, message):
    with pytest.raises(ValueError, match=message):
        collection(0, count, shares)


def test_the_shares_are_those_of_texts_and_fields():
    assert {**TEXT_SHARES, **FIELD_SHARES} == SHARES


def test_the_world_does_not_import_the_dirty_collection():
    code = "import sys, lessons.world; print(*(m for m in sys.modules if 'lessons.world' in m))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": "src"},
    )  # fmt: skip
    loaded = {module.rsplit(".", 1)[-1] for module in run.stdout.split()}
    assert "stories" in loaded
    assert not loaded & {"dirty", "instructions", "variety"}
