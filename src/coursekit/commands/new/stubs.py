"""The texts of new files: each passes the checks, and says what belongs in its place."""

__all__ = [
    "EXPERIMENTS",
    "LESSON_PAGE",
    "MODULE",
    "OBJECTIVE",
    "PAGE",
    "QUESTION",
    "RECORDING",
    "RECORDING_ENTRY",
    "RECORDING_TEST",
    "SCRIPT_BOX",
    "TEST",
]

PAGE = """\
---
title: {title}
description: {title}, in a sentence that a search engine can show.
---

# {heading}

Say in the first sentence what readers know at the end of this page.
"""
OBJECTIVE = "say what this page on {topic} measures, and on how many items"
LESSON_PAGE = """\
---
title: {title}
description: {title}, in a sentence that a search engine can show.
minutes: 5
objectives:
  - {objective}
---

# {heading}

**What does this page find out?** Ask a question that the page answers, and say why anybody should care.

## A first step

Say what readers are about to see. Then show it:

```python
--8<-- "{module}:share_right"
```

```python
print("share right:", share_right([True, True, False, True]))
```

```{{.output #first}}
share right: 0.75
```

Then say what to see in it, and what it does not show.

## Measured here

Quote what the page measured by its name, {{{{ output.first.share-right }}}}, so that it cannot go stale.

## Pitfalls

Let what goes wrong go wrong here, with the error's own text.

## Check yourself

```{{.quiz}}
question: Three of four answers are right. What is their share?
choices:
  - text: One quarter of them
    why: That is the share of wrong ones.
  - text: Three quarters
    why: Three of four, as the block above counts.
    right: true
  - text: Nobody can tell from four answers
    why: The share of these four is plain. What others would give is another question.
```

## Sources

Link what you read, with its authors and its year.
"""
MODULE = '''\
"""First steps of the page on {topic}: what the page explains comes in their place."""


# --8<-- [start:share_right]
def share_right(answers: list[bool]) -> float:
    """Share of answers that are right.

    Args:
        answers: whether each answer is right, at least one.

    Raises:
        ValueError: no answers.
    """
    if not answers:
        raise ValueError("need at least one answer to take a share")
    return sum(answers) / len(answers)


# --8<-- [end:share_right]
'''
TEST = """\
import pytest

from {package}.first_steps import share_right


def test_the_share_counts_what_is_right():
    assert share_right([True, False, False, False]) == 0.25


def test_no_answers_have_no_share():
    with pytest.raises(ValueError, match="at least one answer"):
        share_right([])
"""
QUESTION = """
## {heading}

```{{.quiz}}
question: A page on {topic} measures one thing. What do you ask first?
objective: {objective}
choices:
  - text: Which machine it ran on, and at what time of the day
    why: That can matter, but says nothing about what was measured.
  - text: How many items differ
    why: A share of four items and one of four thousand are different claims.
    right: true
  - text: Who wrote it
    why: The number is the same, whoever measured it.
```

Unsure? Read [{heading}]({file}) again.
"""
EXPERIMENTS = '''\
"""Recorded for the page on {topic}."""

from collections.abc import Sequence

from {package}.catalog.experiment import Experiment


EXPERIMENTS = (
)
'''
RECORDING = '''\
def {cell}(seed: int) -> Values:
    """Measure one cell: here what the question asks is measured, with this seed.

    Args:
        seed: of everything that is drawn by chance.
    """
    return {{"score": 1 / (1 + seed)}}


def {summarise}(cells: Sequence[Record]) -> Record:
    """Gather the seeds: score -> mean, lowest, highest and standard deviation."""
    return {{"score": spread([cell["values"]["score"] for cell in cells])}}


'''
RECORDING_ENTRY = """\
    Experiment(
        name="{name}",
        question="What does this measure? Ask it in one line.",
        measure="{module}:{cell}",
        cells=tuple({{"seed": seed}} for seed in SEEDS),
        summarise={summarise},
    ),
"""
RECORDING_TEST = """\
from {module} import {cell}


def test_a_cell_of_{name}_depends_on_its_seed_alone():
    assert {cell}(seed=1) == {cell}(seed=1) != {cell}(seed=2)
"""
SCRIPT_BOX = """\
## {name}.py {{ #{name} }}

Say what it downloads, how long it takes, and what to expect.

```{{.python .script args="…"}}
--8<-- "{folder}/{name}.py"
```
"""
