"""Recorded for the page on the inside of the model."""

from collections.abc import Sequence
from statistics import fmean

from lessons.catalog.experiment import Experiment, Record
from lessons.catalog.summaries import ValueBy
from lessons.real_models.texts import TOPICS

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


def summarise_activations(cells: Sequence[Record]) -> Record:
    """Sum up each block, and name the layers that read the largest numbers.

    Returns:
        For each model and text: of each block ``largest``, the highest ratio of its layers, and ``sink``,
        the mean share of its heads on the first token. ``worst``: the three layers with the highest ratio.
        ``second``: how many layers from the highest on are all second layers of MLPs; ``thousand``: how
        many have a ratio of a thousand or more, of ``layers``. ``top``: the share of the head that looks
        most at the first token. And what the cell says of all together.
    """
    summary: Record = {}
    for cell in cells:
        model, text = cell["parameters"]["model"], cell["parameters"]["text"]
        tree = ValueBy("model", "text")([cell])[model][text]
        blocks = {name: tree.pop(name) for name in list(tree) if name.startswith("block")}
        layers = sorted(
            (
                {"block": int(block[5:]), "part": part}
                | {name: score if name == "first" else 10**score for name, score in parts.items()}
                for block, scores in blocks.items()
                for part, parts in scores.items()
                if isinstance(parts, dict)
            ),
            key=lambda layer: -layer["ratio"],
        )
        heads = {
            block: [share for share in scores.values() if not isinstance(share, dict)]
            for block, scores in blocks.items()
        }
        others = (place for place, layer in enumerate(layers) if layer["part"] != "mlp out")
        summary.setdefault(model, {})[text] = {
            **tree,
            **{
                block: {
                    "largest": max(e["ratio"] for e in layers if f"block{e['block']}" == block),
                    "sink": fmean(shares),
                }
                for block, shares in heads.items()
            },
            "worst": {f"at{place}": layer for place, layer in enumerate(layers[:3], 1)},
            "second": next(others),
            "thousand": sum(layer["ratio"] >= 1000 for layer in layers),
            "layers": len(layers),
            "top": max(map(max, heads.values())),
        }
    return summary


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
    Experiment(
        name="inside_the_model_real_activations",
        question="How large do the inputs of layers get, and how much attention has the first token?",
        measure="lessons.inside_the_model.activations:activations_cell",
        cells=(
            {"model": "base", "text": "stories"},
            {"model": "smollm2", "text": "stories"},
            {"model": "smollm2", "text": "documentation"},
        ),
        summarise=summarise_activations,
        tolerance=0.02,
        packages=PACKAGES,
        data=(*WEIGHTS, TOPICS),
        models=("smollm2",),
    ),
)
