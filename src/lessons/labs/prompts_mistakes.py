"""Wrong ways to split questions and to score answers that people go, each as a function."""

import re
from collections.abc import Callable, Hashable

from lessons.labs.mistakes import Mistake
from lessons.labs.prompts_model import numbers

Sides = tuple[list[str], list[str]]


# Part 1: split without a leak


def _distinct(messages: list[str], key: Callable[[str], Hashable]) -> list[str]:
    """The first message of each key."""
    first: dict[Hashable, str] = {}
    for message in messages:
        first.setdefault(key(message), message)
    return list(first.values())


def _every_fourth(messages: list[str]) -> Sides:
    return messages[3::4], [message for n, message in enumerate(messages, 1) if n % 4]


def same_sum(message: str) -> tuple[int, ...]:
    """What all messages have in common that ask for the same sum."""
    return tuple(sorted(numbers(message)))


def _by(messages: list[str], key: Callable[[str], Hashable]) -> Sides:
    return _every_fourth(_distinct(messages, key))


def split(messages: list[str]) -> Sides:
    """Each sum once, every fourth for development: the right answer."""
    return _by(messages, same_sum)


def _last_wording(messages: list[str]) -> Sides:
    return _every_fourth(list({same_sum(message): message for message in messages}.values()))


def _with_copies(messages: list[str]) -> Sides:
    develop = {same_sum(message) for message in split(messages)[0]}
    sides: Sides = ([], [])
    for message in messages:
        sides[same_sum(message) not in develop].append(message)
    return sides


def _split_first(messages: list[str]) -> Sides:
    develop, test = _every_fourth(messages)
    return _distinct(develop, same_sum), _distinct(test, same_sum)


def _tested_too(messages: list[str]) -> Sides:
    return split(messages)[0], _distinct(messages, same_sum)


def _early(messages: list[str]) -> Sides:
    distinct = _distinct(messages, same_sum)
    return distinct[::4], [message for n, message in enumerate(distinct) if n % 4]


LEAK = (
    "The prompt that you chose on one copy would be tested on the other, and n would count both. "
)
SPLIT = (
    Mistake(
        "the same sum is on both sides, in another wording",
        f"{LEAK}What makes two messages the same is what they ask for, not their letters.",
        lambda messages: _by(messages, lambda message: message),
    ),
    Mistake(
        "the same sum is on both sides, in another wording: spaces, signs and capitals are not all",
        f"{LEAK}What makes two messages the same is what they ask for, not their words.",
        lambda messages: _by(messages, lambda m: re.sub(r"\W", "", m.lower())),
    ),
    Mistake(
        "the same sum with its numbers swapped counts as another one",
        f"{LEAK}3 + 5 and 5 + 3 are one question.",
        lambda messages: _by(messages, lambda m: tuple(numbers(m))),
    ),
    Mistake(
        "sums with the same total count as copies",
        "9 + 1 and 5 + 5 are two questions, and a model may well fail on one of them only.",
        lambda messages: _by(messages, lambda m: sum(numbers(m))),
    ),
    Mistake(
        "a number that occurs twice in a sum counts once",
        "7 + 7 + 2 is another question than 7 + 2. Compare how often each number occurs, too.",
        lambda messages: _by(messages, lambda m: frozenset(numbers(m))),
    ),
    Mistake(
        "messages are compared digit by digit",
        "12 + 3 and 13 + 2 have the same digits, but ask for other sums. Compare whole numbers.",
        lambda messages: _by(messages, lambda m: "".join(sorted(re.findall(r"\d", m)))),
    ),
    Mistake(
        "each side still holds copies",
        "No copy crosses the border, but n counts a question as often as somebody asked it. So the "
        "interval becomes too narrow, and one hard sum may decide.",
        _with_copies,
    ),
    Mistake(
        "of each sum the last wording is kept",
        "The docstring asks for the message that came first, so that one right answer exists. A dictionary "
        "that is filled again and again keeps what came last.",
        _last_wording,
    ),
    Mistake(
        "the messages are put apart first and only then brought down to one copy",
        f"{LEAK}Once the copies are on two sides, looking at each side alone cannot find them.",
        _split_first,
    ),
    Mistake(
        "the development messages are in the test, too",
        "A prompt that was chosen on them is flattered by them. Take them out.",
        _tested_too,
    ),
    Mistake(
        "counting begins too early",
        "The 4th, 8th, 12th, … sum is for development. Yours are the 1st, 5th, 9th, …",
        _early,
    ),
    Mistake(
        "the two sides are swapped",
        "The lab unpacks the result: develop, test = split(messages), and the test is the larger one.",
        lambda messages: split(messages)[::-1],
    ),
)


# Part 2: score honestly


def right(answer: str, total: int) -> bool:
    """Whether the result that an answer states is the total: the right answer."""
    _, said, after = answer.rpartition("answer is")
    found = numbers(after)
    return bool(found) and (bool(said) or len(found) == 1) and found[0] == total


def _after_words(answer: str, total: int) -> bool:
    _, said, after = answer.rpartition("answer is")
    return bool(said) and numbers(after)[:1] == [total]


def _first_words(answer: str, total: int) -> bool:
    _, said, after = answer.partition("answer is")
    return numbers(after)[0] == total if said and numbers(after) else right(answer, total)


def _beginning(answer: str, total: int) -> bool:
    _, said, after = answer.rpartition("answer is")
    return after.strip().startswith(str(total)) if said else right(answer, total)


RIGHT = (
    Mistake(
        "an answer counts as right if the digits stand somewhere in it",
        "64 stands in 164 and in 640, and a step may come upon the total where the result is another.",
        lambda answer, total: str(total) in answer,
    ),
    Mistake(
        "an answer counts as right if the total is any of its numbers",
        "A step may come upon it where the result that the answer states is another one.",
        lambda answer, total: total in numbers(answer),
    ),
    Mistake(
        "the last number counts as the result",
        "An answer that was cut off ends in the middle of its steps, and one that gives a reason after its "
        "result ends with a number of the reason.",
        lambda answer, total: numbers(answer)[-1:] == [total],
    ),
    Mistake(
        "the first number counts as the result",
        "Steps begin with the numbers of the question.",
        lambda answer, total: numbers(answer)[:1] == [total],
    ),
    Mistake(
        "the end of the text is compared",
        "164. ends like 64., and an answer may lack the period or add a word.",
        lambda answer, total: answer.rstrip(". ").endswith(str(total)),
    ),
    Mistake(
        "an answer has to be the number alone",
        "Then a prompt that makes the model write steps scores 0, though its results may be right.",
        lambda answer, total: answer.strip(" .") == str(total),
    ),
    Mistake(
        "only answers with the words count",
        "A model that answers with one number and nothing else states a result, too.",
        _after_words,
    ),
    Mistake(
        "the first statement counts, and not the last",
        "Who corrects himself means what he said last.",
        _first_words,
    ),
    Mistake(
        "only the first digits of the result are compared",
        "640 begins with 64. Compare whole numbers.",
        _beginning,
    ),
)
