"""What eight bits cost a model, and a model that writes what it is allowed to."""

import json
import sys
import warnings

import pytest
import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from lessons.labs.serving_json import allowed, chances
from lessons.labs.serving_mistakes import quantize
from lessons.serving import structured
from lessons.serving.price import price
from lessons.serving.quiet import quiet

SMALL = GPT2Config(n_layer=1, n_embd=8, n_head=2, n_positions=16, vocab_size=2048)


@pytest.fixture
def small(monkeypatch):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = GPT2LMHeadModel(SMALL).eval()
        for weight in model.parameters():
            weight.data.mul_(20)  # so that rounding matters
    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", lambda *_, **__: model)
    ids = torch.arange(32).reshape(2, 16)
    batch = {"input_ids": ids, "labels": ids, "attention_mask": torch.ones_like(ids)}
    monkeypatch.setattr("lessons.pretraining.objectives.held_out", lambda *_: [batch])
    return model


def test_the_price_counts_a_byte_for_each_weight_and_four_for_each_scale(small):
    whole = sum(weight.numel() for weight in small.parameters())
    paid = price(quantize)
    matrices, scales = 8 * (24 + 8 + 32) + 32 * 8, 24 + 8 + 32 + 8
    assert paid.megabytes == pytest.approx(4 * whole / 1e6)
    assert paid.rounded_megabytes == pytest.approx((4 * whole - 3 * matrices + 4 * scales) / 1e6)
    assert paid.rounded_perplexity == pytest.approx(paid.perplexity, rel=0.2)
    assert paid.rounded_perplexity != paid.perplexity


def test_a_price_sees_what_a_wrong_function_does(small):
    def wrong(matrix):
        whole, scales = quantize(matrix)
        return whole, [2 * scale for scale in scales]

    paid = price(wrong)
    assert abs(paid.rounded_perplexity / paid.perplexity - 1) > 1e-2


def test_what_libraries_say_while_they_load_is_kept_back_and_what_fails_is_not(capsys):
    def load():
        with quiet():
            print("Loading weights", file=sys.stderr)
            warnings.warn("IProgress not found", stacklevel=1)
            raise ValueError("no model")

    with pytest.raises(ValueError, match="no model"):
        load()
    assert capsys.readouterr().err == ""


def test_reviews_name_one_product_and_come_with_the_answer():
    found = structured.reviews(12, seed=1)
    assert len({text for text, _ in found}) == 12
    for text, answer in found:
        assert json.loads(answer)["product"] in text
        assert structured.parses(f" {answer}\n")
    assert not structured.parses(None)
    assert not structured.parses('{"product": "lamp"}')
    assert structured.product_of("A lamp and a chair.") == ""


def test_a_prompt_shows_the_examples_and_ends_where_the_answer_begins():
    prompt = structured.ask_for_json("Good lamp.", [("Bad chair.", "{}")])
    assert prompt == "Review: Bad chair.\nJSON: {}\nReview: Good lamp.\nJSON:"


@pytest.fixture(scope="module")
def writer():
    return structured.load_writer()


def test_tokens_are_the_bytes_of_a_text(writer):
    text = ' {"product": "café 🐈", \n\t"x": 3.5}'
    ids = writer.tokenizer(text)["input_ids"]
    assert b"".join(writer.tokens[number] for number in ids) == text.encode()
    assert writer.tokens[writer.end] == b""
    assert len(writer.tokens) == len(writer.logits("a", []))


def test_what_was_read_before_is_not_read_again(writer):
    ids = writer.tokenizer(" is awful and")["input_ids"]
    for length in range(len(ids)):
        step = writer.logits("The lamp", ids[:length])
    assert writer.logits("Review:", ids[:3]) != step
    whole = writer.logits("The lamp", ids[:-1])
    assert step == pytest.approx(whole, abs=1e-3)


def test_with_a_mask_a_model_that_knows_no_json_writes_it(writer):
    valid = [b" " + text for text in structured.valid_texts()]

    def masked(logits, text):
        found = chances(logits, allowed(valid, text, writer.tokens, writer.end))
        return found.index(max(found))

    prompt = structured.ask_for_json("The lamp is awful.", structured.reviews(1, 0, "train"))
    assert structured.parses(writer.write(prompt, masked))
    assert writer.write(prompt, masked, room=3) is None
