"""The two models' text and shape: always the same, and nothing lost on the way to a batch."""

from collections import Counter
from dataclasses import replace

import pytest
import torch
from transformers import AutoTokenizer

import lessons
from lessons.models import corpus
from lessons.models.corpus import CausalBatches, MaskedBatches, mask_tokens, pack
from lessons.models.recipes import PLANS, Plan, batches_of, find, tokenizer_of, untrained


@pytest.fixture(scope="module")
def tokenizers():
    """Both, from a few of their documents: what is asked of them here holds for any text."""
    with pytest.MonkeyPatch.context() as patch:
        texts_of = Plan.texts
        patch.setattr(Plan, "texts", lambda plan, seed, _: texts_of(plan, seed, 1500))
        return {name: tokenizer_of(plan) for name, plan in PLANS.items()}


def texts(seed, count):
    return [f"{seed} {number} " + "cat " * (number % 7) for number in range(count)]


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no model 'gpt2': take one of base, mlm"):
        find("gpt2")


@pytest.mark.parametrize("name", ["mlm", pytest.param("base", marks=pytest.mark.nightly)])
def test_a_tokenizer_trained_again_is_the_one_that_is_shipped(name):
    shipped = AutoTokenizer.from_pretrained(lessons.checkpoint(name))
    made = tokenizer_of(PLANS[name]).backend_tokenizer
    text = "Mia lost 12 keys near the château. It doesn't matter: <|endoftext|> [MASK]"
    assert shipped.get_vocab() == made.get_vocab()
    assert shipped(text)["input_ids"] == made.encode(text).ids


