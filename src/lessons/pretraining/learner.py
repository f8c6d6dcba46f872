"""A small model that is watched while it learns: what it writes, and how often its guess is right."""

# --8<-- [start:imports]
import math
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from transformers import PreTrainedModel

from lessons.models import recipes
from lessons.models.progress import History
from lessons.models.recipes import Plan
from lessons.models.steps import Batch, targets
from lessons.models.training import train
from lessons.pretraining.objectives import CAUSAL, MARKS, held_out, prepare, validation_loss

# --8<-- [end:imports]


# --8<-- [start:learner]
class Learner:
    """A network with random weights that is trained a part at a time, and can be asked on the way.

    Attributes:
        model: the network.
        tokenizer: trained on the plan's documents.
        batches: function from a step to its batch.
        history: loss, time and tokens of each step so far.
    """

    def __init__(self, folder: str | Path, plan: Plan = CAUSAL) -> None:
        """Prepare all that a run needs, and take no step.

        Args:
            folder: place of the run's checkpoint, which a later part continues.
            plan: a causal model's.
        """
        self.folder, self.plan, self.history = Path(folder), plan, History()
        self.tokenizer, self.batches = prepare(plan)
        self.model = recipes.untrained(plan, self.tokenizer)

    def train(self, until: int) -> None:
        """Take the steps that are left up to a number; of an earlier run's checkpoint none is used."""
        begun = bool(self.history.losses)
        self.history = train(
            self.model, self.batches, self.plan.recipe, self.folder,
            until=until, resume=begun, quiet=True,
        )  # fmt: skip

    def continue_text(self, text: str, seed: int = 0) -> str:
        """Let the model write 24 more tokens, each sampled at temperature 0.7.

        Args:
            text: the beginning.
            seed: fixes the samples, and no other random number.

        Returns:
            The new text in one line: a line break is a slash, what cannot be shown a question mark.
        """
        batch = self.tokenizer(text, return_tensors="pt")
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            ids = self.model.generate(  # type: ignore[operator]
                **batch, max_new_tokens=24, do_sample=True, top_k=0, temperature=0.7
            )
        new = self.tokenizer.decode(ids[0, batch["input_ids"].shape[1] :], skip_special_tokens=True)
        shown = str(new).replace("\n", " / ")
        return "".join(letter if letter.isprintable() else "?" for letter in shown)


# --8<-- [end:learner]


# --8<-- [start:guesses]
LOOKS = (0, 50, 150, 300)


@torch.no_grad()
def share_right(model: PreTrainedModel, batches: Sequence[Batch]) -> float:
    """Return the share of scored tokens that a causal model's likeliest guess gets right, 0 to 1."""
    right, count = 0, 0
    for batch in batches:
        labels = targets(batch["labels"], causal=True)
        guesses = model(input_ids=batch["input_ids"]).logits.argmax(dim=-1)
        right += int((guesses == labels).sum())  # -100 is no token, so never a guess
        count += int((labels != -100).sum())
    return right / count


def words(text: str) -> list[str]:
    """List the words of a text, in lower case."""
    return re.findall("[a-z]+", text.lower())


def guess_cell(seed: int) -> dict[str, float]:
    """Train the page's causal model; look at its guesses and its text on the way.

    Args:
        seed: number that fixes the first weights; text and batches are always the same.

    Returns:
        After each of ``LOOKS`` steps, on held-out text the share of right guesses and the bits per
        token; and of the words in 20 samples, the share that occurs in training documents.
    """
    plan = replace(CAUSAL, seed=seed)
    known, values = set(words(" ".join(plan.texts(0, 2000)))), {}
    with tempfile.TemporaryDirectory() as folder:
        learner = Learner(folder, plan)
        check = held_out(plan, learner.tokenizer, 20)
        for step in LOOKS:
            learner.train(until=step)
            nats = validation_loss(learner.model, check, causal=True)
            texts = [learner.continue_text("Once there was", number) for number in range(20)]
            written = words(" ".join(texts))
            values[f"step{step}.right"] = share_right(learner.model, check)
            values[f"step{step}.bits"] = nats / math.log(2)
            values[f"step{step}.known"] = sum(word in known for word in written) / len(written)
    return values


# --8<-- [end:guesses]


# --8<-- [start:texts]
BEGINNINGS = {
    "story": "Once there was",
    "sum": "Question: What is 3 + 4?\nAnswer:",
    "french": "Translate English to French: 'The red cup is small.'\nFrench:",
}


def text_cell(seed: int) -> dict[str, float | str]:
    """Train the page's causal model longer than a page may, and let it write on the way.

    Args:
        seed: number that fixes the first weights; text, batches and samples are always the same.

    Returns:
        Before the first step and after each of ``MARKS``, the validation loss in nats per token, and how
        the model continues each of ``BEGINNINGS``.
    """
    plan = replace(CAUSAL, seed=seed, recipe=replace(CAUSAL.recipe, steps=MARKS[-1]))
    values: dict[str, float | str] = {}
    with tempfile.TemporaryDirectory() as folder:
        learner = Learner(folder, plan)
        check = held_out(plan, learner.tokenizer, 20)
        for step in (0, *MARKS):
            learner.train(until=step)
            values[f"step{step}.loss"] = validation_loss(learner.model, check, causal=True)
            for name, beginning in BEGINNINGS.items():
                values[f"step{step}.{name}"] = learner.continue_text(beginning)
    return values


# --8<-- [end:texts]
