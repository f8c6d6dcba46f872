"""Instructions with a good and a bad answer, and checks that tell one from the other.

The good answers teach a model to follow instructions; a good and a bad one together teach it which to
prefer. Every bad answer has one known fault. Held out is what the generators beneath hold out: the
sentence, the story, the review, the sum, the word, the request.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from lessons.world.grammar import indefinite
from lessons.world.guidelines import PART, WORD, Instruction, _is_kind, is_good
from lessons.world.lexicon import ADJECTIVES, COLORS, KINDS, NUMBERS, OPPOSITES, VERBS
from lessons.world.names import is_girl
from lessons.world.reviews import review
from lessons.world.sentences import sentence, translation_prompt
from lessons.world.splits import SPLITS
from lessons.world.stories import Story, question_prompt, story, summary_prompt
from lessons.world.sums import STEP_BY_STEP, sum_prompt, terms, written_steps
from lessons.world.talk import talk
from lessons.world.tasks import word_split

FAULTS = ("wrong", "unfinished", "curt", "off topic", "repeats", "wrong language")
CURT = ("No.", "I do not know.", "I do not care.", "Read it again.", "Look for it.", "Maybe.")
# words of which one is as likely as the other, and only one is right
ENGLISH = (
    tuple(color.english for color in COLORS),
    *(tuple(noun.english for noun in KINDS[kind]) for kind in KINDS),
    ("hungry", "cold", "happy", "sad"),
    ("hammer", "string", "nail"),
    ("glue", "tape"),
    ("chair", "table", "door", "wall", "tree"),
)
FRENCH = (
    ("le", "la"), ("un", "une"), ("mon", "ma"), ("ce", "cette"), ("les", "mes"), ("dans", "près de"),
    ("est", "sont"), tuple(french for _, french in NUMBERS),
    *((a.masculine, a.feminine) for a in ADJECTIVES if a.masculine != a.feminine),
    *((verb.french_one, verb.french_many) for verb in VERBS),
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """An instruction that has no bad answer yet.

    Attributes:
        wrong: makes an answer that is not true.
        curt: answers that are no help, or rude.
        foreign: the answer in a language that was not asked for; any French sentence if empty.
    """

    prompts: tuple[str, ...]
    good: str
    truth: tuple[str, ...]
    wrong: Callable[[random.Random], str]
    curt: tuple[str, ...] = CURT
    foreign: str = ""


def instruction(
    rng: random.Random, split: str, kind: str | None = None, fault: str | None = None
) -> Instruction:
    """Make an instruction of the split.

    Args:
        rng: source of chance.
        split: ``train`` or ``held-out``.
        kind: task that is asked; any kind if None.
        fault: error of the bad answer; any if None.

    Returns:
        An instruction whose good answer the judge finds good, and whose bad answer it does not.

    Raises:
        ValueError: a split, a kind or a fault that does not exist.
    """
    _known("split", split, SPLITS)
    _known("kind", kind, (None, *KINDS_OF_INSTRUCTIONS))
    _known("fault", fault, (None, *FAULTS))
    kind = kind or rng.choice(KINDS_OF_INSTRUCTIONS)
    fault = fault or rng.choice(FAULTS)
    while True:
        draft = MAKERS[kind](rng, split)
        prompt = rng.choice(draft.prompts)
        for _ in range(10):  # a cut or an exchanged word can leave the answer good, or as it was
            bad = _spoil(rng, split, kind, draft, prompt, fault)
            drawn = Instruction(kind, prompt, draft.good, bad, fault, draft.truth)
            if bad and not is_good(drawn, bad):
                return drawn


def _known(name: str, value: str | None, choice: tuple[str | None, ...]) -> None:
    """Refuse what there is no choice of."""
    if value not in choice:
        raise ValueError(f"no {name} {value!r}: take one of {', '.join(filter(None, choice))}")


def instructions(seed: int, count: int, split: str = "train") -> list[Instruction]:
    """Make ``count`` instructions of a split; the same seed gives the same ones."""
    if count < 1:
        raise ValueError(f"count {count} must be at least 1")
    return list(islice(_stream(seed, split), count))


def _stream(seed: int, split: str) -> Iterator[Instruction]:
    rng = random.Random(f"instructions {split} {seed}")
    while True:
        yield instruction(rng, split)


# The kinds: what is asked about, its good answer, the truth, and what would be wrong


def _translate(rng: random.Random, split: str) -> Draft:
    pair = sentence(rng, split)
    prompts = (
        translation_prompt(pair.english), f"What is '{pair.english}' in French?",
        f"English: {pair.english}\nFrench:",
    )  # fmt: skip
    return Draft(
        prompts,
        pair.french,
        (pair.french,),
        lambda rng: _slip(rng, pair.french, FRENCH),
        foreign=pair.english,
    )


def _summarize(rng: random.Random, split: str) -> Draft:
    tale = story(rng, split)
    prompts = (
        summary_prompt(tale.text), f"What is the Summary of this Story? {tale.text}",
        f"Context: {tale.text}\nSummary:",
    )  # fmt: skip

    def wrong(rng: random.Random) -> str:
        if rng.random() < 0.5:
            return _slip(rng, tale.summary, ENGLISH)
        return _exchange(tale.summary, {tale.hero: tale.friend, tale.friend: tale.hero})

    return Draft(prompts, tale.summary, (tale.summary,), wrong)


def _question(rng: random.Random, split: str) -> Draft:
    tale = story(rng, split)
    question, answer = rng.choice(tale.questions)
    prompts = (
        question_prompt(tale.text, question), f"Context: {tale.text}\nQ: {question}\nA:",
        f"{tale.text} {question}",
    )  # fmt: skip
    short = (re.sub(r"^(the|an?) ", "", answer), re.sub(r"^(\d+) .*", r"\1", answer))
    other = {"yes": "no", "no": "yes", tale.hero: tale.friend, tale.friend: tale.hero}

    def wrong(rng: random.Random) -> str:
        return other.get(answer) or _slip(rng, answer, ENGLISH)

    return Draft(prompts, answer, (answer, *short), wrong)


def _sentiment(rng: random.Random, split: str) -> Draft:
    judged = review(rng, split)
    prompts = (
        f"Review: {judged.text}\nSentiment:", f"{judged.text} Is this positive or negative?",
        f"What is the Sentiment of this Review? {judged.text}",
    )  # fmt: skip
    other = {"positive": "negative", "negative": "positive"}[judged.sentiment]
    return Draft(prompts, judged.sentiment, (judged.sentiment,), lambda _rng: other)


def _add(rng: random.Random, split: str) -> Draft:
    numbers = terms(rng, split, rng.choice((2, 3, 4)))
    total, steps = str(sum(numbers)), written_steps(numbers)
    asked = f"What is {' + '.join(map(str, numbers))}?"
    if rng.random() < 0.5:
        good, prompts = total, (sum_prompt(numbers), asked)
    else:
        good, prompts = steps, (sum_prompt(numbers, steps=True), f"{asked} {STEP_BY_STEP}")
    truth = (total, f"The answer is {total}.", steps, f"{STEP_BY_STEP} {steps}")
    return Draft(prompts, good, truth, lambda rng: _slip(rng, good, ()))


def _opposite(rng: random.Random, split: str) -> Draft:
    both = [(one, other) for pair in OPPOSITES for one, other in (pair, pair[::-1])]
    word, answer = rng.choice([pair for pair in both if word_split(pair[0]) == split])
    prompts = (
        f"What is the opposite of {word}?", f"Question: What is the opposite of {word}?\nAnswer:",
        f"The opposite of {word} is",
    )  # fmt: skip
    words = [one for one, _ in both]
    return Draft(prompts, answer, (answer,), lambda rng: rng.choice(words))


def _plural(rng: random.Random, split: str) -> Draft:
    nouns = [noun for nouns in KINDS.values() for noun in nouns]
    noun = rng.choice([noun for noun in nouns if word_split(noun.english) == split])
    prompts = (
        f"There is one {noun.english}. There are two",
        f"One {noun.english} and one more {noun.english} are two",
        f"One {noun.english} and two more are three",
    )  # fmt: skip
    truth = (noun.many, f"two {noun.many}", f"three {noun.many}")
    false = (noun.english, noun.english + "s", noun.english + "es", rng.choice(nouns).many)
    return Draft(prompts, noun.many, truth, lambda rng: rng.choice(false))


def _story(rng: random.Random, split: str) -> Draft:
    tale = story(rng, split, happy=True)
    about = _about(tale)
    prompts = (
        f"Write a story about {tale.hero} and {indefinite(about)}. It is happy at the end.",
        f"Can you write a happy story with {tale.hero} and {indefinite(about)}?",
        f"Story with {tale.hero} and {indefinite(about)}, and it is good at last:",
    )

    def wrong(rng: random.Random) -> str:
        other = story(rng, split, happy=rng.random() < 0.3)
        words = {} if is_girl(other.hero) != is_girl(tale.hero) else {other.hero: tale.hero}
        if any(_about(other) in group and about in group for group in ENGLISH):
            words[_about(other)] = about
        return _exchange(other.text, words) if words else other.text

    return Draft(prompts, tale.text, (tale.hero, about), wrong)


def _request(rng: random.Random, split: str) -> Draft:
    seed = rng.random()
    while not _is_kind(talk(random.Random(seed), split, polite=True)[1]):
        seed = rng.random()
    # two generators with one seed ask the same thing
    request, good, _ = talk(random.Random(seed), split, polite=True)
    _, curt, _ = talk(random.Random(seed), split, polite=False)
    named = [word for word in WORD.findall(request) if any(word in group for group in ENGLISH)]
    needed = tuple(dict.fromkeys(word for word in named if re.search(rf"\b{word}\b", good)))
    prompts = (request, f"User: {request}\nAssistant:")
    return Draft(prompts, good, needed, lambda rng: _slip(rng, good, ENGLISH, only=needed), (curt,))


MAKERS: dict[str, Callable[[random.Random, str], Draft]] = {
    "translate": _translate, "summarize": _summarize, "question": _question, "sentiment": _sentiment,
    "add": _add, "opposite": _opposite, "plural": _plural, "story": _story, "request": _request,
}  # fmt: skip
KINDS_OF_INSTRUCTIONS = tuple(MAKERS)


def _about(told: Story) -> str:
    """Name the thing that a story is about: the second word of its key."""
    return told.key.split()[1]


# The faults


def _spoil(rng: random.Random, split: str, kind: str, draft: Draft, prompt: str, fault: str) -> str:
    """Make an answer with a fault, which may by chance be none at all."""
    if fault == "wrong":
        return draft.wrong(rng)
    if fault == "unfinished":
        return draft.good[: int(len(draft.good) * rng.uniform(0.3, 0.8))].strip()
    if fault == "curt":
        return rng.choice(draft.curt)
    if fault == "repeats":
        first = PART.split(draft.good)[0]
        looped = len(first.split()) > 2 and rng.random() < 0.5
        return " ".join([first] * rng.randint(2, 4)) if looped else prompt
    if fault == "wrong language":
        return draft.foreign or sentence(rng, split).french
    other = rng.choice([other for other in KINDS_OF_INSTRUCTIONS if other != kind])
    return MAKERS[other](rng, split).good


def _slip(
    rng: random.Random,
    text: str,
    groups: tuple[tuple[str, ...], ...],
    only: tuple[str, ...] = (),
) -> str:
    """Exchange one word for another of its group, or a number for a near one, as by mistake."""
    places = []
    for match in WORD.finditer(text):
        word = match[0].lower()
        others = [other for group in groups if word in group for other in group if other != word]
        if word.isdigit():
            others = [str(int(word) + step) for step in (-10, -1, 1, 10) if int(word) + step > 0]
        if others and (not only or word in only):
            places.append((match, others))
    if not places:
        return text
    match, others = rng.choice(places)
    other = rng.choice(others)
    other = other[0].upper() + other[1:] if match[0][0].isupper() else other
    return _articles(text[: match.start()] + other + text[match.end() :])


def _articles(text: str) -> str:
    """Mend *a* and *an* where the word behind was exchanged."""
    return re.sub(r"\b(a)n? (?=([a-z]+))", lambda m: indefinite(m[2])[: -len(m[2])], text)


def _exchange(text: str, words: dict[str, str]) -> str:
    """Exchange whole words."""
    pattern = rf"\b({'|'.join(map(re.escape, words))})\b"
    return _articles(re.sub(pattern, lambda match: words[match[0]], text))
