"""Which answers to a request are right: all of them, since the language of answers is closed."""

# --8<-- [start:imports]
import re
from functools import lru_cache
from itertools import product

from lessons.world.lexicon import PLACES
from lessons.world.talk import AFTER, BEFORE, POLITE, REQUESTS

# --8<-- [end:imports]


# --8<-- [start:right]
HOURS = ("eight", "nine", "ten")  # at which something opens
ROLES = {
    "thing": r"(?P<thing>\w+ (?P<noun>\w+))",
    "a_thing": r"(?P<a_thing>an? \w+ (?P<noun>\w+))",
    "place": r"(?P<place>\w+)",
}


@lru_cache(maxsize=1)
def asked() -> dict[str, re.Pattern[str]]:
    """Make a pattern for each kind of request, with a group for each thing and place that it names."""
    return {
        kind: re.compile(text.replace("?", r"\?").format(**ROLES))
        for kind, text in REQUESTS.items()
    }


@lru_cache(maxsize=4096)
def right_answers(request: str) -> frozenset[str]:
    """List every answer that a polite and knowing assistant of the world could give to a request.

    An answer is an opening, the sentence that does what was asked with the thing and the place that were
    named, and a closing. Where a request leaves open which place or which hour, any is right.

    Args:
        request: words of the user, such as *Where is the red cup?*, without `User:` in front.

    Raises:
        ValueError: a text that is no request of the world.
    """
    matches = ((kind, pattern.fullmatch(request)) for kind, pattern in asked().items())
    kind, named = next(((k, match.groupdict()) for k, match in matches if match), ("", {}))
    if not kind:
        raise ValueError(f"no request of the world: {request!r}")
    places = [named["place"]] if "place" in named else [place.english for place in PLACES]
    return frozenset(
        opening + sentence.format(**{**named, "place": place, "hour": hour}) + closing
        for opening, sentence, closing in product(BEFORE, POLITE[kind], AFTER)
        for place, hour in product(places, HOURS)
    )


def is_right(request: str, answer: str) -> bool:
    """Say whether an answer is, word for word, one of those that are right.

    Args:
        request: text as the model reads it, ``User: …`` and ``Assistant:`` around it, or alone.
        answer: blanks around it do not matter, all else does.

    Raises:
        ValueError: a text that is no request of the world.
    """
    said = request.removeprefix("User: ").removesuffix("\nAssistant:")
    return answer.strip() in right_answers(said)


# --8<-- [end:right]
