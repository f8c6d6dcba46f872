"""Recorded for the page on quantization."""

from collections.abc import Sequence
from math import exp
from statistics import fmean, stdev

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, paired_gain, spread
from lessons.catalog.summaries import ValueBy, each, gather, key, only
from lessons.intervals import student_t
from lessons.real_models.texts import TOPICS

WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)
STEPS = 20
# The best of 1e-4, 3e-4 and 1e-3 by the validation text, tried with one seed: (bits, rate).
RATES = ((0, 1e-4), (4, 1e-4), (3, 1e-4), (2, 1e-3))

# Bits 0 is full precision, 0 steps the model as it is.
CELLS: tuple[Cell, ...] = (
    {"bits": 0, "rate": 0.0, "steps": 0, "seed": SEEDS[0]},
    *(
        {"bits": bits, "rate": rate, "steps": STEPS, "seed": seed}
        for seed in SEEDS
        for bits, rate in RATES
    ),
)


def summarise_bits(cells: Sequence[Record]) -> Record:
    """Compare, seed by seed, training with rounded weights and rounding after equal training.

    Returns:
        ``base``: without further training; ``further``: what was trained further at full precision,
        and rounded then; ``qat``: bits -> spread; ``gain``: bits -> perplexity of rounding after
        training, with the least error, less that of training with rounded weights.
    """
    untrained = [cell for cell in cells if not cell["parameters"]["steps"]]
    trained = gather([cell for cell in cells if cell not in untrained], "bits")
    control = trained.pop(key("bits", 0))
    return {
        "base": ValueBy()(untrained),
        "further": each(spread, control),
        "qat": {bits: spread(scores["test"]) for bits, scores in trained.items()},
        "gain": {
            bits: paired_gain(control[bits]["least"]["test"], scores["test"])
            for bits, scores in trained.items()
        },
    }


def summarise_real(cells: Sequence[Record]) -> Record:
    """Compare each way with the model as it is, passage by passage.

    Returns:
        For each cell, named by its parameters: ``perplexity``; ``ratio``, its multiple of the full
        model's, with a t interval over passages; and what else the cell says.

    Raises:
        StopIteration: no cell has the model as it is.
    """
    full = next(cell["values"] for cell in cells if "full" in cell["parameters"].values())
    places = [name for name in full if name.startswith("nats.")]
    summary: Record = {}
    for cell in cells:
        values = cell["values"]
        longer = [values[place] - full[place] for place in places]
        half = student_t(len(places) - 1) * stdev(longer) / len(places) ** 0.5
        middle = fmean(longer)
        ends = {"value": middle, "low": middle - half, "high": middle + half}
        rest = {name: value for name, value in values.items() if name not in places}
        scores = gather([{"parameters": {}, "values": rest}])
        branch = summary
        names = [key(name, value) for name, value in cell["parameters"].items()]
        for name in names[:-1]:
            branch = branch.setdefault(name, {})
        branch[names[-1]] = {
            "perplexity": exp(fmean(values[place] for place in places)),
            "ratio": {name: exp(end) for name, end in ends.items()}
            | {"n": len(places), "groups": len(places)},
            **each(only, scores),
        }
    return summary


WAYS = (
    "full", "bfloat16", "dynamic, as it is", "dynamic, Linear", "by hand, int8", "torchao, int8",
    "torchao, int8 and inputs", "torchao, int4",
)  # fmt: skip
KERNELS = ("native", "AVX2")
LAYOUTS = (
    "matrix", "row", "row, offset", "64 weights", "32 weights", "16 weights", "32 weights, offset",
)  # fmt: skip
REAL_WAYS = (
    "full", "weights, matrix", "weights, row", "inputs, one scale", "inputs, one scale, 7 bits",
    "inputs, a token", "dynamic, matrix", "dynamic, row", "dynamic, matrix, ten left",
    "dynamic, row, ten left", "dynamic, row, two left", "dynamic, row, ten others left",
    "torchao, weights", "torchao, weights and inputs",
)  # fmt: skip
SPEEDS = {
    f"speed.{work}.{end}": None
    for work in ("read", "write")
    for end in ("ratio", "lowest", "highest")
}  # of a busy machine: told, and not compared

