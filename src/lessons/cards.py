"""The model cards: made from what was recorded, so that no number in them is typed by hand.

``python -m lessons.cards`` writes the cards of the shipped models from their training and their
records. With ``--measure`` it measures the abilities first.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessons import experiments
from lessons.models.progress import write_whole
from lessons.storage import CHECKPOINTS, SHIPPED

Record = dict[str, Any]

# What the course needs of the base model: on the lower end of the 95 % interval.
BARS = {
    "translation_bleu": 88.0,
    "translation_exact": 0.78,
    "question_exact": 0.75,
    "summary_rouge_l": 0.9,
    "few_shot_sentiment_4": 0.8,
    "few_shot_category_4": 0.8,
}
STEPS_HELP = 0.4  # by how much, on sums of three and four numbers
CHANCE = (0.4, 0.6)  # where two labels are told apart without an example
GAIN = 0.15  # of mlm over the same network from scratch, with 64 labels


def missed(record: Record) -> list[str]:
    """Name what a model does less well than the course needs, judged by the interval's worse end."""
    scores = record["summary"]
    if record["name"] == MODELS["mlm"].record:
        low = scores["labels64"]["gain"]["low"]
        return [] if low >= GAIN else [f"gain at 64 labels: {low:.3f} is below {GAIN}"]
    needed = {name: (scores[name]["low"], bar) for name, bar in BARS.items()}
    for count in (3, 4):
        steps, direct = f"sum{count}_steps", f"sum{count}_direct"
        gap = scores[steps]["low"] - scores[direct]["high"]
        needed[f"{steps} - {direct}"] = (gap, STEPS_HELP)
    for task in ("sentiment", "category"):
        blind = scores[f"few_shot_{task}_0"]
        outside = max(blind["low"] - CHANCE[1], CHANCE[0] - blind["high"])
        needed[f"few_shot_{task}_0"] = (-outside, 0.0)
    return [f"{name}: {low:.3f} is below {bar}" for name, (low, bar) in needed.items() if low < bar]


ROWS = {
    "translation_bleu": "translation, BLEU",
    "translation_exact": "translation, exact",
    "question_exact": "question on a story, exact",
    "summary_rouge_l": "summary of a story, ROUGE-L",
    "summary_exact": "summary of a story, exact",
    **{
        f"sum{k}_{how}": f"sum of {k} numbers, {how}"
        for k in range(2, 7)
        for how in ("direct", "steps")
    },
    **{
        f"few_shot_{task}_{k}": f"label a {what}, examples: {k}"
        for task, what in (
            ("sentiment", "word by sentiment"),
            ("category", "word by category"),
            ("review", "review by sentiment"),
        )
        for k in (0, 1, 2, 4, 8)
    },
    **{
        f"format_{kind}_{k}": f"free answer, {name}, examples: {k}"
        for kind, name in (("train", "format of training"), ("new", "format never trained"))
        for k in (1, 2, 4, 8)
    },
}
BASELINES = {
    "translation_bleu": "translation_bleu_baseline",
    "question_exact": "question_exact_baseline",
    "summary_rouge_l": "summary_rouge_l_baseline",
}


@dataclass(frozen=True)
class Card:
    """What the card of a model says beside what its training and its record say.

    Attributes:
        record: name of the record that holds its abilities.
        abilities: function that tabulates that record.
        pipeline: task for which the Hub offers it.
        title: heading of the card.
        about: paragraph below it.
        use: lines of Python that load it.
        limits: paragraph on what it cannot do.
    """

    record: str
    abilities: Callable[[Record], str]
    pipeline: str
    title: str
    about: str
    use: str
    limits: str


HEAD = """---
license: mit
language: [en, fr]
library_name: transformers
pipeline_tag: {pipeline}
---

# {title}

{about}

Everything it has read was made by rule, by `lessons.world`, and belongs to no one. It knows nothing
about the real world beyond a few capitals.

## Use

```python
{use}
```

## Recipe

{recipe}

Make it again: `python -m lessons.train {name}`.

## Cost

{cost}

## Measured abilities

{abilities}

## Limits

{limits}
"""


