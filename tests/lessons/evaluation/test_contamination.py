"""Verses are drawn beside those that everybody knows, read one by one, and recited without writing."""

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

import lessons
from lessons.evaluation import contamination
from lessons.evaluation.contamination import DRAWN, KNOWN, asked, draw, place, read
from lessons.evaluation.perplexity import likelihood
from lessons.evaluation.real_summaries import MATES, Block, Read, recital, summarise_contamination
from lessons.real_models import texts
from lessons.real_models.texts import Verse
from realmodels import real_folder

TOKENIZER = AutoTokenizer.from_pretrained(lessons.checkpoint("base"))
VERSES = [
    Verse(book, chapter, verse, f"{book} says {'very ' * (verse % 7)}much in {chapter}.")
    for book in ("Genesis", "Mark")
    for chapter in (1, 2)
    for verse in range(1, 31)
]


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=2048, hidden_size=16, intermediate_size=16, num_hidden_layers=2,
            num_attention_heads=2, max_position_embeddings=64, initializer_range=0.5,
        )  # fmt: skip
        return LlamaForCausalLM(config).eval()


def test_drawn_verses_are_of_the_same_book_about_as_long_and_never_twice():
    groups = draw(VERSES, ["Genesis 1:1", "Genesis 2:3", "Mark 1:6"])
    assert [place(group[0]) for group in groups] == ["Genesis 1:1", "Genesis 2:3", "Mark 1:6"]
    every = [place(verse) for group in groups for verse in group]
    assert len(every) == len({*every}) == 3 * (1 + MATES)
    for first, *mates in groups:
        assert {mate.book for mate in mates} == {first.book}
    assert groups == draw(VERSES, ["Genesis 1:1", "Genesis 2:3", "Mark 1:6"])
    assert groups != draw(VERSES, ["Genesis 1:1", "Genesis 2:3", "Mark 1:6"], seed=1)


def test_a_place_that_does_not_exist_is_refused():
    with pytest.raises(KeyError, match="Mark 9:9"):
        draw(VERSES, ["Mark 9:9"])


def test_a_text_costs_what_the_window_says(model):
    text = "The cat sees the old dog in the garden."
    ids = TOKENIZER(text)["input_ids"]
    found = read(model, TOKENIZER, text)
    whole = likelihood(model, ids, context=32, stride=16)
    assert found.block.nats == pytest.approx(whole.nats, rel=1e-5)
    assert found.block.tokens == len(ids) - 1
    assert found.block.size == len(text) - len("The")


def test_what_is_recited_is_what_the_model_would_write(model):
    start = TOKENIZER("The cat sees the old dog in the")["input_ids"]
    options = {"do_sample": False, "eos_token_id": 2047, "pad_token_id": 0}
    ids = model.generate(torch.tensor([start]), max_new_tokens=len(start), **options)[0].tolist()

    def reads(ids):
        class Known:
            def __call__(self, _):
                return {"input_ids": ids}

            def convert_ids_to_tokens(self, ids):
                return ["x"] * len(ids)

        return read(model, Known(), "")

    same = reads(ids)
    assert same.recited
    assert same.run == same.room == same.hits == len(start)
    changed = [*ids]
    changed[len(start) + 2] = (ids[len(start) + 2] + 1) % 2048
    other = reads(changed)
    assert not other.recited
    assert other.run == 2
    assert other.hits >= 2


@pytest.fixture
def cells(model, monkeypatch):
    monkeypatch.setattr(
        contamination, "KNOWN", {"Genesis 1:1": "It says.", "Mark 1:6": "So it is."}
    )
    monkeypatch.setattr(
        contamination, "DRAWN", {"a": "It went on.", "b": "They wrote it all down."}
    )
    monkeypatch.setattr(texts, "verses", lambda: VERSES)
    monkeypatch.setattr(contamination, "reader", lambda _: (model, TOKENIZER))
    return [
        {
            "parameters": {"kind": kind, "by": "smollm2"},
            "values": contamination.real_contamination_cell(kind, "smollm2"),
        }
        for kind in ("known", "drawn", "known_retold", "drawn_retold")
    ]


def test_verses_are_compared_with_those_drawn_for_them(cells):
    assert [sum(name.startswith("nats") for name in cell["values"]) for cell in cells] == [
        2,
        20,
        2,
        2,
    ]
    found = summarise_contamination(cells)["smollm2"]
    saved = found["drawn"]["bits"]["value"] - found["known"]["bits"]["value"]
    assert found["saved"]["value"] == pytest.approx(saved)
    retold = found["known"]["bits"]["value"] / found["known_retold"]["bits"]["value"]
    assert found["of_retold"]["value"] == pytest.approx(retold)
    assert found["drawn"]["recital"]["whole"]["n"] == 20
    assert found["saved"]["groups"] == 2


def test_a_recital_counts_whole_texts_and_tokens():
    block = Block(1.0, 1, 1)
    found = recital([Read(block, 4, 4, 4), Read(block, 6, 1, 5)])
    assert found["count"] == 1
    assert found["whole"]["value"] == 0.5
    assert found["in_a_row"] == 2.5
    assert found["likeliest"] == 0.9
    assert found["asked"] == 5


def test_each_verse_is_retold_once():
    assert len({*KNOWN.values(), *DRAWN.values()}) == len(KNOWN) + len(DRAWN) == 60


@pytest.mark.real
def test_those_that_are_retold_are_those_that_are_drawn():
    real_folder("verses")
    groups = draw(texts.verses(), KNOWN)
    assert [place(group[1]) for group in groups] == [*DRAWN]
    assert len(asked("drawn")) == 300
