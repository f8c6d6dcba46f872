"""Fine-tuning: clean splits, new weights only where they belong, bytes by count, records that repeat."""

import math
import random

import numpy as np
import pytest
import torch
from peft import PeftModel
from transformers import AutoTokenizer, DataCollatorWithPadding, EvalPrediction

from lessons.catalog.summaries import key
from lessons.experiments import load_result
from lessons.fine_tuning import classifiers, lora
from lessons.fine_tuning import experiments as catalog
from lessons.fine_tuning.classifiers import (
    accuracy,
    check_new,
    classifier,
    labeled_reviews,
    make_trainer,
    tokenized,
    tuned_cell,
    word_classifier,
)
from lessons.fine_tuning.lora import head_only, load_lora, masked_loss, training_bytes, with_lora
from lessons.storage import checkpoint


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(checkpoint("mlm"))


@pytest.fixture(scope="module")
def batch(tokenizer):
    rows = tokenized(labeled_reviews(8), tokenizer)["train"].remove_columns("text")
    return dict(DataCollatorWithPadding(tokenizer)(list(rows)))


def test_no_review_occurs_twice_and_half_of_each_part_are_positive():
    data = labeled_reviews(64)
    assert {part: rows.num_rows for part, rows in data.items()} == {
        "train": 64, "validation": 300, "test": 1000,
    }  # fmt: skip
    texts = [text for rows in data.values() for text in rows["text"]]
    assert len(set(texts)) == len(texts)
    assert all(sum(rows["label"]) * 2 == rows.num_rows for rows in data.values())


def test_the_seed_changes_what_is_learned_and_not_what_is_reported():
    one, other = labeled_reviews(32, seed=1), labeled_reviews(32, seed=2)
    assert one["train"]["text"] != other["train"]["text"]
    assert one["validation"]["text"] == other["validation"]["text"]
    assert one["test"]["text"] == other["test"]["text"]


def test_more_labels_contain_the_fewer():
    assert labeled_reviews(64)["train"]["text"][:32] == labeled_reviews(32)["train"]["text"][:]


@pytest.mark.parametrize(("wrong", "changed"), [(0.0, 0), (0.2, 13), (1.0, 64)])
def test_wrong_labels_are_as_many_as_asked_for_and_only_in_training(wrong, changed):
    right, spoiled = labeled_reviews(64), labeled_reviews(64, wrong=wrong)
    pairs = zip(right["train"]["label"], spoiled["train"]["label"], strict=True)
    assert sum(a != b for a, b in pairs) == changed
    assert right["test"]["label"] == spoiled["test"]["label"]


@pytest.mark.parametrize(("labels", "wrong"), [(1, 0.0), (8, 1.1), (8, -0.1)])
def test_too_few_labels_or_an_impossible_share_are_refused(labels, wrong):
    with pytest.raises(ValueError, match="need 2 or more, and 0 to 1"):
        labeled_reviews(labels, wrong=wrong)


def test_tokenized_texts_are_not_padded(tokenizer):
    rows = tokenized(labeled_reviews(16), tokenizer)["train"]
    assert len({len(ids) for ids in rows["input_ids"]}) > 3
    assert all(0 not in mask for mask in rows["attention_mask"])