@pytest.mark.parametrize("name", PLANS)
def test_a_model_has_the_size_and_the_first_weights_of_its_plan(name, tokenizers):
    plan = PLANS[name]
    model, again = untrained(plan, tokenizers[name]), untrained(plan, tokenizers[name])
    assert len(tokenizers[name]) == model.config.vocab_size == plan.vocabulary
    assert model.config.max_position_embeddings == plan.context
    assert model.config.hidden_size == plan.width
    pairs = zip(model.parameters(), again.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_the_base_tokenizer_cuts_numbers_into_digits(tokenizers):
    ids = tokenizers["base"]("12 + 345")["input_ids"]
    assert [tokenizers["base"].decode([i]).strip() for i in ids if i] == [
        "1",
        "2",
        "+",
        "",
        "3",
        "4",
        "5",
    ]


def test_the_base_tokenizer_brings_any_text_back(tokenizers):
    text = "Où est la clé ? 🐈\n\nA line.\tDon't."
    assert tokenizers["base"].decode(tokenizers["base"](text)["input_ids"]) == text


def test_the_base_tokenizer_adds_nothing_and_pads_on_the_left(tokenizers):
    batch = tokenizers["base"](["cat", "a cat in the park"], padding=True)
    assert batch["attention_mask"][0][0] == 0
    assert tokenizers["base"].bos_token_id not in batch["input_ids"][1]


def test_the_masked_tokenizer_frames_a_lower_case_text(tokenizers):
    tokens = tokenizers["mlm"].convert_ids_to_tokens(
        tokenizers["mlm"]("The SOUP is great.")["input_ids"]
    )
    assert tokens == ["[CLS]", "the", "soup", "is", "great", ".", "[SEP]"]


def test_letters_inside_words_are_not_special(tokenizers):
    special = {
        tokenizers["mlm"].convert_ids_to_tokens(i) for i in tokenizers["mlm"].all_special_ids
    }
    assert special == set(corpus.SPECIAL)


def test_packing_loses_only_what_is_too_long():
    documents = [[number] * (number % 11 + 1) for number in range(200)]
    blocks = pack(documents, 9)
    kept = Counter(i for block in blocks for i in block)
    assert kept == Counter(i for ids in documents if len(ids) <= 9 for i in ids)
    assert max(map(len, blocks)) == 9


def test_packing_cuts_no_document():
    documents = [[number] * (number % 9 + 1) for number in range(200)]
    for block in pack(documents, 9):
        assert all(count == number % 9 + 1 for number, count in Counter(block).items())


def test_packing_leaves_few_places_empty():
    blocks = pack([[1] * (number % 61 + 1) for number in range(4000)], 256)
    assert sum(map(len, blocks)) / (256 * len(blocks)) > 0.99


@pytest.mark.parametrize("name", PLANS)
def test_the_batch_of_a_step_does_not_depend_on_what_was_asked_before(name, tokenizers):
    kind = CausalBatches if name == "base" else MaskedBatches
    one, other = (kind(tokenizers[name], texts, 32, 4, chunk=3) for _ in range(2))
    straight = [one(step) for step in range(7)]
    for step in (6, 0, 3, 5, 3):
        again = other(step)
        assert all(torch.equal(again[key], straight[step][key]) for key in again)


@pytest.mark.parametrize("name", PLANS)
def test_two_chunks_have_different_text(name, tokenizers, few_texts):
    batches = batches_of(replace(PLANS[name], rows=4), tokenizers[name])
    batches.chunk = 2
    seen = [text for step in range(2) for text in rows_of(batches(step))]
    assert not set(seen) & {text for step in range(2, 4) for text in rows_of(batches(step))}


def rows_of(batch):
    return [str(row.tolist()) for row in batch["input_ids"]]


def test_a_causal_batch_labels_all_tokens_but_the_filling(tokenizers):
    batch = CausalBatches(tokenizers["base"], texts, 32, 4, chunk=2)(1)
    scored = batch["labels"] != -100
    assert batch["input_ids"].shape == batch["labels"].shape == (4, 32)
    assert torch.equal(batch["input_ids"][scored], batch["labels"][scored])
    assert set(batch["input_ids"][~scored].tolist()) <= {tokenizers["base"].eos_token_id}
    for row, ids in zip(scored, batch["input_ids"], strict=True):
        end = int(row.sum())
        assert row[:end].all()
        assert ids[end - 1] == tokenizers["base"].eos_token_id


def test_every_document_of_a_causal_batch_ends_with_the_end_of_text(tokenizers):
    batch = CausalBatches(tokenizers["base"], texts, 64, 4, chunk=1)(0)
    for labels in batch["labels"]:
        text = tokenizers["base"].decode(labels[labels != -100])
        for document in text.split("<|endoftext|>")[:-1]:
            assert document in texts(int(document.split()[0]), 4096)


def test_a_masked_batch_holds_texts_of_similar_length(tokenizers):
    batches = MaskedBatches(tokenizers["mlm"], texts, 32, 8, chunk=20)
    for step in range(20):
        lengths = batches(step)["attention_mask"].sum(1)
        assert lengths.max() - lengths.min() <= 2


def test_a_masked_batch_has_one_of_few_widths(tokenizers):
    batches = MaskedBatches(tokenizers["mlm"], texts, 40, 8, chunk=20)
    widths = {batches(step)["input_ids"].shape[1] for step in range(20)}
    assert widths <= {16, 32, 40}


def masked(tokenizers, count=40_000):
    ids = torch.randint(5, 1500, (count // 40, 40), generator=torch.Generator().manual_seed(1))
    ids[:, 0], ids[:, -1] = tokenizers["mlm"].cls_token_id, tokenizers["mlm"].sep_token_id
    return ids, *mask_tokens(ids, tokenizers["mlm"], torch.Generator().manual_seed(0))


def test_masking_chooses_fifteen_percent_and_nothing_special(tokenizers):
    ids, _, labels = masked(tokenizers)
    chosen = labels != -100
    assert chosen[:, 1:-1].float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert not chosen[:, 0].any()
    assert not chosen[:, -1].any()
    assert torch.equal(labels[chosen], ids[chosen])


def test_masking_hides_eighty_keeps_ten_and_replaces_ten_percent(tokenizers):
    ids, read, labels = masked(tokenizers)
    chosen, mask = labels != -100, tokenizers["mlm"].mask_token_id
    shares = (
        (read[chosen] == mask).float().mean().item(),
        (read[chosen] == ids[chosen]).float().mean().item(),
    )
    assert shares == pytest.approx((0.8, 0.1), abs=0.02)
    assert torch.equal(read[~chosen], ids[~chosen])


def test_what_replaces_a_token_is_never_special(tokenizers):
    _, read, labels = masked(tokenizers)
    chosen = labels != -100
    replaced = read[chosen & (read != tokenizers["mlm"].mask_token_id)]
    assert replaced.min() >= len(corpus.SPECIAL)