EXPERIMENTS = (
    Experiment(
        name="quantization_bits",
        question="Does training with rounded weights beat rounding after as much training?",
        measure="lessons.quantization.quantization_aware_training:bits_cell",
        cells=CELLS,
        summarise=summarise_bits,
        tolerance=0.05,
        packages=("tokenizers", "torch", "transformers"),
        data=WEIGHTS,
    ),
    Experiment(
        name="quantization_groups",
        question="How many weights should share a scale, and what does a weight cost with it?",
        measure="lessons.quantization.groups:groups_cell",
        cells=(
            {"layout": "full", "bits": 32},
            *(
                {"layout": layout, "bits": bits}
                for layout in LAYOUTS
                for bits in (8, 6, 5, 4, 3, 2)
            ),
        ),
        summarise=ValueBy("layout", "bits"),
        tolerance=0.05,
        packages=("tokenizers", "torch", "transformers"),
        data=WEIGHTS,
    ),
    Experiment(
        name="quantization_words",
        question="What does each way to quantize do to the file, the perplexity and the words?",
        measure="lessons.quantization.libraries:words_cell",
        cells=tuple({"way": way} for way in WAYS),
        summarise=ValueBy("way"),
        tolerance=0.02,
        packages=("tokenizers", "torch", "torchao", "transformers"),
        data=WEIGHTS,
    ),
    Experiment(
        name="quantization_speed",
        question="What does each way to quantize do to memory and seconds, at the size of GPT-2?",
        measure="lessons.quantization.libraries:speed_cell",
        cells=tuple({"way": way, "kernels": kernels} for way in WAYS for kernels in KERNELS),
        summarise=ValueBy("kernels", "way"),
        packages=("torch", "torchao", "transformers"),
        repeatable=False,
        runs=("lessons.quantization.libraries:memory", "lessons.quantization.libraries:latency"),
    ),
    Experiment(
        name="quantization_layer",
        question="At which size, and for how many tokens at once, is an int8 layer faster?",
        measure="lessons.quantization.libraries:layer_cell",
        cells=tuple(
            {"size": size, "rows": rows, "kernels": kernels}
            for size in (256, 1024, 4096)
            for rows in (1, 16, 256)
            for kernels in KERNELS
        ),
        summarise=ValueBy("kernels", "size", "rows"),
        packages=("torch",),
        repeatable=False,
        runs=("lessons.quantization.libraries:layer_speed",),
    ),
    Experiment(
        name="quantization_real_int8",
        question="Which int8 hurts a real model: that of the weights or that of what flows through them?",
        measure="lessons.quantization.real:int8_cell",
        cells=tuple({"way": way} for way in REAL_WAYS),
        summarise=summarise_real,
        tolerance={"bytes": 10_000, **SPEEDS, "others": 0.01},
        packages=("tokenizers", "torch", "torchao", "transformers"),
        data=(TOPICS,),
        models=("smollm2",),
    ),
    Experiment(
        name="quantization_real_inputs",
        question="What do seven bits of an input cost a real model if each token has its own scale?",
        measure="lessons.quantization.real:inputs_cell",
        cells=({"scale": "full", "bits": 32}, {"scale": "a token", "bits": 7}),
        summarise=summarise_real,
        tolerance=0.01,
        packages=("tokenizers", "torch", "transformers"),
        data=(TOPICS,),
        models=("smollm2",),
    ),
    Experiment(
        name="quantization_real_bits",
        question="How few bits of a weight does a real model stand?",
        measure="lessons.quantization.real:bits_cell",
        cells=(
            {"layout": "full", "bits": 32},
            *(
                {"layout": layout, "bits": bits}
                for bits in (3, 2, 8)
                for layout in ("32 weights", "32 weights, offset")
            ),
        ),
        summarise=summarise_real,
        tolerance=0.01,
        packages=("tokenizers", "torch", "transformers"),
        data=(TOPICS,),
        models=("smollm2",),
    ),
)
