"""A small world's English, made by rule: stories, sentences with their French, and sums.

Every text of the course comes from here, so no text has an owner, a license or a download, and
everything about a text is known. The same seed gives the same documents on every machine.

A name, a sentence or a sum belongs to one split for good: its CRC-32 decides. That is why a
held-out document never occurs in training, and why a held-out story is about people whose names a
tokenizer has never seen. Names are put together from syllables, so there is always another one.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True)
class Noun:
    """A thing of the world; the French plural is the singular plus ``s`` unless given."""

    english: str
    french: str
    feminine: bool = False
    plural: str = ""
    french_plural: str = ""


@dataclass(frozen=True)
class Adjective:
    """A property; ``early`` ones stand before the French noun, ``vowel`` is their form there."""

    english: str
    masculine: str
    feminine: str
    early: bool = False
    vowel: str = ""


@dataclass(frozen=True)
class Verb:
    """What one does to a thing: third person, singular and plural, in both languages."""

    one: str
    many: str
    french_one: str
    french_many: str


ANIMALS = (
    Noun("cat", "chat"), Noun("owl", "chouette", True), Noun("hedgehog", "hérisson"),
    Noun("bird", "oiseau", False, "", "oiseaux"), Noun("horse", "cheval", False, "", "chevaux"),
    Noun("mouse", "souris", True, "mice", "souris"), Noun("fox", "renard", False, "foxes"),
    Noun("unicorn", "licorne", True), Noun("squirrel", "écureuil"), Noun("bee", "abeille", True),
)  # fmt: skip
FOODS = (
    Noun("apple", "pomme", True), Noun("egg", "œuf"), Noun("cake", "gâteau", False, "", "gâteaux"),
    Noun("cherry", "cerise", True, "cherries"), Noun("onion", "oignon"), Noun("lemon", "citron"),
    Noun("orange", "orange", True), Noun("peach", "pêche", True, "peaches"),
)  # fmt: skip
THINGS = (
    Noun("umbrella", "parapluie"), Noun("key", "clé", True), Noun("lamp", "lampe", True),
    Noun("hat", "chapeau", False, "", "chapeaux"), Noun("clock", "horloge", True),
    Noun("kite", "cerf-volant", False, "", "cerfs-volants"), Noun("drum", "tambour"),
    Noun("knife", "couteau", False, "knives", "couteaux"), Noun("ladder", "échelle", True),
    Noun("book", "livre"), Noun("box", "boîte", True, "boxes"),
)  # fmt: skip
PLACES = (
    Noun("garden", "jardin"), Noun("school", "école", True), Noun("castle", "château"),
    Noun("forest", "forêt", True), Noun("kitchen", "cuisine", True), Noun("church", "église", True),
    Noun("park", "parc"), Noun("village", "village"),
)  # fmt: skip
ADJECTIVES = (
    Adjective("red", "rouge", "rouge"), Adjective("blue", "bleu", "bleue"),
    Adjective("green", "vert", "verte"), Adjective("white", "blanc", "blanche"),
    Adjective("orange", "orange", "orange"), Adjective("heavy", "lourd", "lourde"),
    Adjective("strange", "étrange", "étrange"), Adjective("clean", "propre", "propre"),
    Adjective("small", "petit", "petite", True), Adjective("big", "grand", "grande", True),
    Adjective("huge", "énorme", "énorme", True),
    Adjective("old", "vieux", "vieille", True, "vieil"),
    Adjective("new", "nouveau", "nouvelle", True, "nouvel"),
    Adjective("beautiful", "beau", "belle", True, "bel"),
)  # fmt: skip
VERBS = (
    Verb("sees", "see", "voit", "voient"), Verb("likes", "like", "aime", "aiment"),
    Verb("finds", "find", "trouve", "trouvent"), Verb("draws", "draw", "dessine", "dessinent"),
    Verb("wants", "want", "veut", "veulent"), Verb("hides", "hide", "cache", "cachent"),
    Verb("buys", "buy", "achète", "achètent"),
    Verb("looks for", "look for", "cherche", "cherchent"),
)  # fmt: skip
NUMBERS = (("two", "deux"), ("three", "trois"), ("five", "cinq"), ("nine", "neuf"), ("12", "12"))

STARTS = (
    "Al", "Ba", "Bre", "Cor", "Da", "El", "Fa", "Ga", "Hel", "Is", "Jo", "Ka",
    "Lu", "Ma", "Ni", "Or", "Pa", "Ri", "Sa", "Ti", "Ul", "Va", "Wil", "Ze",
)  # fmt: skip
MIDDLES = (
    "ba", "bel", "di", "do", "fi", "ga", "ko", "li", "lo", "mi",
    "ne", "no", "ra", "ri", "so", "ta", "te", "tu", "vi", "za",
)  # fmt: skip
GIRLS, BOYS = ("la", "na", "ra", "mia", "sia", "tha"), ("bo", "dan", "lor", "mo", "rik", "to")

STORY_STARTS = (
    "Once there was a {kid} named {hero}.",
    "{hero} was a {kid} from a small {home}.",
    "{hero} was {years} years old and lived with {his} {pet}.",
)
# A problem, its happy ending, its sad ending.
PLOTS = (
    (
        "One {time} {hero} lost {his} {thing} in the {place}. "
        "{He} looked for it until {hour} o'clock.",
        '"Don\'t cry," said {friend}. They searched together and found it behind {a_spot}. '
        "{hero} thanked {friend} and went home happy.",
        "{friend} helped, but it wasn't there. {hero} went home without the {noun} and was sad.",
    ),
    (
        "{He} wanted {a_thing}. It cost {price} coins at the market, and {he} had only {purse}.",
        "{friend} gave {him} {gap} coins. Now {hero} had {price} coins and bought the {noun}.",
        "{friend} had no money either. {hero} was {gap} coins short and did not buy the {noun}.",
    ),
    (
        "One {time} {he} found {a_animal} in the {place}. It was cold and could not move.",
        'What could {he} do? {He} ran {miles} miles to {friend}. "I\'ll help you," said {friend}. '
        "After {days} days in the warm kitchen the {animal} was strong again.",
        "{He} ran {miles} miles to {friend}, but they came back too late. The {animal} was gone.",
    ),
    (
        "{He} walked {miles} miles to the {place} and forgot {his} lunch. {He} was very hungry!",
        "There {he} met {friend}, who had {days} {foods} and shared them. They ate and laughed.",
        "There {he} met {friend}, who had {a_food} and ate it alone. {hero} was still hungry.",
    ),
    (
        "In {year} {hero} wrote a letter to {friend}. It took {days} days to reach the {place}.",
        '"We\'re friends," {friend} answered, and sent {him} {a_thing}. '
        "{hero} kept it for {miles} years.",
        "{friend} never answered. {hero} waited for {miles} years and then sold {his} {thing}, "
        "a present from {friend}.",
    ),
)


def split_of(key: str) -> str:
    """Say which split a name, a sentence or a sum belongs to: one in ten is held out."""
    return "held-out" if crc32(key.encode()) % 10 == 0 else "train"


def _draw(make: Callable[[], str], split: str) -> str:
    """Make texts until one belongs to ``split``."""
    while split_of(text := make()) != split:
        pass
    return text


def name(rng: random.Random, split: str) -> str:
    """Make a name of the split: two or three syllables, a girl's if it ends in ``a``."""

    def make() -> str:
        middle = rng.choice(MIDDLES) if rng.random() < 0.5 else ""
        return rng.choice(STARTS) + middle + rng.choice(GIRLS + BOYS)

    return _draw(make, split)


