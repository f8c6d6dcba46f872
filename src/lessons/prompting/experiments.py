"""Recorded for the page on prompting."""

from collections.abc import Sequence

from lessons.catalog.experiment import Experiment, Record, paired_gain
from lessons.catalog.summaries import ValueBy

WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)
PACKAGES = ("tokenizers", "torch", "transformers")
WORDINGS = (
    "as in training", "short form of training", "double quotes", "no quotes", "one line",
    "without English", "without instruction", "a question", "blank at the end", "lower case",
    "upper case", "guillemets",
)  # fmt: skip


TEMPLATES = (
    "own", "Human and AI", "one line", "none", "lower case", "space at the end", "ChatML", "Llama 2",
    "Alpaca", "system, French", "system, English", "system, helpful", "system, 3 random words",
    "system, 5 random words",
)  # fmt: skip


def summarise_order(cells: Sequence[Record]) -> Record:
    """Compare the 24 orders of each set of examples.

    ``worst`` and ``best`` are chosen on the first half of the reviews: ``right`` is the score there and
    ``again`` that on the second half, where ``gap`` is the difference of the two. ``last`` is the share of
    answers that repeat the last label. ``all`` has the mean gap over the sets of examples.
    """
    summary: Record = {}
    for name, orders in ValueBy("examples")(cells).items():
        gap = orders.pop("gap")
        ranked = sorted(orders.values(), key=lambda of: of["right"])
        again = [of["again"] for of in ranked]
        summary[name] = {
            "worst": ranked[0],
            "best": ranked[-1],
            "again": {"mean": sum(again) / len(again), "low": min(again), "high": max(again)},
            "last": sum(of["last"] for of in ranked) / len(ranked),
            "gap": gap,
        }
    both = [(of["best"]["again"], of["worst"]["again"]) for of in summary.values()]
    return {**summary, "all": {"gap": paired_gain(*zip(*both, strict=True))}}


EXPERIMENTS = (
    Experiment(
        name="prompting_examples",
        question="Do examples in a prompt teach the model, if their labels are right, random or wrong?",
        measure="lessons.prompting.prompts:examples_cell",
        cells=(
            *(
                {"form": form, "labels": labels, "truth": truth, "shots": shots, "n": 1000, "seed": 0}
                for form, labels in (("held-out", "new"), ("tasks", "new"), ("known", "known"))
                for truth in ("right", "random", "flipped")
                for shots in (0, 1, 2, 4, 8)
                if shots or truth == "right"
            ),
            *(
                {"form": form, "labels": labels, "truth": truth, "shots": 4, "n": 1000, "seed": 0}
                for form, labels in (("held-out", "known"), ("tasks", "known"), ("known", "new"))
                for truth in ("right", "random", "flipped")
            ),
        ),
        summarise=ValueBy("form", "labels", "truth", "shots"),
        tolerance=0.01,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="prompting_room",
        question="How many new tokens does an answer with steps need?",
        measure="lessons.prompting.chain_of_thought:room_cell",
        cells=tuple(
            {"count": 4, "room": room, "n": 1000, "seed": 0} for room in (8, 16, 24, 32, 40, 48, 56)
        ),
        summarise=ValueBy("room"),
        tolerance=0.01,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="prompting_first_step",
        question="Does the answer follow from the steps, even from a wrong one?",
        measure="lessons.prompting.chain_of_thought:first_step_cell",
        cells=tuple({"count": 4, "off": off, "n": 1000, "seed": 0} for off in (0, 1, 5)),
        summarise=ValueBy("off"),
        tolerance=0.01,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="prompting_votes",
        question="Is the majority of sampled chains right more often than the greedy chain?",
        measure="lessons.prompting.chain_of_thought:votes_cell",
        cells=tuple(
            {"count": count, "temperature": temperature, "n": 1000, "seed": 0}
            for count, temperature in ((2, 1.0), (5, 1.0), (5, 1.5), (6, 1.0))
        ),
        summarise=ValueBy("count", "temperature"),
        tolerance=0.03,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="prompting_wording",
        question="How much does the score change when only the wording of the request does?",
        measure="lessons.prompting.prompts:wording_cell",
        cells=tuple({"wording": wording, "n": 1000, "seed": 0} for wording in WORDINGS),
        summarise=ValueBy("wording"),
        tolerance=0.01,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="prompting_order",
        question="How much does the score change when only the order of the examples does?",
        measure="lessons.prompting.prompts:order_cell",
        cells=tuple({"examples": examples, "n": 400, "seed": 0} for examples in range(8)),
        summarise=summarise_order,
        tolerance=0.02,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="prompting_template",
        question="What does it cost to ask a tuned model in another form, or with words in front?",
        measure="lessons.fine_tuning.chat_templates:template_cell",
        cells=tuple({"template": template, "n": 500, "seed": 0} for template in TEMPLATES),
        summarise=ValueBy("template"),
        tolerance=0.05,
        packages=("datasets", "tokenizers", "torch", "transformers", "trl"),
        data=WEIGHTS,
    ),
    Experiment(
        name="prompting_sampling",
        question="What does temperature cost in right answers, and bring in different texts?",
        measure="lessons.prompting.prompts:sampling_cell",
        cells=tuple(
            {"temperature": temperature, "top_p": top_p, "n": 1000, "seed": 0}
            for temperature, top_p in (
                (0.0, 1.0), (0.25, 1.0), (0.5, 1.0), (0.75, 1.0), (1.0, 1.0), (1.25, 1.0), (1.5, 1.0),
                (2.0, 1.0), (1.0, 0.9), (1.5, 0.9), (2.0, 0.9),
            )
        ),
        summarise=ValueBy("temperature", "top_p"),
        tolerance=0.03,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
)  # fmt: skip
