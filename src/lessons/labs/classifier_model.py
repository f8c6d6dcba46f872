"""What the lab on classifiers does with a network: functions that take and return lists.

PyTorch is loaded when one of them is first called, and not before, because loading it takes seconds.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from lessons.catalog.experiment import Record
from lessons.fine_tuning.sorting_experiments import BEST
from lessons.fine_tuning.sorting_messages import QUEUES, messages

if TYPE_CHECKING:
    from lessons.fine_tuning.sorting import Sorter

Matrix = list[list[float]]
Start = Callable[[int, int, int, int], tuple[Matrix, Matrix]]
RANK, ALPHA = 8, 16


def read(texts: Sequence[str]) -> list[list[int]]:
    """Cut texts into ids with the tokenizer of the frozen model."""
    from lessons.fine_tuning.sorting import ids_of

    return ids_of(texts)


@cache
def _frozen() -> "Sorter":
    from lessons.fine_tuning.sorting import Sorter

    return Sorter()


@cache
def _rows() -> list[list[int]]:
    return read([message.text for message in messages()])


@cache
def _vectors() -> Any:
    from lessons.fine_tuning.sorting import vectors

    return vectors(_frozen(), _rows())


def token_vectors(ids: Sequence[Sequence[int]], mask: Sequence[Sequence[int]]) -> list[Matrix]:
    """Let the frozen model read a batch.

    Args:
        ids: rows of one length.
        mask: 1 where the model may look.

    Returns:
        For each row a vector of 128 numbers for each place, pad tokens as well.
    """
    import torch

    with torch.no_grad():
        read_batch = _frozen().body(input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask))
    found: list[Matrix] = read_batch.last_hidden_state.tolist()
    return found


def line(learn: Sequence[int], weights: Sequence[float]) -> list[int]:
    """Fit a line on the frozen vectors of messages, and sort all messages with it.

    Args:
        learn: places of the messages that it learns from.
        weights: how much a message of each queue counts.

    Returns:
        The queue's id of each message.
    """
    import torch

    x = torch.cat([_vectors(), torch.ones(len(messages()), 1)], dim=1).double()
    truth = torch.tensor([QUEUES.index(messages()[place].queue) for place in learn])
    head = torch.zeros(len(QUEUES), x.shape[1], dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([head], max_iter=200, line_search_fn="strong_wolfe")
    importance, known = torch.tensor(weights, dtype=torch.float64), x[list(learn)]

    def total() -> torch.Tensor:
        search.zero_grad()
        misfit = torch.nn.functional.cross_entropy(
            known @ head.T, truth, importance, reduction="sum"
        )
        loss = misfit + 0.05 * (head[:, :-1] ** 2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    search.step(total)  # type: ignore[no-untyped-call]
    return [int(one) for one in (x @ head.T).argmax(-1)]


class Lora:
    """The frozen model with a line as its head, and an addition beside each query and value matrix.

    Args:
        learn: places of the messages that it learns from.
        start: makes the matrices A and B, from outputs, inputs, rank and a seed.
    """

    def __init__(self, learn: Sequence[int], start: Start) -> None:
        import torch

        from lessons.fine_tuning.sorting import PULL, Adapted, Sorter, fit

        self._learn = list(learn)
        self._truth = [QUEUES.index(messages()[place].queue) for place in learn]
        self.model = Sorter()
        fit(self.model, _vectors()[self._learn], self._truth, PULL)
        self.all = sum(weight.numel() for weight in self.model.parameters())
        for weight in self.model.body.parameters():
            weight.requires_grad = False
        self._layers: list[Any] = []
        for number, (parent, kind) in enumerate(self.model.places()):
            layer: Any = getattr(parent, kind)
            first, second = start(layer.out_features, layer.in_features, RANK, number)
            adapted = Adapted(layer, torch.tensor(first), torch.tensor(second), ALPHA)
            setattr(parent, kind, adapted)
            self._layers.append(adapted)
        self.trained = sum(
            weight.numel() for weight in self.model.parameters() if weight.requires_grad
        )

    def train(self, steps: int) -> None:
        """Train the additions and the head, with batches of 16."""
        from lessons.fine_tuning.sorting import train

        train(self.model, [_rows()[place] for place in self._learn], self._truth, 5e-3, steps, 0)

    def matrices(self) -> list[tuple[Matrix, Matrix, Matrix, float]]:
        """Return W, A, B and alpha of each matrix that is adapted."""
        return [
            (one.layer.weight.tolist(), one.A.tolist(), one.B.tolist(), float(ALPHA))
            for one in self._layers
        ]

    def scores(self, places: Sequence[int], matrices: Sequence[Matrix] = ()) -> Matrix:
        """Return a number for each message and queue.

        Args:
            places: of messages.
            matrices: put in the place of W for this call, with the additions left out.
        """
        import torch

        from lessons.fine_tuning.sorting import vectors

        kept = [(one.layer.weight.data, one.scale) for one in self._layers]
        for one, matrix in zip(self._layers, matrices, strict=bool(matrices)):
            one.layer.weight.data, one.scale = torch.tensor(matrix), 0.0
        with torch.no_grad():
            found: Matrix = self.model.head(
                vectors(self.model, [_rows()[place] for place in places])
            ).tolist()
        for one, (weight, scale) in zip(self._layers, kept, strict=True):
            one.layer.weight.data, one.scale = weight, scale
        return found


def recorded(
    cells: Sequence[Record], way: str, labels: int, rate: float = -1, part: str = "test"
) -> list[list[int]]:
    """Return the answers of five trained sorters, which are recorded.

    Args:
        cells: of the record.
        way: ``line``, ``lora`` or ``all``, every weight.
        labels: messages that each learned from.
        rate: of the training, at 300 labels; the one that was chosen if negative.
        part: ``validation`` or ``test``.

    Returns:
        For each run the queue's id of each message of the part, in their order.

    Raises:
        ValueError: that was not run; the message says what was.
    """
    wanted = (way, labels, BEST.get(way, rate) if rate < 0 else rate)
    asked = [(cell["parameters"], cell["values"]) for cell in cells]
    known = [(given["way"], given["labels"], given["rate"]) for given, _ in asked]
    if wanted not in known:
        raise ValueError(f"no run of {wanted}: there are {', '.join(map(str, sorted({*known})))}")
    return [
        [int(digit) for digit in values[f"{part}_answers"]]
        for run, (_, values) in zip(known, asked, strict=True)
        if run == wanted
    ]
