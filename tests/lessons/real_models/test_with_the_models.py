"""What is known of the real models and texts, found again where they lie. ``make test-real`` runs this."""

import json
import os

import pytest
import torch

from lessons.fingerprints.fingerprint import file_digest
from lessons.real_models import loading, texts
from lessons.real_models.pins import COLLECTIONS, MODELS
from realmodels import real_folder, real_model

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def smollm2():
    real_model("smollm2")
    return loading.causal()


@pytest.fixture(scope="module")
def minilm():
    real_model("minilm")
    return loading.encoder()


@pytest.mark.parametrize("name", MODELS)
def test_the_files_are_the_pinned_ones_and_their_license_lies_beside_them(name):
    folder = real_model(name)
    for file, wanted in MODELS[name].files.items():
        assert file_digest(folder / file) == wanted, file
    assert "Apache License 2.0" in (folder / "NOTICE").read_text("utf-8")
    if os.name != "nt":
        assert all(path.stat().st_mode & 0o444 == 0o444 for path in folder.iterdir())


def test_the_license_of_converted_weights_is_the_text_of_apache():
    text = (real_model("smollm2") / "LICENSE").read_text("utf-8")
    assert text.split()[:4] == ["Apache", "License", "Version", "2.0,"]


def test_the_converted_folder_takes_the_room_that_was_announced():
    size = sum(path.stat().st_size for path in real_model("smollm2").iterdir())
    assert size == pytest.approx(MODELS["smollm2"].made, rel=1e-3)


def test_the_causal_model_has_the_shape_and_the_tied_embedding_of_its_family(smollm2):
    model, _ = smollm2
    assert model.num_parameters() == 134_515_008
    assert model.lm_head.weight is model.model.embed_tokens.weight
    assert model.dtype == torch.float32
    assert (model.config.num_hidden_layers, model.config.hidden_size) == (30, 576)
    assert model.config.max_position_embeddings == 8192


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Hello, how are you?", [19556, 28, 638, 359, 346, 47]),
        (" Paris", [7042]),
        ("", []),
    ],
)
def test_its_tokens_are_known_and_none_is_put_in_front(smollm2, text, ids):
    assert smollm2[1](text)["input_ids"] == ids


def test_spaces_before_a_digit_stay_together_and_digits_apart(smollm2):
    _, tokenizer = smollm2
    assert tokenizer.tokenize("  1") == ["ĠĠ", "1"]
    assert tokenizer.tokenize("2026") == ["2", "0", "2", "6"]
    text = "def f(x):\n    return  12 * x  # é 🙂\n\n"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_it_ends_with_the_token_that_ends_a_turn(smollm2):
    _, tokenizer = smollm2
    assert (tokenizer.eos_token, tokenizer.eos_token_id) == ("<|im_end|>", 2)
    assert tokenizer.pad_token_id == 2
    chat = [{"role": "user", "content": "Hello."}]
    prompt = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert prompt.endswith("<|im_start|>assistant\n")
    assert "helpful AI assistant named SmolLM" in prompt


def test_it_knows_the_capital_of_france(smollm2):
    model, tokenizer = smollm2
    ids = tokenizer("The capital of France is", return_tensors="pt")
    written = model.generate(**ids, do_sample=False, max_new_tokens=2, pad_token_id=2)
    assert tokenizer.decode(written[0, ids["input_ids"].shape[1] :]) == " Paris."


def test_the_encoder_has_the_shape_and_the_vocabulary_of_its_family(minilm):
    model, tokenizer = minilm
    assert type(model).__name__ == "BertModel"
    assert model.num_parameters() == 22_713_216
    assert len(tokenizer) == 30_522
    assert tokenizer("Hello, how are you?")["input_ids"] == [
        101, 7592, 1010, 2129, 2024, 2017, 1029, 102,
    ]  # fmt: skip
    assert tokenizer.tokenize("unaffable") == ["una", "##ffa", "##ble"]


def test_texts_of_one_meaning_lie_closer_than_those_of_one_word(minilm):
    said = ["He parked the car.", "She left her automobile there.", "A walk in the park is nice."]
    vectors = loading.embed(*minilm, said)
    assert vectors.shape == (3, 384)
    near, far = (vectors[0] @ vectors[1]).item(), (vectors[0] @ vectors[2]).item()
    assert near > far + 0.1


def test_the_folder_says_which_class_its_weights_are_for():
    for name, of in (("smollm2", "LlamaForCausalLM"), ("minilm", "BertModel")):
        told = json.loads((real_model(name) / "config.json").read_text("utf-8"))
        assert told["architectures"] == [of]


def test_behind_praise_the_praising_word_is_the_likelier_one(smollm2):
    rests = ["\n\nReview: I love it. It is very", "\n\nReview: I hate it. It is very"]
    praise, blame = loading.margins(*smollm2, "Two reviews.", rests, (" bad", " good"))
    assert praise > blame


def test_a_blank_line_at_a_cut_is_another_token_and_is_refused(smollm2):
    with pytest.raises(ValueError, match="share a token"):
        loading.margins(*smollm2, "Two reviews.\n\n", ["Review:"], (" bad", " good"))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_the_texts_are_the_pinned_ones_and_their_license_lies_beside_them(name):
    folder = real_folder(name)
    for file, wanted in COLLECTIONS[name].files.items():
        assert file_digest(folder / file) == wanted, file
    (license_file,) = folder.glob("LICENSE*")
    assert "MIT" in license_file.read_text("utf-8")
    assert (folder / "NOTICE").is_file()


@pytest.mark.parametrize(
    ("kind", "count", "below", "above", "fewest", "distinct"),
    [("movies", 10_605, 5326, 5242, 15, 10_603), ("products", 3708, 1482, 2128, 20, 3697)],
)
def test_every_sentence_has_its_ratings_by_people(kind, count, below, above, fewest, distinct):
    real_folder("ratings")
    rated = texts.ratings(kind)
    assert len(rated) == len({one.id for one in rated}) == count
    assert len({one.text for one in rated}) == distinct
    assert min(len(one.ratings) for one in rated) == fewest
    assert sum(one.mean < 0 for one in rated) == below
    assert sum(one.mean > 0 for one in rated) == above
    assert {value for one in rated for value in one.ratings} == {*range(-4, 5)}
    assert not any(set(one.text) & set("\t\r\n\ufeff") for one in rated)


def test_the_lexicon_knows_good_from_bad():
    real_folder("ratings")
    assert len(texts.lexicon()) == 7506
    assert texts.lexicon()["good"] > 0 > texts.lexicon()["bad"]


def test_the_verses_go_from_genesis_to_revelation():
    real_folder("verses")
    verses = texts.verses()
    assert len(verses) == 31_103
    assert verses[0].text == "In the beginning God created the heaven and the earth."
    assert (verses[-1].book, verses[-1].chapter, verses[-1].verse) == ("Revelation", 22, 21)
