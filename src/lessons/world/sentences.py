"""English sentences with their French: who does what, where things are, what they are like.

A sentence's key is what it says without articles, adjectives, numbers, negation and place: *cat sees
hat*. Held-out sentences have held-out keys, so no training sentence says the same of the same things.
"""

import random
from dataclasses import dataclass

from lessons.world.grammar import Phrase, agree, capital, definite, elides, of, phrase
from lessons.world.lexicon import (
    ACTIONS,
    ADJECTIVES,
    ANIMALS,
    COLORS,
    FOODS,
    GREETINGS,
    KINDS,
    NUMBERS,
    PEOPLE,
    PLACES,
    THINGS,
    VERBS,
    Adjective,
    Noun,
    Verb,
)
from lessons.world.names import is_girl, name
from lessons.world.splits import draw

SHAPES = ("transitive", "action", "quality", "existence", "question")
SHARES = (0.5, 0.14, 0.18, 0.1, 0.08)


@dataclass(frozen=True)
class Sentence:
    """One sentence in both languages, and the key by which it is held out."""

    english: str
    french: str
    key: str


def sentence(rng: random.Random, split: str) -> Sentence:
    """Make one present-tense sentence of the split with its translation."""
    make = {
        "transitive": _transitive, "action": _action, "quality": _quality,
        "existence": _existence, "question": _question,
    }  # fmt: skip
    shape = rng.choices(SHAPES, SHARES)[0]
    return draw(lambda: make[shape](rng, split), lambda made: made.key, split)


def noun_phrase(rng: random.Random, noun: Noun, articles: tuple[str, ...] = ()) -> Phrase:
    """Give a noun a random article, and often an adjective that suits it."""
    number = rng.choice(NUMBERS)[0]
    article = rng.choice(
        articles or ("the", "the", "the", "a", "a", "my", "this", "the many", "my many", number)
    )
    return phrase(noun, _property(rng, noun) if rng.random() < 0.45 else None, article)


def _property(rng: random.Random, noun: Noun | None) -> Adjective:
    """Choose a property that suits a noun, or someone with a name: people have no color here."""
    if noun is None or noun in PEOPLE:
        return rng.choice([a for a in ADJECTIVES if a not in COLORS])
    return rng.choice([a for a in ADJECTIVES if noun in ANIMALS or not a.alive])


def _subject(rng: random.Random, split: str) -> tuple[Phrase, str]:
    """Choose who does something; returns the phrase and its part of the key."""
    kind = rng.random()
    if kind < 0.25:
        who = name(rng, split)
        return Phrase(who, who, is_girl(who)), "someone"
    if kind < 0.35:
        return Phrase("I", "je"), "I"
    noun = rng.choice(ANIMALS + PEOPLE)
    return noun_phrase(rng, noun), noun.english


def _predicate(subject: Phrase, verb: Verb, negated: bool) -> tuple[str, str]:
    """Conjugate a verb: returns the English and the French, with the subject."""
    first = subject.english == "I"
    english = verb.many if first or subject.many or negated else verb.one
    french = verb.french_i if first else verb.french_many if subject.many else verb.french_one
    if negated:
        english = f"{'do' if first or subject.many else 'does'} not {english}"
        french = f"n'{french} pas" if elides(french) else f"ne {french} pas"
    if first and elides(french):
        return f"I {english}", f"j'{french}"
    return f"{subject.english} {english}", f"{subject.french} {french}"


def _where(rng: random.Random, chance: float) -> tuple[str, str]:
    """Say where, with a leading blank, or nothing."""
    if rng.random() > chance:
        return "", ""
    place = rng.choice(PLACES)
    if rng.random() < 0.7:
        return f" in the {place.english}", f" dans {definite(place.feminine, place.french)}"
    return f" near the {place.english}", f" près {of(place.feminine, place.french)}"


