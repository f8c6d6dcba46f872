"""The model that readers train in their browser: its text, its tokenizer, and the same training here.

What the page loads is written by::

    python -c "from lessons.pretraining import in_the_page
    in_the_page.write('docs/assets/models/stories')"
"""

import json
import random
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast

from lessons import world
from lessons.models import corpus, recipes
from lessons.models.progress import History
from lessons.models.recipes import Plan
from lessons.models.steps import Batch
from lessons.models.training import Recipe
from lessons.pretraining.learner import Learner

IN_PAGE = Plan(
    vocabulary=512, context=64, rows=8, width=64, layers=2, heads=4, shares={"story": 1},
    recipe=Recipe(steps=800, learning_rate=8e-3, warmup=40),
)  # fmt: skip
SIZE = 300_000  # bytes of text, at most
LOOKS = (1, 50, 100, 200, 400, 800)


def stories() -> list[str]:
    """Make the stories that are read: what stands before their questions, as much as fits in ``SIZE``."""
    found: list[str] = []
    left = SIZE
    for text in world.documents(0, 2000, "train", IN_PAGE.shares):
        story = text.split("\n")[0].removeprefix("Story: ").removeprefix("Context: ")
        left -= len(story.encode()) + 1
        if left < 0:
            break
        found.append(story)
    return found


def tokenizer_of(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Train the tokenizer on the stories."""
    return corpus.base_tokenizer(texts, IN_PAGE.vocabulary, IN_PAGE.context)


def write(folder: str | Path) -> None:
    """Write what the page loads: the text with a story a line, its tokenizer, the plan."""
    folder, texts = Path(folder), stories()
    folder.mkdir(parents=True, exist_ok=True)
    network = ("vocabulary", "context", "rows", "width", "layers", "heads")
    plan = {
        "plan": {name: getattr(IN_PAGE, name) for name in network},
        "recipe": {
            name: value
            for name, value in asdict(IN_PAGE.recipe).items()
            if name in ("steps", "learning_rate", "warmup", "floor", "weight_decay", "clip")
        },
    }
    tokenizer = json.loads(tokenizer_of(texts).backend_tokenizer.to_str())
    files = {
        "stories.txt": "\n".join([*texts, ""]),
        "tokenizer.json": json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")) + "\n",
        "plan.json": json.dumps(plan, indent=1) + "\n",
    }
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8", newline="\n")


class Beginnings:
    """Batches whose sequences begin where a story begins, and go on into the next ones.

    Args:
        tokenizer: with an end-of-text token, which stands behind each story.
        texts: the stories.
        plan: says how many sequences a batch has, and how long they are.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], plan: Plan):
        self.plan, self.ids, self.begins = plan, list[int](), list[int]()
        for ids in tokenizer(list(texts), verbose=False)["input_ids"]:
            self.begins.append(len(self.ids))
            self.ids += [*ids, tokenizer.eos_token_id]
        self.begins = [at for at in self.begins if at + plan.context <= len(self.ids)]

    def __call__(self, step: int) -> Batch:
        """Return the batch of a step, the same whenever it is asked."""
        chosen = random.Random(step).choices(self.begins, k=self.plan.rows)
        rows = torch.tensor([self.ids[at : at + self.plan.context] for at in chosen])
        return {"input_ids": rows, "labels": rows}


class PageLearner(Learner):
    """The learner of the page's widget: the same network, text and recipe, but other random numbers."""

    def __init__(self, folder: str | Path, plan: Plan = IN_PAGE) -> None:
        """Prepare a run, and take no step."""
        texts = stories()
        self.folder, self.plan, self.history = Path(folder), plan, History()
        self.tokenizer = tokenizer_of(texts)
        self.batches = Beginnings(self.tokenizer, texts, plan)  # type: ignore[assignment]
        self.model = recipes.untrained(plan, self.tokenizer)


def page_cell(seed: int) -> dict[str, float | str]:
    """Train the widget's model in PyTorch; let it write on the way.

    Args:
        seed: number that fixes the first weights; text, batches and samples are always the same.

    Returns:
        After each of ``LOOKS`` steps, the mean loss of the last 25 steps in nats per token, and how the
        model continues "Once there was", by twice 24 tokens.
    """
    values: dict[str, float | str] = {}
    with tempfile.TemporaryDirectory() as folder:
        learner = PageLearner(folder, replace(IN_PAGE, seed=seed))
        for step in LOOKS:
            learner.train(until=step)
            last = learner.history.losses[-25:]
            values[f"step{step}.loss"] = sum(last) / len(last)
            text = learner.continue_text("Once there was")
            values[f"step{step}.text"] = text + learner.continue_text(f"Once there was{text}", 1)
    return values