def indefinite(words: str) -> str:
    """Put the article that is *heard* before some words: a unicorn, an umbrella, an hour."""
    vowel = words.startswith(("a", "e", "i", "o", "u", "hour"))
    return f"{'an' if vowel and not words.startswith(('uni', 'one')) else 'a'} {words}"


def elides(french: str) -> bool:
    """Say whether *le*, *la*, *ne* lose their vowel before a word: l'horloge, but le hérisson."""
    return french[0] in "aàâeéèêiîoôuûœ" or french.startswith(("horloge", "homme", "herbe"))


def plural(noun: Noun) -> str:
    """Return the English plural."""
    return noun.plural or noun.english + "s"


def agree(adjective: Adjective, noun: Noun, many: bool = False) -> str:
    """Return the French adjective in the noun's gender and number."""
    form = adjective.feminine if noun.feminine else adjective.masculine
    if adjective.english == "orange" or not many:  # a color named after a fruit never changes
        return form
    return form if form[-1] in "sx" else form + ("x" if form.endswith("eau") else "s")


def phrase(noun: Noun, adjective: Adjective | None, article: str) -> tuple[str, str]:
    """Build a noun with its article in both languages.

    Args:
        noun: what it is about.
        adjective: its property, or None.
        article: ``the``, ``a``, ``this``, ``the many``, or a number as English writes it.

    Returns:
        The English and the French phrase: ("the old hats", "les vieux chapeaux").

    Raises:
        ValueError: an article the world does not know.
    """
    count = {"the many": ("the", "les"), **{n[0]: n for n in NUMBERS}}.get(article)
    if count is None and article not in ("the", "a", "this"):
        raise ValueError(f"no article {article!r}: take the, a, this, the many or a number word")
    english = plural(noun) if count else noun.english
    french = (noun.french_plural or noun.french + "s") if count else noun.french
    if adjective:
        english = f"{adjective.english} {english}"
        form = agree(adjective, noun, bool(count))
        if adjective.early and not (noun.feminine or count) and elides(french):
            form = adjective.vowel or form
        french = f"{form} {french}" if adjective.early else f"{french} {form}"
    if count:
        return f"{count[0]} {english}", f"{count[1]} {french}"
    if article == "a":
        return indefinite(english), f"{'une' if noun.feminine else 'un'} {french}"
    if article == "this":
        return f"this {english}", f"{_this(noun, french)} {french}"
    return f"the {english}", definite(noun, french)


