"""What gives the right answers of a course's questions away, without a thought about the question.

A reader who sees that the second choice is right more often than not, or the longest, stops reading.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursekit import yamltext
from coursekit.config import Config
from coursekit.kinds.quiz import QUIZ
from coursekit.page.contents import Page
from coursekit.parser import readable
from coursekit.problems import Problem

__all__ = ["problems"]

ENOUGH = 10  # questions; of fewer, most are right at one place by chance
PAGES_OWN = 3  # questions of one page that must not all be right at one place
PLACE_LIMIT = 1 / 2  # with three choices, chance gives a third
# A right answer needs words to be right. It is the longest alone in 26 of 45 questions on lesson pages.
LENGTH_LIMIT = 0.6


@dataclass(frozen=True)
class _Question:
    """Where the right choice stands, from 1, and whether it is the longest of all."""

    place: int
    longest: bool


def problems(config: Config) -> list[Problem]:
    """Pages, and groups of pages, whose right answers have a place or a length of their own.

    A page with many questions stands for itself, such as a self-test; those of all other lesson pages
    are taken together.
    """
    found: list[Problem] = []
    together: list[_Question] = []
    for page in readable(config.lesson_files, config):
        asked, place = _questions(page), config.relative(page.path)
        if len(asked) >= ENOUGH:
            found += [Problem(place, 1, m) for m in _given_away(asked, "the page")]
            continue
        together += asked
        if len(asked) >= PAGES_OWN and len({question.place for question in asked}) == 1:
            message = f"choice {asked[0].place} is right in all {len(asked)} questions; move some"
            found.append(Problem(place, 1, message))
    if len(together) >= ENOUGH:
        where = Path(config.lesson_pages[0])
        found += [Problem(where, 1, m) for m in _given_away(together, "these pages")]
    return found


def _questions(page: Page) -> list[_Question]:
    found = []
    for block in page.of_kind(QUIZ):
        choices = yamltext.read(block.body)["choices"]
        right = next(n for n, choice in enumerate(choices) if choice.get("right"))
        lengths = [len(str(choice["text"]).strip()) for choice in choices]
        longest = all(lengths[right] > n for i, n in enumerate(lengths) if i != right)
        found.append(_Question(right + 1, longest))
    return found


def _given_away(asked: list[_Question], what: str) -> Iterator[str]:
    place, times = Counter(question.place for question in asked).most_common(1)[0]
    if times > PLACE_LIMIT * len(asked):
        yield (
            f"choice {place} is right in {times} of the {len(asked)} questions of {what}, "
            f"at most {PLACE_LIMIT:.0%}; move some right choices"
        )
    longest = sum(question.longest for question in asked)
    if longest > LENGTH_LIMIT * len(asked):
        yield (
            f"the right choice is the longest in {longest} of the {len(asked)} questions of {what}, "
            f"at most {LENGTH_LIMIT:.0%}; shorten some, or say more in wrong ones"
        )