def test_the_seed_draws_the_head_and_leaves_the_body(caplog):
    first, again, other = classifier(seed=0), classifier(seed=0), classifier(seed=1)
    assert torch.equal(first.classifier.weight, again.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    body = "bert.embeddings.word_embeddings.weight"
    assert torch.equal(first.state_dict()[body], other.state_dict()[body])
    assert first.config.id2label == {0: "negative", 1: "positive"}
    assert not caplog.records


def test_from_scratch_is_the_same_network_with_other_weights():
    trained, scratch = classifier("mlm").state_dict(), classifier("scratch").state_dict()
    assert {name: of.shape for name, of in trained.items()} == {
        name: of.shape for name, of in scratch.items()
    }
    body = "bert.encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(trained[body], scratch[body])


def test_an_unknown_start_is_refused():
    with pytest.raises(ValueError, match="no start 'bert': take 'mlm' or 'scratch'"):
        classifier("bert")


def test_a_file_without_a_body_is_refused():
    check_new(["classifier.bias", "bert.pooler.dense.weight"])
    with pytest.raises(ValueError, match=r"lacks weights of the body: bert\.embeddings\.x"):
        check_new(["classifier.bias", "bert.embeddings.x"])


def test_accuracy_takes_the_likelier_class():
    logits = np.array([[2.0, 1.0], [0.0, 1.0], [3.0, -1.0], [0.0, 9.0]])
    assert accuracy(EvalPrediction(logits, np.array([0, 1, 1, 1]))) == {"accuracy": 0.75}


def test_a_trainer_warms_up_by_a_tenth_and_prints_nothing(tokenizer, tmp_path, capsys):
    data = tokenized(labeled_reviews(32), tokenizer)
    data["validation"] = data["validation"].select(range(16))
    trainer = make_trainer(
        classifier(), data, tmp_path, num_train_epochs=5, logging_steps=1, learning_rate=1e-3
    )
    trainer.train()
    rates = [entry["learning_rate"] for entry in trainer.state.log_history if "loss" in entry]
    assert len(rates) == 10
    assert rates[0] == 0
    assert rates[1] == max(rates) == pytest.approx(1e-3)
    assert capsys.readouterr().out == ""
    assert not list(tmp_path.iterdir())


def test_counted_words_vote_and_rare_words_count_less():
    classify = word_classifier(["good good lamp", "good chair", "bad lamp", "bad"], [1, 1, 0, 0])
    assert [classify(text) for text in ("A good lamp!", "bad, bad chair", "good")] == [1, 0, 1]


def test_counting_words_is_naive_bayes_with_one_added():
    classify = word_classifier(["a a b", "b"], [1, 0])
    positive, negative = math.log(3 / 5) + math.log(2 / 5), math.log(1 / 3) + math.log(2 / 3)
    assert classify("a b") == int(positive > negative) == 1
    assert classify("b") == int(2 / 5 > 2 / 3) == 0


def test_a_careful_trainer_changes_only_what_lora_adds(batch):
    model = with_lora(classifier())
    names = {name for name, weight in model.named_parameters() if weight.requires_grad}
    kinds = {next(k for k in ("lora_A", "lora_B", "pooler", "classifier") if k in n) for n in names}
    assert kinds == {"lora_A", "lora_B", "pooler", "classifier"}
    plain = classifier().eval()
    with torch.no_grad():
        assert torch.allclose(model.eval()(**batch).logits, plain(**batch).logits, atol=1e-6)


@pytest.mark.parametrize(
    ("saved", "same"), [(("pooler", "classifier"), True), (("classifier",), False)]
)
def test_an_adapter_means_the_same_elsewhere_only_with_its_pooler(batch, tmp_path, saved, same):
    model = with_lora(classifier(seed=0), saved=saved).eval()
    model.save_pretrained(tmp_path)
    loaded = load_lora(classifier(seed=1), tmp_path).eval()
    assert isinstance(loaded, PeftModel)
    with torch.no_grad():
        logits = [one(**batch).logits for one in (model, loaded)]
    assert torch.allclose(*logits, atol=1e-6) is same


def test_the_head_alone_learns_only_what_is_new():
    model = head_only(classifier())
    names = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert names
    assert all(name.startswith(classifiers.NEW) for name in names)


def test_bytes_are_those_of_the_weights_their_gradients_and_two_means(batch):
    full = training_bytes(classifier(), batch)
    count = sum(weight.numel() for weight in classifier().parameters())
    assert full["weights"] == full["gradients"] == 4 * count
    assert full["optimizer"] == pytest.approx(8 * count, rel=1e-3)  # and a step count each
    light, head = (
        training_bytes(with_lora(classifier()), batch),
        training_bytes(head_only(classifier()), batch),
    )
    assert head["gradients"] < light["gradients"] < 0.05 * full["gradients"]
    assert head["activations"] < 0.05 * full["activations"]
    assert light["activations"] < full["activations"]


def test_activations_grow_with_the_batch(batch):
    double = {name: torch.cat([tensor, tensor]) for name, tensor in batch.items()}
    small, large = (training_bytes(classifier(), one)["activations"] for one in (batch, double))
    assert large == pytest.approx(2 * small, rel=0.05)


def test_an_untouched_body_has_forgotten_nothing_and_noise_has():
    model = classifier()
    known = masked_loss(model.bert)
    assert known == pytest.approx(0.7, abs=0.05)
    with torch.no_grad():
        for weight in model.bert.parameters():
            weight += 0.05 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(0))
    assert masked_loss(model.bert) > known + 0.5


