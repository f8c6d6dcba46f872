"""LoRA: train a small addition to a frozen model; and what training costs in bytes, counted."""

# --8<-- [start:imports]
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import datasets
import torch
from peft import LoraConfig, PeftModel, TaskType, get_peft_model
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedModel,
)

from lessons.fine_tuning.classifiers import (
    classifier,
    labeled_reviews,
    make_trainer,
    measured,
    tokenized,
)
from lessons.models import recipes
from lessons.models.steps import Batch
from lessons.pretraining.objectives import held_out, validation_loss
from lessons.storage import checkpoint

# --8<-- [end:imports]


# --8<-- [start:lora]
def with_lora(
    model: PreTrainedModel, rank: int = 8, saved: Sequence[str] = ("pooler", "classifier")
) -> PeftModel:
    """Freeze a BERT classifier and put a low-rank addition beside its query and value matrices.

    Args:
        model: classifier that is changed.
        rank: the addition's.
        saved: layers that are trained and saved whole. The pooler belongs to them because the masked
            model's file has none: its weights are new.
    """
    settings = LoraConfig(
        task_type=TaskType.SEQ_CLS,
        r=rank,
        lora_alpha=2 * rank,
        target_modules=["query", "value"],
        modules_to_save=list(saved),
    )
    with old_name():
        return get_peft_model(model, settings)


# --8<-- [end:lora]


def load_lora(model: PreTrainedModel, folder: Path | str) -> PeftModel:
    """Put a saved adapter onto a model of the kind that it was trained on."""
    with old_name():
        return PeftModel.from_pretrained(model, folder)


# --8<-- [start:old_name]
@contextmanager
def old_name() -> Iterator[None]:
    """Let peft ask transformers for a property by its old name, without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        yield


# --8<-- [end:old_name]


def head_only(model: PreTrainedModel) -> PreTrainedModel:
    """Freeze all that was pre-trained: only the new head learns."""
    for name, weight in model.named_parameters():
        weight.requires_grad = name.startswith(("bert.pooler.", "classifier."))
    return model


WAYS = {"full": lambda model: model, "lora": with_lora, "head": head_only}


# --8<-- [start:memory]
def training_bytes(model: torch.nn.Module, batch: Batch) -> dict[str, int]:
    """Take one step and count what it keeps in memory, from the tensors themselves.

    Args:
        model: classifier that one step of AdamW changes.
        batch: inputs of the model, with ``labels``.

    Returns:
        Bytes of all weights, of gradients, of AdamW's two moments, and of the *activations*:
        what the forward pass leaves for the backward pass, weights not counted again.
    """
    weights = {weight.untyped_storage().data_ptr(): weight.nbytes for weight in model.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    learning = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learning)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = model(**batch).loss
    activations = sum(
        tensor.untyped_storage().nbytes() for place, tensor in kept.items() if place not in weights
    )
    loss.backward()
    optimizer.step()
    state = [tensor for moments in optimizer.state.values() for tensor in moments.values()]
    return {
        "weights": sum(weights.values()),
        "gradients": sum(weight.grad.nbytes for weight in learning if weight.grad is not None),
        "optimizer": sum(tensor.nbytes for tensor in state),
        "activations": activations,
    }


# --8<-- [end:memory]


def masked_loss(body: torch.nn.Module) -> float:
    """Give a body back its masked-language head; return the loss on held-out text, in nats a token.

    Args:
        body: the ``bert`` of a classifier, perhaps with a pooler.
    """
    folder, plan = checkpoint("mlm"), recipes.PLANS["mlm"]
    model = AutoModelForMaskedLM.from_pretrained(folder)
    weights = body.state_dict().items()
    model.bert.load_state_dict(
        {name: tensor for name, tensor in weights if not name.startswith("pooler.")}
    )
    tokenizer = AutoTokenizer.from_pretrained(folder)
    batches = held_out(plan, tokenizer, 8)[:4]  # type: ignore[arg-type]
    return validation_loss(model, batches, causal=False)


def way_cell(way: str, labels: int, rate: float, epochs: int, seed: int) -> dict[str, float]:
    """Fine-tune all weights, a LoRA or the head alone; measure the task, and what is forgotten.

    Args:
        way: ``full``, ``lora`` or ``head``.
        labels: reviews to learn from.
        rate: peak of the learning rate.
        epochs: times that each review is seen.
        seed: number that fixes the reviews, the weights that are new, and the order.
    """
    datasets.disable_progress_bars()
    data = tokenized(
        labeled_reviews(labels, seed), AutoTokenizer.from_pretrained(checkpoint("mlm"))
    )
    model = WAYS[way](classifier("mlm", seed))
    with tempfile.TemporaryDirectory() as folder:
        trainer = make_trainer(
            model, data, folder, learning_rate=rate, seed=seed, num_train_epochs=epochs
        )
        trainer.train()
        values = measured(trainer, data)
    merged = model.merge_and_unload() if isinstance(model, PeftModel) else model
    return {**values, "masked_loss": masked_loss(merged.bert)}
