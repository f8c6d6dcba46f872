"""Documents that show one task several times, in ever new formats: food for in-context learning.

Three things can be new to a model here, and each is held out on its own: the *labels* (words that are
never a label in training), the *words* asked about, and the *format* (connectors such as ``=>`` that
never connect a question with its answer in training). A pair of task and connector is held out too.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lessons.world.grammar import capital
from lessons.world.lexicon import ADJECTIVES, BLAME, CAPITALS, KINDS, OPPOSITES, PRAISE
from lessons.world.reviews import review
from lessons.world.sentences import sentence
from lessons.world.splits import split_of

Example = tuple[str, str]

LABELS = (
    "foo", "bar", "one", "two", "up", "down", "left", "right", "A", "B", "C", "D", "X", "Y", "Z",
    "yes", "no", "true", "false", "in", "out", "top", "low", "hot", "cold", "north", "south", "east",
    "west", "alpha", "beta", "gamma", "first", "last", "plus", "minus", "open", "closed",
)  # fmt: skip
NEW_LABELS = (  # words that stories and sentences use: of one never seen a model can say nothing
    ("king", "apple"), ("lamp", "queen"), ("horse", "basket"), ("castle", "onion"),
)  # fmt: skip
NOUNS = tuple(noun for kind in KINDS for noun in KINDS[kind])
WORDS = (  # each once, in this order
    *{
        **{noun.english: None for noun in NOUNS},
        **{adjective.english: None for adjective in ADJECTIVES},
        **{word: None for pair in OPPOSITES for word in pair},
    },
)

SYMBOLS = "-=~>:|/+*#@&%;_^"
CONNECTORS = (
    "is", "gives", "makes", "becomes", "means", "then", "and", "for", "goes to", "has", "likes",
    "before", "after", "or", "so", "as", "from", "at", "says", "wants",
)  # fmt: skip
NEW_CONNECTORS = ("=>", "==>", ">>", "::", "to", "with", "belongs to", "<-")
HEADS = (
    ("Input", "Output"), ("Q", "A"), ("x", "y"), ("Text", "Label"), ("Word", "Answer"), ("Item", "Group"),
    ("Question", "Answer"), ("Given", "Wanted"), ("from", "to"), ("this", "that"), ("1", "2"), ("a", "b"),
)  # fmt: skip
NEW_HEADS = (("In", "Out"), ("Sample", "Result"))


@dataclass(frozen=True)
class Task:
    """A task: how to make an example of it, and the labels if the answer is one of few.

    Attributes:
        example: makes a question and its answer.
        labels: the possible answers, or none if the answer is free text.
    """

    name: str
    example: Callable[[random.Random], Example]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """How a question and its answer are written down, and what stands between examples."""

    before: str = ""
    middle: str = " -> "
    after: str = ""
    between: str = "\n"

    def shown(self, example: Example) -> str:
        """Write an example."""
        return f"{self.query(example[0])}{self.middle[len(self.middle.rstrip()) :]}{example[1]}{self.after}"

    def query(self, question: str) -> str:
        """Write a question up to where its answer begins, without a blank at the end."""
        return f"{self.before}{question}{self.middle.rstrip()}"

    def answer(self, text: str) -> str:
        """Read the answer out of what a model goes on with: all that stands before the next example."""
        for end in (self.after.strip(), self.between.strip()):
            text = text.split(end)[0] if end else text
        return text.strip().split("\n")[0].strip()

    def prompt(self, examples: Sequence[Example], question: str) -> str:
        """Write some examples and a question that waits for its answer."""
        return self.between.join(
            [*(self.shown(example) for example in examples), self.query(question)]
        )


def word_split(word: str) -> str:
    """Say in which split a word may be asked about: one in five is held out."""
    return split_of(f"asked about {word}", one_in=5)


def _known(words: Sequence[str], split: str) -> list[str]:
    return [word for word in words if word_split(word) == split]


def category_task(
    rng: random.Random, split: str, labels: Sequence[str], kinds: Sequence[str] = ()
) -> Task:
    """Label words by what they name: animal, food, thing, person, place.

    Which category gets which label is drawn anew, so nothing but the examples can tell.
    """
    chosen = list(kinds) or rng.sample(tuple(KINDS), len(labels))
    words = [_known([noun.english for noun in KINDS[kind]], split) for kind in chosen]
    return _labelled("category", words, labels)


def sentiment_task(_rng: random.Random, split: str, labels: Sequence[str]) -> Task:
    """Label words by whether they praise or blame."""
    return _labelled("sentiment", [_known(PRAISE, split), _known(BLAME, split)], labels)


def review_task(_rng: random.Random, split: str, labels: Sequence[str]) -> Task:
    """Label the first sentence of reviews by its sentiment."""

    def example(rng: random.Random) -> Example:
        side = rng.randrange(2)
        text = review(rng, split, ("positive", "negative")[side]).text
        end = min(i for i, letter in enumerate(text) if letter in ".!")
        return text[: end + 1], labels[side]

    return Task("review", example, tuple(labels))


def _labelled(task: str, words: Sequence[Sequence[str]], labels: Sequence[str]) -> Task:
    def example(rng: random.Random) -> Example:
        side = rng.randrange(len(labels))
        return rng.choice(words[side]), labels[side]

    return Task(task, example, tuple(labels))


def _from_pairs(task: str, pairs: Sequence[Example], split: str) -> Task:
    known = [pair for pair in pairs if word_split(pair[0]) == split]
    return Task(task, lambda rng: rng.choice(known))


def plural_task(_rng: random.Random, split: str) -> Task:
    """Give the plural of a noun."""
    return _from_pairs("plural", [(noun.english, noun.many) for noun in NOUNS], split)


def french_task(_rng: random.Random, split: str) -> Task:
    """Translate a noun into French."""
    return _from_pairs("french", [(noun.english, noun.french) for noun in NOUNS], split)


def english_task(_rng: random.Random, split: str) -> Task:
    """Translate a French noun into English."""
    return _from_pairs("english", [(noun.french, noun.english) for noun in NOUNS], split)


def opposite_task(_rng: random.Random, split: str) -> Task:
    """Give the opposite of a word."""
    both = [(one, other) for pair in OPPOSITES for one, other in (pair, pair[::-1])]
    return _from_pairs("opposite", both, split)


def capital_task(_rng: random.Random, split: str) -> Task:
    """Give the capital of a country."""
    return _from_pairs("capital", CAPITALS, split)


def copy_task(rng: random.Random, split: str) -> Task:
    """Repeat one word, or name the first or the last word of a list."""
    which, words = rng.choice((None, 0, -1)), _known(WORDS, split)

    def example(rng: random.Random) -> Example:
        if which is None:
            word = rng.choice(words)
            return word, word
        chosen = rng.sample(words, rng.choice((2, 3)))
        return " ".join(chosen), chosen[which]

    return Task("copy", example)


def count_task(rng: random.Random, split: str) -> Task:
    """Add a small number, always the same."""
    step, numbers = rng.randint(1, 9), _known([str(number) for number in range(41)], split)

    def example(rng: random.Random) -> Example:
        number = rng.choice(numbers)
        return number, str(int(number) + step)

    return Task("count", example)


def dictionary_task(rng: random.Random, split: str) -> Task:
    """Look words up in a small dictionary that was made up for this document, and repeats."""
    words = _known(WORDS, split)
    pairs = list(zip(rng.sample(words, 4), rng.sample(words, 4), strict=True))[
        : rng.choice((2, 3, 4))
    ]
    return Task("dictionary", lambda rng: rng.choice(pairs))


def translation_task(_rng: random.Random, split: str) -> Task:
    """Translate a sentence."""

    def example(rng: random.Random) -> Example:
        drawn = sentence(rng, split)
        return drawn.english, drawn.french

    return Task("translation", example)


LABELLED: dict[str, Callable[[random.Random, str, Sequence[str]], Task]] = {
    "category": category_task,
    "sentiment": sentiment_task,
    "review": review_task,
}
FREE = {
    "plural": plural_task, "french": french_task, "english": english_task, "opposite": opposite_task,
    "capital": capital_task, "copy": copy_task, "count": count_task, "dictionary": dictionary_task,
    "translation": translation_task,
}  # fmt: skip
SHARES = {
    "category": 20, "sentiment": 12, "review": 8, "plural": 5, "french": 8, "english": 5, "opposite": 6,
    "capital": 3, "copy": 9, "count": 4, "dictionary": 14, "translation": 4,
}  # fmt: skip


def task(rng: random.Random, split: str, name: str) -> Task:
    """Make a task of a kind, with labels that training may use."""
    if name in FREE:
        return FREE[name](rng, split)
    count = rng.choice((2, 2, 3)) if name == "category" else 2
    return LABELLED[name](rng, split, train_labels(rng, count))


def train_labels(rng: random.Random, count: int) -> tuple[str, ...]:
    """Draw labels of training: any word but those of ``NEW_LABELS``."""
    new = {label for pair in NEW_LABELS for label in pair}
    pool = LABELS if rng.random() < 0.5 else tuple(word for word in WORDS if word not in new)
    return tuple(rng.sample(pool, count))


def train_format(rng: random.Random, name: str) -> Format:
    """Make a format that training may use for a task: new ones all the time, but none held out."""

    def make() -> Format:
        kind = rng.random()
        between = rng.choice(("\n",) * 8 + ("\n\n", " ; ", " . ", ", "))
        if kind < 0.55:
            sign = "".join(rng.choices(SYMBOLS, k=rng.choice((1, 1, 2, 2, 3))))
            return Format("", rng.choice((f" {sign} ", f" {sign} ", f"{sign} ")), "", between)
        if kind < 0.75:
            words = rng.sample(
                CONNECTORS if rng.random() < 0.4 else WORDS, rng.choice((1, 1, 1, 2))
            )
            return Format("", f" {' '.join(words)} ", "", between)
        if kind < 0.95:
            line = rng.choice(("\n", " "))
            first, second = _heads(rng)
            return Format(f"{first}: ", f"{line}{second}: ", "", "\n")
        return Format(
            *rng.choice((("(", ", ", ")"), ("", " (", ")"), ("[", "] ", ""), ("", ' "', '"'))),
            between,
        )

    def usable(made: Format) -> str:
        sign = made.middle.strip()
        new = sign in NEW_CONNECTORS or any(head + ":" in made.before for head, _ in NEW_HEADS)
        return "held-out" if new else split_of(f"format {name} {sign}")

    form = make()
    while usable(form) != "train":
        form = make()
    return form


def _heads(rng: random.Random) -> tuple[str, str]:
    """Draw what stands before a question and before its answer."""
    if rng.random() < 0.4:
        return rng.choice(HEADS)
    first, second = rng.sample(WORDS, 2)
    return (capital(first), capital(second)) if rng.random() < 0.6 else (first, second)


def new_formats() -> tuple[Format, ...]:
    """List formats that never occur in training."""
    connected = (Format(middle=f" {connector} ") for connector in NEW_CONNECTORS)
    headed = (Format(f"{first}: ", f"\n{second}: ") for first, second in NEW_HEADS)
    return (*connected, *headed)


def task_document(rng: random.Random, split: str) -> str:
    """Write a document: many examples of one task in one format."""
    name = rng.choices(tuple(SHARES), tuple(SHARES.values()))[0]
    drawn, form = task(rng, split, name), train_format(rng, name)
    long = name in ("review", "translation")
    count = rng.randint(3, 7) if long else rng.randint(5, 14)
    return form.between.join(form.shown(drawn.example(rng)) for _ in range(count))


def copy_document(rng: random.Random, split: str) -> str:
    """Write a list that is read again: the plainest thing that can be learned from what came before."""
    # each word once, or "After weak comes ..." would have two answers
    known = _known(tuple(dict.fromkeys(WORDS + PRAISE + BLAME)), split)
    words = rng.sample(known, rng.randint(3, 12))
    text = rng.choice((" ", " ", ", ", "\n", " - ", " and ")).join(words)
    if rng.random() < 0.5:
        return "\n".join([text] * rng.choice((2, 2, 3)))
    pairs = list(pairwise(words))
    asked = rng.sample(pairs, min(3, len(pairs)))
    return f"List: {text}\n" + "\n".join(f"After {item} comes {other}." for item, other in asked)
