"""English and French grammar, as far as the world needs it: articles, agreement, elision."""

# --8<-- [start:imports]
from dataclasses import dataclass

from lessons.world.lexicon import NUMBERS, Adjective, Noun

VOWELS = "aàâeéèêëiîïoôuûœ"
MUTE_H = ("horloge", "homme", "hôtel")  # before other words with h nothing is elided: le hérisson
# --8<-- [end:imports]
PLURALS = {"the many": ("the", "les"), "my many": ("my", "mes"), **{n[0]: n for n in NUMBERS}}
ARTICLES = ("the", "a", "this", "my", *PLURALS)


@dataclass(frozen=True)
class Phrase:
    """The same words in both languages, with what a verb or an adjective must know to agree."""

    english: str
    french: str
    feminine: bool = False
    many: bool = False


def indefinite(words: str) -> str:
    """Put the article that is *heard* before some words: a unicorn, an umbrella, an hour."""
    vowel = words.startswith(("a", "e", "i", "o", "u", "hour"))
    return f"{'an' if vowel and not words.startswith(('uni', 'one', 'use')) else 'a'} {words}"


# --8<-- [start:agreement]
def elides(french: str) -> bool:
    """Say whether *le*, *la*, *ne* lose their vowel before a word: l'horloge, but le hérisson."""
    return french[0] in VOWELS or french.startswith(MUTE_H)


def agree(adjective: Adjective, feminine: bool, many: bool = False) -> str:
    """Return the French adjective in a gender and number."""
    form = adjective.feminine if feminine else adjective.masculine
    if adjective.english == "orange" or not many:  # a color named after a fruit never changes
        return form
    return form if form[-1] in "sx" else form + ("x" if form.endswith("eau") else "s")


def definite(feminine: bool, french: str) -> str:
    """Put *le*, *la* or *l'* before a French phrase."""
    return f"l'{french}" if elides(french) else f"{'la' if feminine else 'le'} {french}"


# --8<-- [end:agreement]


def of(feminine: bool, french: str) -> str:
    """Put *du*, *de la* or *de l'* before a French phrase: of the park, of the school."""
    return (
        f"du {french}"
        if not feminine and not elides(french)
        else f"de {definite(feminine, french)}"
    )


def phrase(noun: Noun, adjective: Adjective | None, article: str) -> Phrase:
    """Build a noun with its article in both languages.

    Args:
        noun: word that it is about.
        adjective: its property, or None.
        article: ``the``, ``a``, ``this``, ``my``, ``the many``, ``my many``, or a number as English
            writes it.

    Returns:
        For example "the old hats", "les vieux chapeaux", masculine, plural.

    Raises:
        ValueError: an article the world does not know.
    """
    if article not in ARTICLES:
        raise ValueError(f"no article {article!r}: take one of {', '.join(ARTICLES)}")
    many = article in PLURALS
    english, french = (noun.many, noun.french_many) if many else (noun.english, noun.french)
    if adjective:
        english = f"{adjective.english} {english}"
        form = agree(adjective, noun.feminine, many)
        if adjective.early and not (noun.feminine or many) and elides(french):
            form = adjective.vowel or form
        french = f"{form} {french}" if adjective.early else f"{french} {form}"
    if many:
        before, devant = PLURALS[article]
        return Phrase(f"{before} {english}", f"{devant} {french}", noun.feminine, many)
    if article == "a":
        return Phrase(
            indefinite(english), f"{'une' if noun.feminine else 'un'} {french}", noun.feminine
        )
    return Phrase(f"{article} {english}", _singular(article, noun.feminine, french), noun.feminine)


def _singular(article: str, feminine: bool, french: str) -> str:
    """Put *le*, *ce* or *mon* before a French singular, in the form that its first sound asks for."""
    if article == "the":
        return definite(feminine, french)
    if article == "this":
        return f"{'cette' if feminine else 'cet' if elides(french) else 'ce'} {french}"
    return f"{'ma' if feminine and not elides(french) else 'mon'} {french}"  # mon échelle


def capital(text: str) -> str:
    """Write the first letter large and leave the others alone."""
    return text[0].upper() + text[1:]
