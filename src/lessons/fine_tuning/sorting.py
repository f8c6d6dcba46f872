"""Sort messages into queues in three ways: a line on frozen vectors, LoRA, all weights.

Recorded for a lab of Lesson 5. The body is `mlm-unlabeled`, which has read reviews and never their
sentiment. Each network starts with the head that was fitted on the frozen vectors, so that training begins
with the answers of the line.
"""

import random
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional
from transformers import AutoTokenizer, BertModel
from transformers.utils import logging

from lessons.fine_tuning.sorting_messages import (
    QUEUES,
    content,
    drawn_order,
    group,
    messages,
    split,
)
from lessons.fine_tuning.unlabeled import NAME, folder_of

RANK, ALPHA = 8, 16
BATCH, STEPS = 16, 200
PULL = 0.1  # toward zero, of the head that each way starts from
WAYS = ("line", "lora", "all")
Rows = Sequence[Sequence[int]]


class Adapted(torch.nn.Module):
    """A linear layer that stays as it is, and beside it a product of two thin matrices.

    Args:
        layer: the frozen one; its matrix has the shape (outputs, inputs).
        first: the matrix A, shape (rank, inputs).
        second: the matrix B, shape (outputs, rank); zeros, so that nothing changes at the start.
        alpha: scales the addition, together with the rank.
    """

    def __init__(
        self, layer: torch.nn.Linear, first: torch.Tensor, second: torch.Tensor, alpha: float
    ) -> None:
        super().__init__()
        self.layer, self.scale = layer, alpha / len(first)
        self.A, self.B = torch.nn.Parameter(first), torch.nn.Parameter(second)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return W x + b + alpha / rank B A x, of the shape (..., outputs)."""
        out: torch.Tensor = self.layer(x) + self.scale * (x @ self.A.T) @ self.B.T
        return out


class Sorter(torch.nn.Module):
    """A BERT whose vectors are averaged over the real tokens, and a head with a number for each queue."""

    def __init__(self) -> None:
        super().__init__()
        verbosity = logging.get_verbosity()
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.body = BertModel.from_pretrained(folder_of(NAME), add_pooling_layer=False)
        logging.set_verbosity(verbosity)
        self.head = torch.nn.Linear(self.body.config.hidden_size, len(QUEUES))
        self.eval()

    def vectors(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return a vector for each row of ids, shape (rows, width)."""
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        real = mask[..., None].to(hidden.dtype)
        mean: torch.Tensor = (hidden * real).sum(1) / real.sum(1)
        return mean

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return a number for each row and queue, shape (rows, queues)."""
        scores: torch.Tensor = self.head(self.vectors(ids, mask))
        return scores

    def places(self) -> list[tuple[torch.nn.Module, str]]:
        """Name the layers that LoRA adapts, each by its parent and its name there: queries and values."""
        layers: Any = self.body.encoder.layer
        return [(layer.attention.self, kind) for layer in layers for kind in ("query", "value")]


def adapt(model: Sorter, rank: int = RANK, alpha: float = ALPHA, seed: int = 0) -> None:
    """Freeze a body, and put a low-rank addition beside its queries and values; the head stays free."""
    for weight in model.body.parameters():
        weight.requires_grad = False
    luck = torch.Generator().manual_seed(seed)
    for parent, kind in model.places():
        layer = getattr(parent, kind)
        first = torch.randn(rank, layer.in_features, generator=luck) / layer.in_features**0.5
        setattr(parent, kind, Adapted(layer, first, torch.zeros(layer.out_features, rank), alpha))


def ids_of(texts: Sequence[str]) -> list[list[int]]:
    """Cut texts into ids, without padding."""
    found: list[list[int]] = AutoTokenizer.from_pretrained(folder_of(NAME))(list(texts))[
        "input_ids"
    ]
    return found


def padded(rows: Rows) -> tuple[torch.Tensor, torch.Tensor]:
    """Fill rows up to the longest; return ids and mask, shape (rows, tokens)."""
    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def by_length(rows: Rows, size: int = 100) -> list[list[int]]:
    """Part places of rows into batches of similar length."""
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    return [order[start : start + size] for start in range(0, len(order), size)]


@torch.no_grad()
def vectors(model: Sorter, rows: Rows) -> torch.Tensor:
    """Return a vector for each row, shape (rows, width)."""
    found = torch.zeros(len(rows), model.head.in_features)
    for places in by_length(rows):
        found[places] = model.vectors(*padded([rows[place] for place in places]))
    return found


@torch.no_grad()
def answers(model: Sorter, rows: Rows) -> list[int]:
    """Return the likeliest queue of each row."""
    model.eval()
    return [int(one) for one in model.head(vectors(model, rows)).argmax(-1)]


def weights_of(labels: Sequence[int]) -> torch.Tensor:
    """Weigh each queue so that all queues together count alike: n / (queues * messages of the queue)."""
    counts = torch.bincount(torch.tensor(labels), minlength=len(QUEUES))
    return len(labels) / (len(QUEUES) * counts.clamp(min=1).float())


def fit(model: Sorter, known: torch.Tensor, labels: Sequence[int], pull: float) -> None:
    """Fit the head on vectors of the frozen body: a logistic regression, classes weighted.

    Args:
        model: its head is changed.
        known: a vector for each message, shape (messages, width).
        labels: the queue of each.
        pull: of its weights toward zero.
    """
    x, y = known.double(), torch.tensor(labels)
    head = torch.zeros(len(QUEUES), x.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([head], max_iter=200, line_search_fn="strong_wolfe")
    importance = weights_of(labels).double()

    def loss() -> torch.Tensor:
        search.zero_grad()
        scores = x @ head[:, :-1].T + head[:, -1]
        misfit = functional.cross_entropy(scores, y, importance, reduction="sum")
        total = misfit + pull / 2 * (head[:, :-1] ** 2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        model.head.weight.copy_(head[:, :-1])
        model.head.bias.copy_(head[:, -1])


def train(
    model: Sorter, rows: Rows, labels: Sequence[int], rate: float, steps: int, seed: int
) -> None:
    """Train what is not frozen, with batches of 16 and a rate that falls to zero.

    Args:
        model: changed, and left in evaluation mode.
        rows: ids of each message.
        labels: its queue.
        rate: at the start.
        steps: of training.
        seed: order of the messages, and what dropout leaves out.
    """
    torch.manual_seed(seed)
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learning, rate, weight_decay=0.01)
    fall = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    importance, queue = weights_of(labels), list[int]()
    model.train()
    for _ in range(steps):
        if len(queue) < BATCH:
            queue += torch.randperm(len(rows)).tolist()
        places, queue = queue[:BATCH], queue[BATCH:]
        scores = model(*padded([rows[place] for place in places]))
        truth = torch.tensor([labels[place] for place in places])
        functional.cross_entropy(scores, truth, importance).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        fall.step()
    model.eval()


def parted() -> tuple[list[int], list[int], list[int]]:
    """Part the messages as the lab does: places to learn from, to choose by, and to report on."""
    all_of_them = messages()
    groups = group([one.author for one in all_of_them], [content(one.text) for one in all_of_them])
    return split([one.queue for one in all_of_them], groups, drawn_order(groups))


def learned_from(learn: Sequence[int], labels: int, seed: int) -> list[int]:
    """Draw messages to learn from; of two counts, the larger holds the smaller."""
    return random.Random(f"learn {seed}").sample(list(learn), len(learn))[:labels]


def trained(
    way: str, rows: Rows, labels: Sequence[int], rate: float, seed: int, steps: int = STEPS,
    pull: float = PULL,
) -> Sorter:  # fmt: skip
    """Make a sorter.

    Args:
        way: ``line``, the head alone, fitted on frozen vectors; ``lora``; ``all``, every weight.
        rows: ids of the messages to learn from.
        labels: the queue of each.
        rate: of the training; a line has none.
        seed: of the training.
        steps: of training.
        pull: of the head's weights toward zero.

    Raises:
        ValueError: another way.
    """
    if way not in WAYS:
        raise ValueError(f"no way {way!r}: take one of {', '.join(WAYS)}")
    model = Sorter()
    fit(model, vectors(model, rows), labels, pull)
    if way == "lora":
        adapt(model, seed=seed)
    if way != "line":
        train(model, rows, labels, rate, steps, seed)
    return model


def sorting_cell(way: str, labels: int, rate: float, seed: int) -> dict[str, float | str]:
    """Train one sorter, and let it sort.

    Args:
        way: as `trained` has it.
        labels: messages to learn from.
        rate: of the training; 0 for a line.
        seed: number that fixes which messages are learned from, and the training.

    Returns:
        The share that is right of the messages to choose by and of those to report on, and the answers
        themselves: a digit for each message, the queue's id.
    """
    all_of_them = messages()
    learn, choose, test = parted()
    rows = ids_of([one.text for one in all_of_them])
    queues = [QUEUES.index(one.queue) for one in all_of_them]
    chosen = learned_from(learn, labels, seed)
    known, truth = [rows[place] for place in chosen], [queues[place] for place in chosen]
    model = trained(way, known, truth, rate, seed)
    values: dict[str, float | str] = {}
    for part, places in (("validation", choose), ("test", test)):
        found = answers(model, [rows[place] for place in places])
        hits = [one == queues[place] for one, place in zip(found, places, strict=True)]
        values[f"{part}_right"] = sum(hits) / len(hits)
        values[f"{part}_answers"] = "".join(map(str, found))
    return values
