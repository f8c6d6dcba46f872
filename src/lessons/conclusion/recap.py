"""The lesson in one list: what each stage takes, gives, and was measured to change."""

# --8<-- [start:imports]
from dataclasses import dataclass
from math import exp

from lessons.catalog.experiment import Record

# --8<-- [end:imports]


# --8<-- [start:stages]
@dataclass(frozen=True)
class Stage:
    """One stage of the pipeline, and the number that shows what it does.

    Attributes:
        title: its page.
        takes: what goes in.
        gives: what comes out.
        record: the recorded experiment that holds the number.
        before: the number without this stage, as a path into the record's summary.
        after: the number with it.
        what: what the number counts.
        form: how the numbers are written; shares as percent.
        unit: what the numbers are divided by first.
        loss: whether they are losses in nats, to be shown as the chance that has this loss.
    """

    title: str
    takes: str
    gives: str
    record: str
    before: str
    after: str
    what: str
    form: str = ".0%"
    unit: float = 1.0
    loss: bool = False


STAGES = (
    Stage(
        "Tokenization", "text", "token ids",
        "tokenization_vocabulary", "character.size0.mean", "bpe.size2048.mean",
        "bytes of new text in a token: by characters, by BPE", form=".1f",
    ),
    Stage(
        "Prompting", "a prompt and a trained model", "generated text",
        "models_abilities", "sum4_direct.value", "sum4_steps.value",
        "of sums of four numbers right: at once, step by step",
    ),
    Stage(
        "Data preparation", "raw, dirty documents", "a clean, documented data set",
        "data_preparation_proof", "dirty.loss.mean", "clean.loss.mean",
        "chance of the right next letter: trained on dirty text, on cleaned text", loss=True,
    ),
    Stage(
        "Pre-training", "clean data and random weights", "a base model",
        "pretraining_guesses", "step0.right.mean", "step300.right.mean",
        "of next tokens guessed right: untrained, after 300 steps", form=".1%",
    ),
    Stage(
        "Fine-tuning", "a base model and labeled examples", "a model for a task",
        "fine_tuning_instructions", "count0.learning_rate0.all.mean",
        "count2000.learning_rate0_0003.all.mean",
        "of new requests answered well: before 2,000 demonstrations, after",
    ),
    Stage(
        "Reward modeling", "pairs of answers that people compared",
        "a reward, and a better-liked model",
        "reward_modeling_best", "right.at1.mean", "right.at16.mean",
        "of answers to requests right: one answer, the best of 16 by the reward",
    ),
    Stage(
        "Quantization", "a model whose numbers take 32 bits each", "a smaller model",
        "quantization_speed", "native.full.bytes", "native.dynamic, Linear.bytes",
        "megabytes of a GPT-2: in 32 bits, with its layers in eight", form=".0f", unit=1e6,
    ),
    Stage(
        "Evaluation", "a model and texts kept out of its training",
        "numbers, and how far luck could move them",
        "evaluation_report_card", "base.sum5_steps.value", "instruct.sum5_steps.value",
        "of sums of five right: what instruction tuning cost",
    ),
)  # fmt: skip
# --8<-- [end:stages]


# --8<-- [start:change]
def change(stage: Stage, record: Record) -> str:
    """Read a stage's number from its record, as it is without the stage and with it.

    Args:
        stage: the stage.
        record: the one whose name is ``stage.record``.

    Returns:
        Both numbers, rounded, with an arrow between them.

    Raises:
        ValueError: the record is another one, or its summary has no such number.
    """
    if record["name"] != stage.record:
        raise ValueError(f"{stage.title} is shown by {stage.record!r}, not by {record['name']!r}")
    both = (_look_up(record["summary"], path) for path in (stage.before, stage.after))
    shown = (exp(-value) if stage.loss else value / stage.unit for value in both)
    return " → ".join(f"{value:{stage.form}}" for value in shown)


def _look_up(summary: Record, path: str) -> float:
    value: object = summary
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            known = ", ".join(map(str, value)) if isinstance(value, dict) else "nothing below"
            raise ValueError(f"no {key!r} of {path!r} in the summary; there: {known}")
        value = value[key]
    if not isinstance(value, int | float):
        raise ValueError(f"{path!r} names {type(value).__name__}, not a number")
    return value


# --8<-- [end:change]