def card(name: str, folder: Path | None = None) -> str:
    """Write the card of a shipped model.

    Args:
        name: one of the models, as `SHIPPED` lists them.
        folder: the model's; its place in the package if None.
    """
    training = json.loads(((folder or CHECKPOINTS / name) / "training.json").read_text("utf-8"))
    about = MODELS[name]
    record = experiments.load_result(about.record)
    measured = f"Measured by `python -m lessons.experiments {record['name']}` in {record['seconds']:.0f} s."
    return HEAD.format(
        name=name, pipeline=about.pipeline, title=about.title, about=about.about, use=about.use,
        recipe=recipe(training), cost=cost(training),
        abilities=f"{about.abilities(record)}\n\n{measured}", limits=about.limits,
    )  # fmt: skip


def recipe(training: Record) -> str:
    """Say how a model was trained."""
    plan, how = training["plan"], training["recipe"]
    optimizer = {"muon": "Muon for the matrices, AdamW for the rest", "adamw": "AdamW"}[
        how["optimizer"]
    ]
    return (
        f"{training['parameters'] / 1e6:.2f} million parameters: {plan['layers']} layers, width "
        f"{plan['width']}, {plan['heads']} heads, {plan['vocabulary']:,} tokens, context "
        f"{plan['context']}. {how['steps']:,} steps of {plan['rows']} sequences, "
        f"{training['tokens'] / 1e6:.1f} million tokens, each document read once. {optimizer}; learning "
        f"rate {how['learning_rate']}, {how['warmup']} steps of warm-up, then a cosine down to "
        f"{how['floor']:.0%} of it; weight decay {how['weight_decay']}, gradients clipped to "
        f"{how['clip']}. Loss at the end: {training['last_loss']:.3f} nats per token."
    )


def cost(training: Record) -> str:
    """Say what training took, where, and what would differ elsewhere."""
    kept = ", ".join(f"{part} {size / 1e6:.1f} MB" for part, size in training["memory"].items())
    machine, versions = (
        training["machine"],
        ", ".join(f"{k} {v}" for k, v in training["versions"].items()),
    )
    return (
        f"{training['seconds'] / 60:.0f} minutes on {machine['cores']} cores of one {machine['cpu']} "
        f"({machine['os']}), {training['way']}, peak memory {training['peak_memory_mb']:,} MB ({kept}). "
        f"{versions}. Another machine, another number of threads or another precision gives other "
        "last digits, and they grow from step to step: trained elsewhere it is another model, with "
        "scores near these. A test trains the first steps again and compares the losses."
    )


