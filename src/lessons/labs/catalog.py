"""The labs of Lesson 5: what each asks for, and what it takes."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from lessons.labs.limits import Limits

if TYPE_CHECKING:
    from lessons.labs.runner import Solution

STARTERS = Path(__file__).parent / "starters"
ESTIMATED = (
    "words at 150 a minute, and a guess for thinking and writing"  # how the minutes came about
)


@dataclass(frozen=True)
class Part:
    """One part of a lab.

    Attributes:
        asks: what is to be done, in half a sentence.
        functions: the functions that it needs, each with the names of its arguments.
        check: the function of the lab's module that checks it. It gets the learner's code and a source
            of hidden inputs, and raises :class:`~lessons.labs.verdicts.WrongError`.
    """

    asks: str
    functions: dict[str, tuple[str, ...]]
    check: str


@dataclass(frozen=True)
class Lab:
    """A task from practice.

    Attributes:
        name: as in ``python -m lessons.labs check NAME``.
        title: as its page has it.
        minutes: the least and the most that it takes.
        difficulty: 1, 2 or 3.
        pages: the pages of Lesson 4 that it builds on.
        parts: in their order.
        limits: what one process of a learner's code may take.
    """

    name: str
    title: str
    minutes: tuple[int, int]
    difficulty: int
    pages: tuple[str, ...]
    parts: tuple[Part, ...]
    limits: Limits = field(default_factory=Limits)

    def check(self, part: int) -> Callable[["Solution", Random], None]:
        """The check of a part, by its number from 1."""
        module = importlib.import_module(f"lessons.labs.{self.name}")
        found: Callable[[Solution, Random], None] = getattr(module, self.parts[part - 1].check)
        return found

    def starter(self) -> str:
        """The code that a learner starts from."""
        return (STARTERS / f"{self.name}.txt").read_text("utf-8")


LABS = (
    Lab(
        name="tokenizer",
        title="A tokenizer for your own text",
        minutes=(20, 40),
        difficulty=2,
        pages=("tokenization",),
        parts=(
            Part(
                "keep texts apart for measuring",
                {"split": ("lines",)},
                "check_split",
            ),
            Part("learn the merges", {"train": ("lines", "merges")}, "check_train"),
            Part(
                "encode, and decode without a loss",
                {"encode": ("merges", "text"), "decode": ("merges", "ids")},
                "check_round_trip",
            ),
            Part(
                "choose a size by measuring",
                {"rate": ("merges", "lines"), "choose": ("rates", "gain")},
                "check_choice",
            ),
        ),
    ),
    Lab(
        name="prompts",
        title="A prompt that beats another, proven",
        minutes=(35, 50),
        difficulty=2,
        pages=("prompting", "evaluation"),
        parts=(
            Part("split the questions without a leak", {"split": ("messages",)}, "check_split"),
            Part("score answers by what they state", {"right": ("answer", "total")}, "check_right"),
            Part(
                "compare pair by pair",
                {
                    "disagree": ("new", "old"),
                    "p_value": ("new", "old"),
                    "interval": ("new", "old"),
                },
                "check_comparison",
            ),
            Part(
                "choose, plan and decide",
                {
                    "pick": ("hits", "develop", "usual"),
                    "needed": ("apart", "gain"),
                    "decide": ("asked", "planned", "p", "low", "high", "worth"),
                },
                "check_decision",
            ),
        ),
    ),
    Lab(
        name="cleaning",
        title="Clean a dirty collection",
        minutes=(25, 40),
        difficulty=2,
        pages=("data-preparation",),
        parts=(
            Part("repair a text, and change nothing else", {"tidy": ("text",)}, "check_tidy"),
            Part(
                "measure, and keep one of each group of copies",
                {"score": ("found", "there"), "keep": ("texts", "least")},
                "check_copies",
            ),
            Part("take out personal data", {"mask": ("text",)}, "check_mask"),
            Part(
                "keep the test out, by a share that a measurement chose",
                {
                    "leaks": ("train", "test", "share"),
                    "decide": ("develop", "hidden", "price"),
                },
                "check_leaks",
            ),
        ),
    ),
    Lab(
        name="pretraining",
        title="Pre-train, interrupt, resume, scale out",
        minutes=(35, 50),
        difficulty=3,
        pages=("pretraining",),
        parts=(
            Part(
                "say who reads which examples, and when",
                {
                    "batch": ("seed", "step", "examples", "size"),
                    "shard": ("ids", "rank", "world"),
                },
                "check_data",
            ),
            Part("make one gradient of many", {"combine": ("parts",)}, "check_combine"),
            Part(
                "keep a checkpoint that outlives a kill",
                {"save": ("folder", "step", "data"), "load": ("folder",)},
                "check_saving",
            ),
            Part(
                "work out how often to save",
                {
                    "finish": ("work", "every", "save", "restart", "taken"),
                    "interval": ("save", "between", "machines"),
                },
                "check_plan",
            ),
        ),
    ),
    Lab(
        name="classifier",
        title="Fine-tune a classifier, and price its labels",
        minutes=(40, 55),
        difficulty=2,
        pages=("fine-tuning",),
        parts=(
            Part(
                "part messages so that nothing leaks",
                {"group": ("authors", "contents"), "split": ("labels", "groups", "order")},
                "check_split",
            ),
            Part(
                "fill batches, and weigh the loss",
                {
                    "batch": ("rows", "pad"),
                    "pooled": ("vectors", "mask"),
                    "loss": ("scores", "labels", "weights"),
                },
                "check_batch",
            ),
            Part(
                "write LoRA by hand, and merge it",
                {
                    "start": ("outputs", "inputs", "rank", "seed"),
                    "adapted": ("W", "A", "B", "alpha", "x"),
                    "merged": ("W", "A", "B", "alpha"),
                },
                "check_lora",
            ),
            Part(
                "choose by validation, and decide in money",
                {
                    "pick": ("validation",),
                    "costs": ("runs", "truth", "prices"),
                    "profit": ("before", "after", "groups", "messages", "price"),
                },
                "check_price",
            ),
        ),
    ),
    Lab(
        name="preferences",
        title="From preferences to a better model, and catch the reward being hacked",
        minutes=(50, 70),
        difficulty=3,
        pages=("reward-modeling",),
        parts=(
            Part(
                "say what the comparisons are worth, and keep requests apart",
                {"merge": ("rows",), "beyond_chance": ("votes",), "split": ("keys",)},
                "check_pairs",
            ),
            Part(
                "score pairs by a reward, and take the best of n",
                {
                    "loss": ("margins", "shares"),
                    "best_of": ("n", "rewards", "values"),
                    "cost": ("n",),
                },
                "check_reward",
            ),
            Part(
                "train on the pairs directly",
                {"total": ("logprobs", "prompt", "length"), "dpo": ("policy", "start", "beta")},
                "check_dpo",
            ),
            Part(
                "catch the reward, and stop in time",
                {"twins": ("answers", "phrase"), "gap": ("one", "other"), "stop": ("scores",)},
                "check_hacking",
            ),
        ),
    ),
    Lab(
        name="serving",
        title="Quantize and serve",
        minutes=(45, 70),
        difficulty=3,
        pages=("quantization",),
        parts=(
            Part(
                "take eight bits, and the fewest that keep a limit",
                {"quantize": ("matrix",), "choose": ("measured", "limit")},
                "check_quantize",
            ),
            Part(
                "read a stream, and measure what users feel",
                {
                    "read": ("pieces",),
                    "timing": ("sent", "chunks", "tokens"),
                    "slowest": ("clients", "percent"),
                },
                "check_stream",
            ),
            Part(
                "predict the queue, say who comes in, and stop",
                {
                    "serve": ("arrivals", "services", "slots"),
                    "plan": ("services", "slots", "rate", "limit"),
                    "stop": ("arrivals", "services", "slots", "signal", "grace"),
                },
                "check_queue",
            ),
            Part(
                "let only valid answers through",
                {
                    "allowed": ("valid", "text", "tokens", "end"),
                    "chances": ("logits", "ids"),
                },
                "check_json",
            ),
        ),
    ),
    Lab(
        name="evaluation",
        title="An evaluation you would bet on",
        minutes=(45, 70),
        difficulty=3,
        pages=("evaluation",),
        parts=(
            Part(
                "say what a test can show, before it is run",
                {"needed": ("old", "new", "apart"), "detectable": ("questions", "apart")},
                "check_power",
            ),
            Part(
                "put an interval that holds around a score and a gain",
                {"wilson": ("right", "asked"), "gain": ("old", "new", "groups")},
                "check_interval",
            ),
            Part(
                "hold a judge against people",
                {
                    "kappa": ("one", "other"),
                    "turned": ("run", "swapped"),
                    "corrected": ("verdicts", "checked"),
                },
                "check_judge",
            ),
            Part(
                "find what leaked, and leave it out",
                {
                    "leaked": ("items", "texts", "size"),
                    "clean": ("old", "new", "groups", "leaks"),
                },
                "check_leak",
            ),
        ),
    ),
    Lab(
        name="search",
        title="A search that knows when to be silent",
        minutes=(45, 70),
        difficulty=3,
        pages=("evaluation",),
        parts=(
            Part(
                "cut a text into passages that keep their place",
                {"cut": ("text", "words", "overlap")},
                "check_cut",
            ),
            Part(
                "say what counts as found",
                {"owners": ("passage", "topics"), "hits": ("rankings", "right", "k")},
                "check_gold",
            ),
            Part("join two lists of hits", {"join": ("lists", "constant")}, "check_join"),
            Part(
                "choose when to show nothing, and prove it",
                {
                    "cost": ("least", "asked", "in_vain", "missed"),
                    "choose": ("asked", "in_vain", "missed"),
                    "halves": ("names",),
                },
                "check_threshold",
            ),
        ),
    ),
)


def find(name: str) -> Lab:
    """Return a lab by its name.

    Raises:
        ValueError: there is none; the message names all.
    """
    for lab in LABS:
        if lab.name == name:
            return lab
    raise ValueError(f"no lab {name!r}: take one of {', '.join(lab.name for lab in LABS)}")
