"""Recorded for the page on the inside of the model."""

from collections.abc import Sequence

from lessons.catalog.experiment import Experiment, Record
from lessons.catalog.summaries import ValueBy

WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)
PACKAGES = ("tokenizers", "torch", "transformers")
BLOCKS, HEADS = 6, 6


def summarise_nouns(cells: Sequence[Record]) -> Record:
    """Choose the head that looks most at the noun to come on one set, and report it on the other.

    Returns:
        ``chosen``: ``block`` and ``head``, counted from 1, and its scores on held-out sentences; ``train``
        and ``held-out``: all heads, on the set to choose from and on the set to measure on.
    """
    summary: Record = ValueBy("split")(cells)
    block, head = max(
        ((block, head) for block in range(1, BLOCKS + 1) for head in range(1, HEADS + 1)),
        key=lambda at: summary["train"][f"block{at[0]}"][f"head{at[1]}"]["next"]["value"],
    )
    scores = summary["held-out"][f"block{block}"][f"head{head}"]
    return {**summary, "chosen": {"block": block, "head": head, **scores}}


EXPERIMENTS = (
    Experiment(
        name="inside_the_model_nouns",
        question="Is there a head that looks at the noun which the translation needs next?",
        measure="lessons.inside_the_model.heads:nouns_cell",
        cells=tuple({"split": split, "n": 200, "seed": 0} for split in ("train", "held-out")),
        summarise=summarise_nouns,
        tolerance=0.01,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="inside_the_model_heads",
        question="What can the model no longer do when one of its heads is switched off?",
        measure="lessons.inside_the_model.heads:heads_cell",
        cells=(
            {"block": 0, "head": 0, "n": 200, "seed": 0},
            *(
                {"block": block, "head": head, "n": 200, "seed": 0}
                for block in range(1, BLOCKS + 1)
                for head in range(1, HEADS + 1)
            ),
        ),
        summarise=ValueBy("block", "head"),
        tolerance=0.02,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
)
