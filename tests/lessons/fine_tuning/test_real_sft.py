"""One word behind a sentence: how a model is asked, what is measured, and what a step changes."""

from functools import partial

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from lessons.catalog.experiment import Record
from lessons.experiments import load_result
from lessons.fine_tuning import real_sft
from lessons.fine_tuning.real_experiments import (
    ASK,
    BETTER,
    RATES,
    summarise_sft,
)
from lessons.fine_tuning.real_labels import sentences
from lessons.fine_tuning.real_sft import (
    answers,
    judged,
    next_scores,
    other_loss,
    prompts,
    sft_cell,
    to_train,
    train,
)
from lessons.prompting import real_sentiment
from lessons.real_models import loading, texts
from lessons.real_models.texts import Rated
from lessons.storage import checkpoint

FINE, DULL = "A fine film.", "A dull film, and a long one at that."


@pytest.fixture(scope="module")
def tokenizer():
    tokenizer = AutoTokenizer.from_pretrained(checkpoint("base"))
    tokenizer.pad_token_id = 0
    return tokenizer


@pytest.fixture
def model(tokenizer) -> LlamaForCausalLM:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16,
                num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1,
            )
        ).eval()  # fmt: skip


@pytest.fixture(autouse=True)
def words(monkeypatch):
    """A wording whose two words are one token each for the course's own tokenizer, too."""
    monkeypatch.setitem(real_sft.WORDINGS, "short", ("Review:", "\nIt is", (" bad", " good")))


def weights(model) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


def test_a_sentence_is_asked_about_as_on_the_page_on_prompting():
    assert prompts("sentiment", [FINE]) == [f"Review: {FINE}\nSentiment:"]
    assert real_sft.WORDINGS is real_sentiment.WORDINGS


def test_texts_read_together_are_read_as_if_alone(model, tokenizer):
    read = prompts("short", [FINE, DULL])
    with torch.no_grad():
        together = next_scores(model, tokenizer, read)
        for row, text in zip(together, read, strict=True):
            alone = model(torch.tensor([tokenizer(text)["input_ids"]])).logits[0, -1]
            assert torch.allclose(row, alone, atol=1e-5)


def test_answers_are_judged_by_the_likelier_word_and_by_all_words(tokenizer, monkeypatch):
    bad, good = answers(tokenizer, "short")
    other = next(i for i in range(len(tokenizer)) if i not in (bad, good))
    rows = torch.full((4, len(tokenizer)), -100.0)
    rows[:, good] = torch.tensor([5.0, 0.0, 3.0, 2.0])
    rows[0, other] = 9.0
    rows[1:, bad] = 1.0
    monkeypatch.setattr(real_sft, "next_scores", lambda _, __, read: rows[: len(read)])
    found = judged(None, tokenizer, "short", ["a", "b", "c", "d"], [1, 0, 0, 0])
    assert [found[f"hit.{i}"] for i in range(4)] == [1, 1, 0, 0]
    assert (found["positive"], found["form"]) == (0.75, 0.75)
    assert found["loss"] == pytest.approx((4.018 + 0.3133 + 2.1269 + 1.3133) / 4, abs=1e-3)


def test_other_text_is_scored_document_by_document(model, tokenizer):
    documents = [" ".join(["The dog sleeps."] * 9), " ".join(["My table is old."] * 9)]
    each = []
    for text in documents:
        ids = torch.tensor([tokenizer(text)["input_ids"][:12]])
        with torch.no_grad():
            chances = model(ids).logits[0, :-1].log_softmax(-1)
        each.append(-chances[range(11), ids[0, 1:]].mean().item())
    assert other_loss(model, tokenizer, documents, 12) == pytest.approx(sum(each) / 2, abs=1e-5)


def test_the_other_topics_are_long_enough_different_and_always_the_same():
    found = real_sft.topics()
    assert len(set(found)) == real_sft.DOCUMENTS
    assert min(map(len, found)) > 8 * real_sft.LENGTH
    assert found == real_sft.topics()