def _transitive(rng: random.Random, split: str) -> Sentence:
    subject, who = _subject(rng, split)
    verb = rng.choice(VERBS)
    noun = rng.choice(KINDS[rng.choice(verb.objects)])
    negated = rng.random() < 0.15
    # after a negation French turns un into de; the world only negates what has another article
    thing = noun_phrase(rng, noun, ("the", "my", "this", "the many", "my many") if negated else ())
    english, french = _predicate(subject, verb, negated)
    if (
        noun in THINGS
        and thing.french.startswith(("le ", "la ", "l'", "les "))
        and rng.random() < 0.25
    ):
        owner = rng.choice(PEOPLE)
        thing = Phrase(
            thing.english.replace("the ", f"the {owner.english}'s ", 1),
            f"{thing.french} {of(owner.feminine, owner.french)}",
        )
    where, ou = _where(rng, 0.2)
    return _finish(english, f"{thing.english}{where}", french, f"{thing.french}{ou}",
                   f"{who} {verb.many} {noun.english}")  # fmt: skip


def _action(rng: random.Random, split: str) -> Sentence:
    subject, who = _subject(rng, split)
    verb = rng.choice(ACTIONS)
    english, french = _predicate(subject, verb, rng.random() < 0.15)
    where, ou = _where(rng, 0.8)
    return _finish(english, where.strip(), french, ou.strip(), f"{who} {verb.many}")


def _quality(rng: random.Random, split: str) -> Sentence:
    if rng.random() < 0.5:
        subject, who = _subject(rng, split)
        looks = _property(rng, next((n for n in ANIMALS if n.english == who), None))
    else:
        noun = rng.choice(THINGS + FOODS)
        subject, who = noun_phrase(rng, noun), noun.english
        looks = _property(rng, noun)
    be, etre = ("am", "suis") if who == "I" else ("are", "sont") if subject.many else ("is", "est")
    negated = rng.random() < 0.15
    be = f"{be} not" if negated else be
    etre = (f"n'{etre} pas" if elides(etre) else f"ne {etre} pas") if negated else etre
    form = agree(looks, subject.feminine, subject.many)
    return _finish(f"{subject.english} {be}", looks.english, f"{subject.french} {etre}", form,
                   f"{who} be {looks.english}")  # fmt: skip


def _existence(rng: random.Random, _split: str) -> Sentence:
    noun = rng.choice(ANIMALS + FOODS + THINGS + PEOPLE)
    thing = noun_phrase(rng, noun, ("a", rng.choice(NUMBERS)[0]))
    place = rng.choice(PLACES)
    where, ou = f"in the {place.english}", f"dans {definite(place.feminine, place.french)}"
    return _finish(f"there {'are' if thing.many else 'is'} {thing.english}", where,
                   f"il y a {thing.french}", ou, f"there be {noun.english} {place.english}")  # fmt: skip


def _question(rng: random.Random, _split: str) -> Sentence:
    verb = rng.choice(VERBS)
    noun = rng.choice(KINDS[rng.choice(verb.objects)])
    thing = noun_phrase(rng, noun, ("the", "my", "this", "the many", "my many"))
    if rng.random() < 0.5:
        be, etre = ("are", "sont") if thing.many else ("is", "est")
        return _ask("where", f"{be} {thing.english}", "où", f"{etre} {thing.french}",
                    f"where be {noun.english}")  # fmt: skip
    return _ask("who", f"{verb.one} {thing.english}", "qui", f"{verb.french_one} {thing.french}",
                f"who {verb.many} {noun.english}")  # fmt: skip


def _finish(english: str, rest: str, french: str, reste: str, key: str) -> Sentence:
    return Sentence(
        capital(f"{english} {rest}".strip()) + ".", capital(f"{french} {reste}".strip()) + ".", key
    )


def _ask(english: str, rest: str, french: str, reste: str, key: str) -> Sentence:
    # French puts a blank before a question mark
    return Sentence(capital(f"{english} {rest}?"), capital(f"{french} {reste} ?"), key)


def translation_prompt(english: str) -> str:
    """Ask for a translation in the form that the course uses."""
    return f"Translate English to French: '{english}'\nFrench:"


def translations(rng: random.Random, split: str) -> str:
    """Write a document of one to four translations, mostly as request and answer."""

    def pair() -> tuple[str, str]:
        if split == "train" and rng.random() < 0.06:
            return rng.choice(GREETINGS)
        drawn = sentence(rng, split)
        return drawn.english, drawn.french

    kind, count = rng.random(), rng.randint(2, 4)
    if kind < 0.45:
        count = 1
    if kind < 0.75:
        return "\n".join(
            f"{translation_prompt(en)} {fr}" for en, fr in (pair() for _ in range(count))
        )
    return "\n".join(f"English: {en}\nFrench: {fr}" for en, fr in (pair() for _ in range(count)))