def test_counting_words_has_no_loss():
    assert set(tuned_cell("words", 32, 0, 0)) == {"validation_accuracy", "test_accuracy"}


def cell(values, **parameters):
    return {"parameters": parameters, "values": values}


def test_each_start_is_summed_up_at_its_best_rate_and_compared_seed_by_seed():
    rng = random.Random(0)
    cells = [
        cell(
            {"test_accuracy": base + rng.random() / 1000, "validation_accuracy": 10 * rate},
            start=start, labels=count, rate=rate, max_steps=200, seed=seed,
        )
        for start, base in (("mlm", 0.9), ("scratch", 0.6))
        for count in catalog.COUNTS
        for rate in catalog.RATES[start]
        for seed in range(5)
    ]  # fmt: skip
    longer = cell(
        {"test_accuracy": 0.8}, start="scratch", labels=1000, rate=5e-4, max_steps=400, seed=0
    )
    summary = catalog.summarise_labels([*cells, longer])
    assert summary["gain"]["labels32"]["value"] == pytest.approx(0.3, abs=0.01)
    assert summary["mlm"]["labels64"]["validation_accuracy"]["mean"] == pytest.approx(0.002)
    assert set(summary["rates"]["scratch"]) == {"rate0_0002", "rate0_0005", "rate0_001"}
    assert summary["longer"]["scratch"]["labels1000"]["test_accuracy"]["mean"] == 0.8


def test_a_way_takes_the_rate_that_validation_likes_and_reports_the_test():
    cells = [
        cell(
            {"validation_accuracy": good, "test_accuracy": test + seed / 100},
            way=way, rate=rate, seed=seed,
        )
        for way, rate, good, test in (
            ("full", 0.1, 0.9, 0.5), ("full", 0.2, 0.8, 0.7), ("lora", 0.1, 0.6, 0.9),
            ("lora", 0.2, 0.7, 0.6),
        )
        for seed in range(5)
    ]  # fmt: skip
    summary = catalog.summarise_ways(cells)
    assert summary["full"]["best_rate"] == 0.1
    assert summary["lora"]["best_rate"] == 0.2
    assert summary["lora"]["gain"]["value"] == pytest.approx(0.1)
    assert summary["lora"]["best"]["test_accuracy"]["mean"] == pytest.approx(0.62)


def test_every_way_can_be_taken():
    assert set(catalog.WAYS) == set(lora.WAYS)


@pytest.mark.parametrize("start", ["mlm", "scratch"])
def test_the_rate_of_the_curve_over_labels_is_the_best_of_those_tried(start):
    tried = load_result("fine_tuning_labels")["summary"]["rates"][start]
    assert len(tried) == 3

    def rank(name: str) -> tuple[float, float]:
        of = tried[name]
        return -round(of["validation_accuracy"]["mean"], 6), of["validation_loss"]["mean"]

    assert min(tried, key=rank) == key("rate", catalog.BEST[start])