def base_abilities(record: Record) -> str:
    """Tabulate the scores of the base model."""
    scores = record["summary"]
    each = [f"format_new_8 {name}" for name in formats_by_score(scores)]
    labels = ROWS | {
        key: f"free answer, format `{key.split(' ', 1)[1]}`, examples: 8" for key in each
    }
    lines = [
        "Greedy, in float32, on held-out items; only the free answers are about words that training "
        "tasks ask about, too. Intervals are 95 %; where items share what they are about, a word or a "
        "format, they are over that, and the last column says how many there are.\n",
        "| Ability | Score | Interval | Baseline | Items |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join([*lines, *(row(scores, key, label) for key, label in labels.items())])


def formats_by_score(scores: Record) -> list[str]:
    """List the formats that training never uses, the best understood first."""
    own = {
        key.split(" ", 1)[1]: score["value"]
        for key, score in scores.items()
        if key.startswith("format_new_8 ")
    }
    return sorted(own, key=lambda name: -own[name])


def row(scores: Record, key: str, label: str) -> str:
    """Write a row of the base model's table."""
    score, digits = scores[key], 1 if key.endswith("bleu") else 3
    value, low, high = (f"{score[part]:.{digits}f}" for part in ("value", "low", "high"))
    base = BASELINES.get(key)
    naive = f"{scores[base]['value']:.{digits}f}" if base else ""
    items = f"{score['n']:,}"
    if score["groups"] < score["n"]:
        items += f" on {score['groups']}"
    return f"| {label} | {value} | {low} to {high} | {naive} | {items} |"


def sentiment(record: Record) -> str:
    """Tabulate the accuracy of a sentiment classifier that starts from the masked model."""
    lines = [
        "Accuracy of a sentiment classifier on 1,000 held-out reviews, mean over five seeds, with the "
        "95 % interval of the gain.\n",
        "| Labels | from mlm | from scratch | gain | Interval |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for labels, row in record["summary"].items():
        gain = row["gain"]
        lines.append(
            f"| {labels.removeprefix('labels')} | {row['mlm']['accuracy']['mean']:.3f} | "
            f"{row['scratch']['accuracy']['mean']:.3f} | {gain['value']:.3f} | "
            f"{gain['low']:.3f} to {gain['high']:.3f} |"
        )
    return "\n".join(lines)


def unlabeled_sentiment(record: Record) -> str:
    """Tabulate the accuracy of a classifier that starts from the masked model that read no label."""
    lines = [
        "Accuracy of a sentiment classifier on 1,000 held-out reviews, mean and range of five seeds; "
        "without labels, by filling in the sentiment, once.\n",
        "| Labels | Accuracy | Range |",
        "| ---: | ---: | ---: |",
    ]
    for labels, scores in record["summary"]["mlm-unlabeled"].items():
        right = scores["test_accuracy"]
        lines.append(
            f"| {labels.removeprefix('labels')} | {right['mean']:.3f} | "
            f"{right['low']:.3f} to {right['high']:.3f} |"
        )
    return "\n".join(lines)


MODELS = {
    "base": Card(
        record="models_abilities",
        abilities=base_abilities,
        pipeline="text-generation",
        title="base: the course's language model",
        about="A causal language model with GPT-2's architecture, small enough for a laptop's "
        "processor. It tells stories, answers questions on them, sums them up, translates sentences "
        "into French, adds numbers, and picks up tasks from examples.",
        use='import lessons\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\n'
        'folder = lessons.checkpoint("base")\n'
        "model = AutoModelForCausalLM.from_pretrained(folder)\n"
        "tokenizer = AutoTokenizer.from_pretrained(folder)",
        limits="It is fluent in a world of some hundred words and helpless outside it. It is not "
        "aligned with anyone's wishes: it continues text. Its sums end at five numbers up to 30. "
        "Its stories follow seven plots. Numbers above hold for items of the same kind as its "
        "training text, for greedy answers in float32. No training row began with the end-of-text "
        "token, though the tokenizer names it as the beginning, too: put nothing in front of a text.",
    ),
    "mlm": Card(
        record="models_sentiment",
        abilities=sentiment,
        pipeline="fill-mask",
        title="mlm: the course's BERT",
        about="A masked language model with BERT's architecture, small enough for a laptop's "
        "processor. It is there to be fine-tuned: its text is mostly reviews, "
        "most of them with their sentiment behind.",
        use='import lessons\nfrom transformers import AutoModelForMaskedLM, AutoTokenizer\n\n'
        'folder = lessons.checkpoint("mlm")\n'
        "model = AutoModelForMaskedLM.from_pretrained(folder)\n"
        "tokenizer = AutoTokenizer.from_pretrained(folder)",
        limits="It reads lower case without accents, and words of its small world only. It was "
        "never shown two texts at once. It knows the reviews' words, and has read the sentiment of most, "
        "so that a few labels are enough; "
        "on text from elsewhere it is of no use.",
    ),
    "mlm-unlabeled": Card(
        record="fine_tuning_unlabeled",
        abilities=unlabeled_sentiment,
        pipeline="fill-mask",
        title="mlm-unlabeled: the course's BERT, without the labels",
        about="The control for `mlm`: made in the same way, from the same documents, but without the "
        "lines that name the sentiment of a review. So what it gives a classifier comes from reading "
        "alone.",
        use="from lessons.fine_tuning.unlabeled import folder_of\n"
        "from transformers import AutoModelForMaskedLM, AutoTokenizer\n\n"
        'folder = folder_of("mlm-unlabeled")\n'
        "model = AutoModelForMaskedLM.from_pretrained(folder)\n"
        "tokenizer = AutoTokenizer.from_pretrained(folder)",
        limits="As those of `mlm`, and it has never read *Sentiment*, *positive* or *negative*: asked "
        "to fill them in, it guesses. The minutes above are of one thread, beside other work.",
    ),
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the cards."""
    parser = argparse.ArgumentParser(prog="python -m lessons.cards", description=__doc__)
    parser.add_argument(
        "names", nargs="*", default=SHIPPED, metavar="NAME", help=", ".join(SHIPPED)
    )
    parser.add_argument("--measure", action="store_true", help="measure the abilities first")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(SHIPPED):
        parser.error(f"no model {', '.join(sorted(unknown))}: take {', '.join(SHIPPED)}")
    if options.measure:
        failed = experiments.main([MODELS[name].record for name in options.names])
        if failed:
            return failed
    for name in options.names:
        path = CHECKPOINTS / name / "README.md"
        write_whole(path, card(name).encode())
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