def _this(noun: Noun, french: str) -> str:
    """Choose between *ce*, *cet* and *cette*."""
    return "cette" if noun.feminine else "cet" if elides(french) else "ce"


def definite(noun: Noun, french: str) -> str:
    """Put *le*, *la* or *l'* before a French phrase about the noun."""
    return f"l'{french}" if elides(french) else f"{'la' if noun.feminine else 'le'} {french}"


def sentence(rng: random.Random, split: str) -> tuple[str, str]:
    """Make one present-tense sentence and its French translation, both of the split."""
    while True:
        who, qui, many = name(rng, split), "", False
        if rng.random() < 0.6:
            article = rng.choice(("the", "the", "a", "this", "the many", rng.choice(NUMBERS)[0]))
            many = article not in ("the", "a", "this")
            who, qui = phrase(rng.choice(ANIMALS), rng.choice((None, *ADJECTIVES)), article)
        verb, place = rng.choice(VERBS), rng.choice(PLACES)
        article = rng.choice(("the", "a", "the many", rng.choice(NUMBERS)[0]))
        what, quoi = phrase(rng.choice(FOODS + THINGS), rng.choice((None, *ADJECTIVES)), article)
        does, fait = (verb.many, verb.french_many) if many else (verb.one, verb.french_one)
        if article == "the" and rng.random() < 0.3:
            does = f"{'do' if many else 'does'} not {verb.many}"
            fait = f"n'{fait} pas" if elides(fait) else f"ne {fait} pas"
        where, ou = f"in the {place.english}", f"dans {definite(place, place.french)}"
        english, french = f"{who} {does} {what} {where}.", f"{qui or who} {fait} {quoi} {ou}."
        if split_of(english) == split:
            return english[0].upper() + english[1:], french[0].upper() + french[1:]


def story(rng: random.Random, split: str) -> str:
    """Tell a short story: someone, a problem, a friend, and an ending that follows from them."""
    hero = friend = name(rng, split)
    while friend == hero:
        friend = name(rng, split)
    girl, thing, food = hero.endswith("a"), rng.choice(THINGS), rng.choice(FOODS)
    place, animal, spot = rng.choice(PLACES), rng.choice(ANIMALS), rng.choice(("old wall", "tree"))
    look, price, gap = rng.choice(ADJECTIVES).english, rng.randint(20, 400), rng.randint(2, 19)
    roles = {
        "hero": hero, "friend": friend, "he": "she" if girl else "he",
        "He": "She" if girl else "He", "him": "her" if girl else "him",
        "his": "her" if girl else "his", "kid": "girl" if girl else "boy",
        "noun": thing.english, "thing": f"{look} {thing.english}", "place": place.english,
        "a_thing": indefinite(f"{look} {thing.english}"), "a_spot": indefinite(spot),
        "animal": animal.english, "a_animal": indefinite(animal.english),
        "foods": plural(food), "a_food": indefinite(food.english),
        "price": price, "gap": gap, "purse": price - gap, "year": rng.randint(1700, 2020),
        "days": rng.randint(2, 12), "miles": rng.randint(2, 30), "hour": rng.randint(2, 11),
        "time": rng.choice(("morning", "evening", "Sunday")),
    }  # fmt: skip
    roles["home"] = rng.choice(("village", "island", "town"))
    roles["years"] = rng.randint(5, 99)
    roles["pet"] = rng.choice([a for a in ANIMALS if a is not animal]).english
    start = rng.choice(STORY_STARTS)
    problem, happy, sad = rng.choice(PLOTS)
    return f"{start} {problem} {rng.choice((happy, happy, sad))}".format(**roles)


def sums(rng: random.Random, split: str) -> str:
    """Write one to three sums, each of the split, one a line."""

    def make() -> str:
        a, b = rng.randint(1, 999), rng.randint(1, 999)
        return f"{a} + {b} = {a + b}"

    return "\n".join(_draw(make, split) for _ in range(rng.randint(1, 3)))


def documents(seed: int, count: int, split: str = "train") -> list[str]:
    """Make documents: three in five are stories, one in five translations, one in five sums.

    Args:
        seed: chooses the documents; the same seed gives the same ones.
        count: how many, at least one.
        split: ``train`` or ``held-out``; no name, sentence or sum is in both.

    Returns:
        The texts, without a newline at the end.

    Raises:
        ValueError: a count below one, or a split that does not exist.
    """
    if count < 1:
        raise ValueError(f"count {count} must be at least 1")
    if split not in ("train", "held-out"):
        raise ValueError(f"no split {split!r}: take 'train' or 'held-out'")
    rng = random.Random(f"{split} {seed}")
    texts = []
    for _ in range(count):
        kind = rng.random()
        if kind < 0.6:
            texts.append(story(rng, split))
        elif kind < 0.8:
            pairs = [sentence(rng, split) for _ in range(rng.randint(1, 3))]
            texts.append("\n".join(f"English: {en}\nFrench: {fr}" for en, fr in pairs))
        else:
            texts.append(sums(rng, split))
    return texts
