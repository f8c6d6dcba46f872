"""Recorded for the page on quantization."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, paired_gain, spread
from lessons.catalog.summaries import ValueBy, each, gather, key

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


WAYS = (
    "full", "bfloat16", "dynamic, as it is", "dynamic, Linear", "by hand, int8", "torchao, int8",
    "torchao, int8 and inputs", "torchao, int4",
)  # fmt: skip
KERNELS = ("native", "AVX2")
LAYOUTS = (
    "matrix", "row", "row, offset", "64 weights", "32 weights", "16 weights", "32 weights, offset",
)  # fmt: skip

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
)
