"""What tests of the lessons share: texts that are made in a second, and made once."""

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from lessons import world


@functools.lru_cache(maxsize=16)
def _made(seed: int, count: int, split: str, shares: tuple[tuple[str, float], ...]) -> list[str]:
    return _documents(seed, count, split, dict(shares) or None)


_documents = world.documents


@pytest.fixture
def documents_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the same documents once in a process: they follow from what is asked for, and nothing else."""

    def documents(
        seed: int, count: int, split: str = "train", shares: dict[str, float] | None = None
    ) -> list[str]:
        return [*_made(seed, count, split, tuple((shares or {}).items()))]

    monkeypatch.setattr(world, "documents", documents)


@pytest.fixture
def few_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a plan, and who fills batches, make a few hundred documents in place of thousands."""
    from lessons.models import corpus, recipes  # here, since they load PyTorch

    monkeypatch.setattr(corpus.CausalBatches, "AT_ONCE", 500)
    original = recipes.Plan.texts
    monkeypatch.setattr(
        recipes.Plan, "texts", lambda plan, seed, count: original(plan, seed, min(count, 500))
    )


@pytest.fixture(scope="session")
def two_layers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """What writes a causal model without its upper layers: how it is trained is the same, in a third."""

    @functools.cache
    def kept(folder: Path) -> Path:
        from lessons.fine_tuning.instruction_tuning import load  # here, since it loads PyTorch

        solver, small = load(folder), tmp_path_factory.mktemp("two-layers")
        solver.model.transformer.h = solver.model.transformer.h[:2]
        solver.model.config.n_layer = 2
        solver.model.save_pretrained(small)
        solver.tokenizer.save_pretrained(small)
        return small

    return kept
