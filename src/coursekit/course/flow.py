"""The picture of a lesson's pipeline: what flows, from left to right, or on a narrow screen downwards.

Things stand on a line, and the stages that make one of another beside its arrows. A stage that feeds
another points to it; one that uses a model hangs below the line, since nothing of it flows on.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

__all__ = ["Stage", "picture", "places", "things"]


class Stage(Protocol):
    """What the picture needs of a section."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def page(self) -> str | None:
        """Its page, if it is written."""

    @property
    def makes(self) -> tuple[str, str] | None:
        """The things before and behind it on the line, if it stands there."""

    @property
    def feeds(self) -> str:
        """The title of the stage that it feeds, if it does."""


def things(stages: Sequence[Stage]) -> list[str]:
    """What stands on the line, in order.

    Raises:
        ValueError: a stage begins with what none before it gives.
    """
    found: list[str] = []
    for stage in stages:
        if stage.makes is None:
            continue
        before, behind = stage.makes
        if not found:
            found.append(before)
        if before not in found:
            raise ValueError(f"no stage before {stage.title!r} gives {before!r}")
        if behind not in found:
            found.append(behind)
    return found


def picture(stages: Sequence[Stage], url: Callable[[str], str]) -> str:
    """Draw the pipeline twice, wide and tall; the style sheet shows the one that fits.

    Args:
        stages: in the order in which the keyboard reaches them.
        url: turns a stage's page into an address.

    Returns:
        Two drawings, and nothing for stages of which none stands on a line.
    """
    if not things(stages):
        return ""
    drawings = (("wide", _wide(stages), "24 34 816 196"), ("tall", _tall(stages), "0 0 344 460"))
    return "".join(
        f'<svg class="flow__{name}" viewBox="{size}" role="group" aria-label="The pipeline">'
        f"{drawing.svg(stages, url)}</svg>"
        for name, drawing, size in drawings
    )


def places(stages: Sequence[Stage]) -> list[tuple[Stage, int, int, str]]:
    """Where each stage stands in the wide picture, 840 by 230 units, and what it does there in words."""
    if not things(stages):
        return []
    boxes = _wide(stages).boxes
    return [(stage, *boxes[stage.title], _said(stage)) for stage in stages]


def _said(stage: Stage) -> str:
    if stage.makes:
        return " → ".join(stage.makes)
    return f"feeds {stage.feeds}" if stage.feeds else "uses a model"


@dataclass(frozen=True)
class _Drawing:
    """Where everything stands: centers in user units.

    Attributes:
        things: of what flows.
        boxes: of the stages, by their titles.
        arrows: the path of what flows.
        uses: the path from the models to what uses them.
    """

    things: Mapping[str, tuple[int, int]]
    boxes: Mapping[str, tuple[int, int]]
    arrows: str
    uses: str

    def svg(self, stages: Sequence[Stage], url: Callable[[str], str]) -> str:
        """The elements inside the picture."""
        words = "".join(_text(*at, thing) for thing, at in self.things.items())
        boxes = "".join(_box(*self.boxes[stage.title], stage, url) for stage in stages)
        return f'<path d="{self.arrows}"/><path class="flow__uses" d="{self.uses}"/>{words}{boxes}'


def _text(x: int, y: int, words: str) -> str:
    return f'<text x="{x}" y="{y + 5}">{html.escape(words)}</text>'


def _box(x: int, y: int, stage: Stage, url: Callable[[str], str]) -> str:
    inside = f'<rect x="{x - 70}" y="{y - 15}" width="140" height="30" rx="5"/>{_text(x, y, stage.title)}'
    return f'<a href="{url(stage.page)}">{inside}</a>' if stage.page else f"<g>{inside}</g>"


HALF = 4.2  # user units: half of what a letter takes on average, in a wide typeface
RIGHT, DOWN, LEFT = "m-6 -4l6 4l-6 4", "m-4 -6l4 6l4 -6", "m6 -4l-6 4l6 4"  # heads of arrows


def _on_line(stages: Sequence[Stage]) -> dict[str, list[str]]:
    """The stages on the line by what they begin with."""
    found: dict[str, list[str]] = {}
    for stage in stages:
        if stage.makes:
            found.setdefault(stage.makes[0], []).append(stage.title)
    return found


def _uses(stages: Sequence[Stage]) -> list[str]:
    return [stage.title for stage in stages if not stage.makes and not stage.feeds]


def _half(words: str) -> int:
    """About half of the width of words that stand on the line."""
    return round(HALF * len(words))


def _wide(stages: Sequence[Stage]) -> _Drawing:
    line = {thing: (48 + 186 * i, 142) for i, thing in enumerate(things(stages))}
    ends = [x for x, _ in line.values()]
    sides = [(x - _half(thing), x + _half(thing)) for thing, (x, _) in line.items()]
    arrows = "".join(
        f"M{start + 10} 142H{end - 10}{RIGHT}" for (_, start), (end, _) in pairwise(sides)
    )
    boxes = {
        title: (line[before][0] + 93, 112 - 36 * (len(titles) - 1 - row))
        for before, titles in _on_line(stages).items()
        for row, title in enumerate(titles)
    }
    for stage in stages:
        if stage.feeds:
            x, y = boxes[stage.feeds]
            boxes[stage.title] = x, y - 58
            arrows += f"M{x} {y - 43}V{y - 16}{DOWN}"
    models = [x for thing, (x, _) in line.items() if thing.endswith("model")] or ends
    uses = "".join(f"M{x} 156V176" for x in models) + f"M{models[0]} 176H{models[-1]}"
    for i, title in enumerate(_uses(stages)):
        boxes[title] = x, y = models[0] + 93 + 186 * i, 210
        uses += f"M{x} 176V{y - 16}"
        arrows += f"M{x} {y - 16}{DOWN}"  # a head of dashes is none
    return _Drawing(line, boxes, arrows, uses)


def _tall(stages: Sequence[Stage]) -> _Drawing:
    line = {thing: (20 + _half(thing), 20 + 105 * i) for i, thing in enumerate(things(stages))}
    ends = [y for _, y in line.values()]
    arrows = "".join(f"M28 {y + 14}V{y + 90}{DOWN}" for y in ends[:-1])
    boxes = {
        title: (104, line[before][1] + 53 - 18 * (len(titles) - 1) + 36 * row)
        for before, titles in _on_line(stages).items()
        for row, title in enumerate(titles)
    }
    for stage in stages:
        if stage.feeds:
            x, y = boxes[stage.feeds]
            boxes[stage.title] = x + 168, y
            arrows += f"M{x + 98} {y}H{x + 71}{LEFT}"
    sides = {y: x + _half(thing) for thing, (x, y) in line.items() if thing.endswith("model")}
    models = list(sides) or ends
    uses = "".join(f"M{sides.get(y, 98) + 8} {y}H190" for y in models)
    uses += f"M190 {models[0]}V{models[-1]}"
    for i, title in enumerate(_uses(stages)):
        boxes[title] = x, y = 272, models[0] + 53 + 105 * i
        uses += f"M190 {y}H{x - 71}"
        arrows += f"M{x - 71} {y}{RIGHT}"
    return _Drawing(line, boxes, arrows, uses)