@pytest.mark.parametrize("way", ["lora", "all"])
def test_training_makes_the_words_likely_and_leaves_the_model_it_began_with(model, tokenizer, way):
    asked, labels = [FINE, DULL] * 40, [1, 0] * 40
    before, kept = judged(model, tokenizer, "short", asked[:8], labels[:8]), weights(model)
    with torch.random.fork_rng():
        torch.manual_seed(0)  # of LoRA's new weights
        own = to_train(model, way)
    trained = train(own, tokenizer, "short", asked, labels, rate=2e-2)
    assert judged(own, tokenizer, "short", asked[:8], labels[:8])["loss"] < before["loss"] - 0.2
    assert not own.training
    assert all(torch.equal(weight, kept[name]) for name, weight in model.named_parameters())
    total = sum(weight.numel() for weight in kept.values())
    if way == "all":
        assert trained == total
        assert not any(torch.equal(weight, kept[name]) for name, weight in own.named_parameters())
    else:
        assert 0 < trained < total
        frozen = weights(own.unload())  # the same weights, without what was put beside them
        assert all(torch.equal(frozen[name], weight) for name, weight in kept.items())


def test_the_rate_rises_over_three_steps(model, tokenizer, monkeypatch):
    rates, step = [], torch.optim.AdamW.step

    def noted(optimizer, *arguments):
        rates.append(optimizer.param_groups[0]["lr"])
        return step(optimizer, *arguments)

    monkeypatch.setattr(torch.optim.AdamW, "step", noted)
    train(to_train(model, "all"), tokenizer, "short", [FINE] * 40, [1] * 40, rate=3e-3)
    assert rates == pytest.approx([1e-3, 2e-3, 3e-3, 3e-3, 3e-3])


def test_a_cell_asks_the_model_as_it_is_or_trained(model, tokenizer, monkeypatch):
    rated = [
        Rated(i, f"{word} is the film number {i}", (mean,))
        for i in range(200)
        for word, mean in (("fine", 2), ("dull", -2))
    ]
    monkeypatch.setattr(loading, "causal", lambda: (model, tokenizer))
    monkeypatch.setattr(texts, "ratings", lambda _: rated)
    monkeypatch.setattr(texts, "topics", lambda: {str(i): f"{i} The dog. " * 400 for i in range(9)})
    monkeypatch.setattr(real_sft, "sentences", partial(sentences, asked=20))
    kept = weights(model)
    before = sft_cell("none", "short", rate=0.0, steps=3, seed=0)
    found = sft_cell("lora", "short", rate=2e-2, steps=3, seed=1)
    assert before.keys() == found.keys() >= {"validation", "form", "hit.19"}
    assert (before["trained"], found["trained"] > 0) == (0, True)
    assert found["loss"] < before["loss"]
    state = torch.random.get_rng_state()
    assert sft_cell("lora", "short", rate=2e-2, steps=3, seed=1) == found
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(weight, kept[name]) for name, weight in model.named_parameters())
    assert sft_cell("none", "short", rate=0.0, steps=3, seed=0) == before


def cell(way: str, hits: list[int], rate: float, seed: int = 0) -> Record:
    scores = {f"hit.{i}": hit for i, hit in enumerate(hits)}
    others = ("positive", "form", "loss", "other_loss", "validation", "validation_loss", "trained")
    return {
        "parameters": {"way": way, "rate": rate, "seed": seed},
        "values": scores | dict.fromkeys(others, rate),
    }


def test_a_summary_compares_the_better_rates_sentence_by_sentence():
    cells = [cell("none", [1, 0, 0, 0], 0.0)]
    for way, hits in (("lora", [1, 1, 1, 0]), ("all", [1, 1, 0, 0])):
        worse = next(rate for rate in RATES[way] if rate != BETTER[way])
        cells += [cell(way, hits, BETTER[way], seed) for seed in (0, 1)]
        cells.append(cell(way, [0, 0, 0, 0], worse))
    summary = summarise_sft(cells)
    lora, none = summary["lora"]["accuracy"], summary["none"]["accuracy"]
    assert (lora["value"], none["value"]) == (0.75, 0.25)
    assert (lora["n"], lora["groups"], none["n"]) == (8, 4, 4)
    assert {name: gain["value"] for name, gain in summary["gain"].items()} == {
        "lora_all": 0.25, "lora_none": 0.5, "all_none": 0.25,
    }  # fmt: skip
    assert summary["rates"]["all"].keys() == {"rate3e-05", "rate0_0001"}
    assert summary["all"]["loss"]["mean"] == BETTER["all"]


def test_the_better_rate_of_each_way_is_the_better_one_on_validation():
    cells = load_result("fine_tuning_real_sft")["cells"]
    for way, rates in RATES.items():
        tried = {
            rate: cell["values"]
            for rate in rates
            for cell in cells
            if cell["parameters"] == {"way": way, **ASK, "rate": rate, "seed": 0}
        }
        assert BETTER[way] == max(
            rates, key=lambda rate: (tried[rate]["validation"], -tried[rate]["validation_loss"])
        )
