"""Messages to a shop, sorted into queues: of each customer a few, some of them near copies.

Made for a lab of Lesson 5. What a customer writes first says to which queue it belongs; what follows often
does not, and stays in the queue of the first message.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lessons.world.names import name
from lessons.world.reviews import PRODUCTS, review

QUEUES = ("complaint", "praise", "question")  # the place of a queue is its id, everywhere
SHARES = (18, 27, 55)  # of a hundred customers
AGAIN_RATE = (0.55, 0.3, 0.45)  # who writes again, by queue
MESSAGES = 2000
COPY = 12  # words of a message that two people hardly write alike by chance
GREETINGS = ("Hello,", "Good morning,", "Dear shop,", "I wrote to you last week:", "Once more:")
QUESTIONS = (
    "Is there a {product} in another color?", "How long does it take to send a {product}?",
    "Can I get a second {product}?", "Which {product} would you take?",
    "Where can I find a {product} like this?", "Do you have a larger {product}?",
)  # fmt: skip
ASIDES = {
    "complaint": ("Why did nobody tell me?", "What do you want to do about it?"),
    "praise": ("Why did I not buy it sooner?", "Where do you find such things?"),
}
AGAIN = (
    "Me again about the {product}. Is there any news?", "Did you read what I wrote about the {product}?",
    "I am still waiting for a word about the {product}.", "It is about the {product}, as before.",
    "Please look at my first message, the one about the {product}.",
)  # fmt: skip


@dataclass(frozen=True)
class Message:
    """What a customer wrote, and the queue that a person put it into."""

    author: str
    text: str
    queue: str


def content(text: str) -> str:
    """Reduce a message to what it says: small letters, without greeting, marks and signature."""
    for greeting in GREETINGS:
        text = text.removeprefix(greeting)
    text = re.sub(r" Regards, \w+$", "", text)
    return " ".join(re.findall(r"\w+", text.lower()))


def _first(rng: random.Random, queue: str) -> str:
    """Write what a customer writes first: it says what it is about, if one reads all of it."""
    if queue == "question":
        about = review(rng, "train").text
        asked = rng.choice(QUESTIONS).format(product=_product(about))
        return asked if rng.random() < 0.4 else f"{about} {asked}"
    text = review(rng, "train", "positive" if queue == "praise" else "negative").text
    return f"{text} {rng.choice(ASIDES[queue])}" if rng.random() < 0.3 else text


def _product(text: str) -> str:
    found: str = next(word for word in re.findall(r"\w+", text) if word in PRODUCTS)
    return found


def _case(rng: random.Random, author: str, queue: str, text: str) -> list[Message]:
    """Write all messages of a customer about one matter."""
    texts = [text]
    while rng.random() < AGAIN_RATE[QUEUES.index(queue)]:
        again = rng.choice(AGAIN).format(product=_product(text))
        same = queue == "praise" or rng.random() < 0.5
        texts.append(f"{rng.choice(GREETINGS)} {text}" if same else again)
    signed = (f"{one} Regards, {author}" if rng.random() < 0.6 else one for one in texts)
    return [Message(author, one, queue) for one in signed]


@cache
def messages(count: int = MESSAGES, seed: int = 0) -> tuple[Message, ...]:
    """Make messages in the order in which they came, with the queue of each.

    About every twentieth customer sends a text that somebody else has sent before.
    """
    rng = random.Random(f"messages {seed}")
    made: list[Message] = []
    firsts: list[Message] = []
    authors: set[str] = set()
    while len(made) < count:
        author = name(rng, "train")
        while author in authors:
            author = name(rng, "train") + name(rng, "train").lower()
        authors.add(author)
        (queue,) = rng.choices(QUEUES, SHARES)
        text = _first(rng, queue)
        if firsts and rng.random() < 0.05:
            passed_on = rng.choice(firsts)
            queue, text = passed_on.queue, re.sub(r" Regards, \w+$", "", passed_on.text)
        case = _case(rng, author, queue, text)
        firsts.append(case[0])
        made += case
    del made[count:]
    rng.shuffle(made)
    return tuple(made)


def group(authors: Sequence[str], contents: Sequence[str]) -> list[int]:
    """Put messages together that are by one author, or copies of one another, over any number of steps.

    Returns:
        For each message the place of the first one of its group.
    """
    leader = list(range(len(authors)))

    def first(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    seen: dict[tuple[str, str], int] = {}
    for place, (author, said) in enumerate(zip(authors, contents, strict=True)):
        keys = [("author", author)]
        if len(said.split()) >= COPY:
            keys.append(("content", said))
        for key in keys:
            one, other = first(seen.setdefault(key, place)), first(place)
            leader[max(one, other)] = min(one, other)
    return [first(place) for place in range(len(authors))]


def split(
    labels: Sequence[str], groups: Sequence[int], order: Sequence[int]
) -> tuple[list[int], list[int], list[int]]:
    """Part messages into those to learn from, to choose by, and to report on, whole groups at a time.

    Each group has one label. Of each label the groups go, in the order given, into the test until it has a
    fifth of that label's messages or more, then into validation until it has as many; from the others is
    learned.

    Returns:
        Places of messages, rising: learn, validation, test.
    """
    members: dict[int, list[int]] = {}
    for place, one in enumerate(groups):
        members.setdefault(one, []).append(place)
    learn: list[int] = []
    held: dict[tuple[str, int], list[int]] = {}
    for one in order:
        label = labels[members[one][0]]
        enough = list(labels).count(label) / 5
        test, choose = (held.setdefault((label, part), []) for part in (0, 1))
        part = next((part for part in (test, choose) if len(part) < enough), learn)
        part += members[one]
    tests, choices = ([p for (_, n), part in held.items() if n == k for p in part] for k in (0, 1))
    return sorted(learn), sorted(choices), sorted(tests)


def drawn_order(groups: Sequence[int]) -> list[int]:
    """Draw an order of the groups, always the same one."""
    distinct = sorted(set(groups))
    return random.Random("order").sample(distinct, len(distinct))
