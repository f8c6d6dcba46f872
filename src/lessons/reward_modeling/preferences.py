"""Comparisons: two answers of a model to one request, and people who say which they like better."""

# --8<-- [start:imports]
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from datasets import Dataset

from lessons.fine_tuning.instruction_tuning import as_user, load, tune
from lessons.models.abilities import Solver
from lessons.storage import cached, checkpoint
from lessons.world.answers import is_right
from lessons.world.guidelines import Instruction, quality
from lessons.world.instructions import instruction
from lessons.world.talk import talk

# --8<-- [end:imports]


# --8<-- [start:talker]
def make_talker(folder: Path) -> None:
    """Tune `base` on 600 requests with the answers that people gave, polite and unfriendly alike."""
    rng, solver = random.Random("talks"), load(checkpoint("base"))
    talks = (talk(rng, "train") for _ in range(600))
    rows = [
        {"prompt": as_user(request), "completion": f" {answer}"} for request, answer, _ in talks
    ]
    tune(solver.model, solver.tokenizer, Dataset.from_list(rows))
    solver.model.save_pretrained(folder)
    solver.tokenizer.save_pretrained(folder)


def talker() -> Path:
    """Return the folder of `talker`, where all that follows starts; the first call trains it."""
    return cached("talker", make_talker, settings={}, starts_from="base")


# --8<-- [end:talker]


# --8<-- [start:write]
END = "<|endoftext|>"
HELD_OUT = 600  # different requests to test with; there are some 1,080, the last of them rare
ROOM = 48  # tokens; the longest answer of the talks in the corpus has 33


def requests(seed: int, count: int, split: str = "train") -> list[Instruction]:
    """Make ``count`` requests, such as *Can you lend me the blue cup?*; same seed, same requests.

    Held-out ones, which a model is tested on, are all different as the model reads them: to ask the same
    thing again would tell nothing new.

    Raises:
        ValueError: more held-out requests than there are.
    """
    rng = random.Random(f"requests to compare {split} {seed}")
    if split == "train":
        return [instruction(rng, split, "request") for _ in range(count)]
    if count > HELD_OUT:
        raise ValueError(f"{count} different held-out requests: take at most {HELD_OUT}")
    different: dict[str, Instruction] = {}
    while len(different) < count:
        request = instruction(rng, split, "request")
        different.setdefault(as_user(request.prompt), request)
    return list(different.values())


@torch.no_grad()
def write(solver: Solver, prompts: Sequence[str], seed: int = 0, batch: int = 100) -> list[str]:
    """Let a model answer at random, at temperature 1, with all tokens allowed.

    The state of the random generator is put back afterwards, so that a training can be looked at on its
    way and stays the same training.

    Args:
        solver: the model, with its tokenizer.
        prompts: texts in the form in which the model is asked.
        seed: number that fixes the random answers.
        batch: answers that are written at the same time.

    Returns:
        The answers, each with its space in front and with ``END`` at its end, unless the room of 48
        tokens was too small for it.
    """
    answers = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for start in range(0, len(prompts), batch):
            asked = solver.tokenizer(
                list(prompts[start : start + batch]),
                padding=True,
                padding_side="left",
                return_tensors="pt",
            )
            ids = solver.model.generate(  # type: ignore[operator]
                **asked, max_new_tokens=ROOM, do_sample=True, top_k=0
            )
            texts = solver.tokenizer.batch_decode(ids[:, asked["input_ids"].shape[1] :])
            answers += [text.replace(solver.tokenizer.pad_token, "") for text in texts]
    return answers


# --8<-- [end:write]


# --8<-- [start:judges]
def guideline_quality(asked: Instruction, answer: str) -> float:
    """Say how good an answer is by the guidelines that annotators go by, 0 to 1.

    It is the share of six checks that it passes: words that occur, marks at the end. They do not read.
    """
    return quality(asked, answer.removesuffix(END).strip())


def right(asked: Instruction, answer: str) -> bool:
    """Say whether an answer passes all of the guidelines, and is one that the language of the world has.

    The second is exact: all answers of the language, of the right kind and about the thing that was asked
    for, are listed.
    """
    text = answer.removesuffix(END).strip()
    return is_right(as_user(asked.prompt), text) and guideline_quality(asked, text) == 1


# --8<-- [end:judges]


# --8<-- [start:comparison]
@dataclass(frozen=True)
class Comparison:
    """A request with two answers, of which one is to be preferred."""

    asked: Instruction
    answers: tuple[str, str]

    @property
    def qualities(self) -> tuple[float, float]:
        """How good each answer is by the guidelines, 0 to 1."""
        first, second = (guideline_quality(self.asked, answer) for answer in self.answers)
        return first, second


def compare(solver: Solver, asked: Sequence[Instruction], seed: int = 0) -> list[Comparison]:
    """Let a model answer each request twice."""
    twice = [as_user(request.prompt) for request in asked for _ in range(2)]
    answers = iter(write(solver, twice, seed))
    return [Comparison(request, (next(answers), next(answers))) for request in asked]


# --8<-- [end:comparison]


# --8<-- [start:annotator]
@dataclass(frozen=True)
class Annotator:
    """Someone who compares answers, not always in the same way.

    Attributes:
        taste: what a word more is worth to them, in units of quality. The guidelines do not ask for
            length.
        noise: how large a difference must be to be seen, in units of quality, above 0.
    """

    taste: float = 0.04
    noise: float = 0.2

    def chance(self, one: Comparison) -> float:
        """Return the probability that they prefer the first answer (Bradley, Terry 1952)."""
        first, second = (
            value + self.taste * len(answer.split())
            for value, answer in zip(one.qualities, one.answers, strict=True)
        )
        return 1 / (1 + math.exp((second - first) / self.noise))

    def label(self, pairs: Sequence[Comparison], seed: int) -> list[int]:
        """Compare the answers of each pair; return the place of the one they prefer, 0 or 1."""
        if self.noise <= 0:
            raise ValueError(f"noise {self.noise} must be above 0; nobody is quite sure")
        rng = random.Random(f"annotator {seed}")
        return [int(rng.random() >= self.chance(pair)) for pair in pairs]


# --8<-- [end:annotator]


# --8<-- [start:agreement]
def agreement(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the share of pairs to which two people gave the same label."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def kappa(one: Sequence[int], other: Sequence[int]) -> float:
    """Return Cohen's kappa: how far two people agree beyond what chance would give them.

    1 is perfect agreement, 0 that of two people who guess, each as often for each label as they do.

    Raises:
        ValueError: both always gave the same single label, so that chance alone would agree always.
    """
    labels, n = {*one, *other}, len(one)
    chance = sum(one.count(label) * other.count(label) for label in labels) / n**2
    if chance == 1:
        raise ValueError("both gave one and the same label to everything: kappa is 0 / 0")
    return (agreement(one, other) - chance) / (1 - chance)


def majority(votes: Sequence[Sequence[int]]) -> list[int]:
    """Return the label that most of an odd number of people gave, pair by pair."""
    if len(votes) % 2 == 0:
        raise ValueError(f"{len(votes)} people can be split evenly: take an odd number")
    return [int(sum(labels) > len(votes) / 2) for labels in zip(*votes, strict=True)]


# --8<-- [end:agreement]
