"""The texts of new files: each passes the checks, and says what belongs in its place."""

__all__ = [
    "BAR",
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
Then say where readers have met it, because ChatGPT and Claude are what they know.

## A first step

Say what readers are about to see, so that they can guess it, and then show it:

```python
--8<-- "{module}:share_right"
```

## By hand: four answers

Work an example with small numbers before the code does it. Of 4 answers 3 are right, so the share is
{{{{ computed 3 / 4 | .0% }}}}, and the code says so, too:

```python
print("share right:", share_right([True, True, False, True]))
```

```{{.output #first}}
share right: 0.75
```

Then say what to see in it, and what it does not show. A picture of the idea helps, if it says one thing:

```{{.figure src="figures/{figure}.svg"}}
Most of the answers are right
Share of four answers that are right

The bar is longer than half of its frame, because more answers are right than wrong.

A frame, of which a bar fills {{{{ output.first.share-right }}}}: the share of answers that are right.
```

## In short

Each of three sentences has one number, such as {{{{ output.first.share-right }}}}, which the page measured.
So say of {{{{ constant 3 }}}} things what a reader should take home. If a reader can remember only
{{{{ constant 1 }}}} of them later, which one should it be?

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

```{{.quiz}}
question: A page says that {{{{ constant 75% | of made-up answers }}}} are right. What do you ask first?
choices:
  - text: Of how many answers, and how many of them differ
    why: A share of four answers and one of four thousand are different claims.
    right: true
  - text: On which machine they were given
    why: That can matter, but it says nothing about what was counted.
  - text: Who wrote the page
    why: The number is the same, whoever counted.
```

## Deeper

What follows is for those who want to know how it was measured, what goes wrong, and where to read more.

## The picture's code

```python
--8<-- "{module}:bar"
```

```python
from pathlib import Path

for name, width in (("{figure}.svg", 640), ("{figure}.narrow.svg", 320)):
    Path(name).write_text(bar(share_right([True, True, False, True]), width), "utf-8")
```

## Measured here

Quote what the page measured by its name, {{{{ output.first.share-right }}}}, so that it cannot go stale.

## Pitfalls

Let what goes wrong go wrong here, with the error's own text.

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


# --8<-- [start:bar]
def bar(share: float, width: int) -> str:
    """Draw a share as a bar in a frame, as SVG.

    Args:
        share: from 0 to 1.
        width: of the frame, in pixels.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} 34">'
        f'<rect x="1" y="1" width="{{share * (width - 2):.0f}}" height="32" class="fill-1" fill="#1b8a7e"/>'
        f'<rect x="1" y="1" width="{{width - 2}}" height="32" fill="none" stroke="currentColor"/></svg>\\n'
    )


# --8<-- [end:bar]
'''
# What `bar` draws of three answers in four.
BAR = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 34">\
<rect x="1" y="1" width="{filled:.0f}" height="32" class="fill-1" fill="#1b8a7e"/>\
<rect x="1" y="1" width="{inner}" height="32" fill="none" stroke="currentColor"/></svg>
"""
TEST = """\
import pytest

from {package}.first_steps import bar, share_right


def test_the_share_counts_what_is_right():
    assert share_right([True, False, False, False]) == 0.25


def test_no_answers_have_no_share():
    with pytest.raises(ValueError, match="at least one answer"):
        share_right([])


def test_the_bar_fills_its_share_of_the_frame():
    assert 'width="319"' in bar(0.5, 640)
    assert bar(1, 640).count('width="638"') == 2
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
