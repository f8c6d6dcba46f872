"""Two small grammars of the world's English and French, which do not know how sentences are made."""

import re
from collections import Counter

from lessons.world.lexicon import (
    ACTIONS,
    KINDS,
    NUMBERS,
    VERBS,
)

NOUNS = [noun for nouns in KINDS.values() for noun in nouns]


# masculine, feminine, masculine plural, feminine plural; before a vowel; where it stands
FORMS = {
    "red": "rouge rouge rouges rouges", "blue": "bleu bleue bleus bleues",
    "green": "vert verte verts vertes", "white": "blanc blanche blancs blanches",
    "black": "noir noire noirs noires", "yellow": "jaune jaune jaunes jaunes",
    "gray": "gris grise gris grises", "brown": "brun brune bruns brunes",
    "orange": "orange orange orange orange", "heavy": "lourd lourde lourds lourdes",
    "strange": "étrange étrange étranges étranges", "clean": "propre propre propres propres",
    "dirty": "sale sale sales sales", "happy": "content contente contents contentes",
    "sad": "triste triste tristes tristes", "tired": "fatigué fatiguée fatigués fatiguées",
    "strong": "fort forte forts fortes",
}  # fmt: skip


EARLY = {
    "small": "petit petite petits petites", "big": "grand grande grands grandes",
    "huge": "énorme énorme énormes énormes", "pretty": "joli jolie jolis jolies",
    "old": "vieux vieille vieux vieilles vieil",
    "new": "nouveau nouvelle nouveaux nouvelles nouvel",
    "beautiful": "beau belle beaux belles bel", "young": "jeune jeune jeunes jeunes",
}  # fmt: skip


DETERMINERS = {
    "le": "the m s", "la": "the f s", "l'": "the mf s", "les": "the mf p", "un": "a m s",
    "une": "a f s", "ce": "this m s", "cet": "this m s", "cette": "this f s", "mon": "my mf s",
    "ma": "my f s", "mes": "my mf p", **{french: f"{english} mf p" for english, french in NUMBERS},
}  # fmt: skip


FIRSTS = {
    "the", "a", "an", "this", "my", "i", "je", "j", "l", "there", "il", "who", "where", "qui", "où",
    *DETERMINERS, *(english for english, _ in NUMBERS),
}  # fmt: skip


FRENCH_NOUNS = {form for noun in NOUNS for form in (noun.french, noun.french_many)}


ENGLISH_NOUNS = {form for noun in NOUNS for form in (noun.english, noun.many)}


class Fault(Exception):  # noqa: N818 - what it is, in the language of the test
    """A sentence that is not grammatical."""


class Words:
    """The words of a sentence, taken one by one."""

    def __init__(self, text: str):
        first, last = text[0].lower() + text[1:], text[-1]
        name = re.match(r"\w+", text)
        if name and name[0].lower() not in FIRSTS:
            first = text  # a name stays as it is
        if last not in ".?" or ("?" in text[:-1]):
            raise Fault(f"{text} ends in {last}")
        self.left = re.findall(r"[ljnd]'|[\w-]+(?:'s)?", first[:-1])
        self.met: list[str] = []  # what was said, in English words

    def sees(self, *words: str) -> bool:
        return bool(self.left) and self.left[0] in words

    def take(self, *words: str) -> str:
        if not self.left or (words and self.left[0] not in words):
            raise Fault(f"expected {words}, found {self.left}")
        return self.left.pop(0)

    def end(self) -> None:
        if self.left:
            raise Fault(f"too much: {self.left}")


def vowel(word: str) -> bool:
    return word[0] in "aàâeéèêiîoôuûœ" or word.rstrip("s") in ("horloge", "homme", "hôtel")


def need(right: bool, what: str) -> None:
    if not right:
        raise Fault(what)


def french_adjective(word: str, gender: str, number: str, after: str | None) -> str:
    """Name the adjective if its form is right; ``after`` is the word behind it if it stands early."""
    table = FORMS if after is None else EARLY
    for english, forms in table.items():
        masculine, feminine, *many = forms.split()
        right = {"ms": masculine, "fs": feminine, "mp": many[0], "fp": many[1]}[gender + number]
        if len(many) == 3 and gender + number == "ms" and after and vowel(after):
            right = many[2]
        if word == right:
            return english
    raise Fault(f"{word} is not an adjective {gender} {number} before {after}")


def french_phrase(words: Words) -> tuple[str, str]:
    """Read a noun phrase; returns its gender and number."""
    before = words.take(*DETERMINERS)
    meaning, genders, number = DETERMINERS[before].split()
    following = words.left[0] if words.left else ""
    early: list[str] = []
    while words.left and words.left[0] not in FRENCH_NOUNS:
        early.append(words.take())
    spelled = words.take()
    for noun in NOUNS:
        if spelled in ((noun.french,) if number == "s" else (noun.french_many,)):
            break
    else:
        raise Fault(f"{spelled} is not {number}")
    gender = "f" if noun.feminine else "m"
    need(gender in genders, f"{before} {spelled}")
    need(len(early) < 2, f"two adjectives before {spelled}")
    elided = {"le": False, "la": False, "l'": True, "ce": False, "cet": True, "ma": False}
    if before in elided:
        need(vowel(following) == elided[before], f"{before} {following}")
    if before == "mon":
        need(gender == "m" or vowel(following), f"mon {following}")
    words.met += [meaning, noun.english]
    words.met += [french_adjective(word, gender, number, spelled) for word in early]
    late = {form for forms in FORMS.values() for form in forms.split()}
    if words.left and words.left[0] in late | {f for s in EARLY.values() for f in s.split()}:
        words.met.append(french_adjective(words.take(), gender, number, None))
    return gender, number


def french_of(words: Words) -> None:
    """Read *du roi*, *de la reine*, *de l'école*."""
    if words.sees("du"):
        words.take()
        noun = next((n for n in NOUNS if n.french == words.left[0]), None)
        need(noun is not None and not noun.feminine and not vowel(noun.french), "du")
        words.met += ["the", noun.english if noun else ""]
        words.take()
    else:
        words.take("de")
        need(words.sees("la", "l'"), f"de {words.left}")
        french_phrase(words)


def french_verb(words: Words, person: str) -> str:
    """Read a verb with its negation; returns what it means."""
    negated = words.take() if words.sees("ne", "n'") else None
    spelled = words.take()
    if negated:
        need((negated == "n'") == vowel(spelled), f"{negated} {spelled}")
        words.take("pas")
        words.met += ["not"]
    if spelled == {"I": "suis", "s": "est", "p": "sont"}[person] and not (
        words.sees("le", "la", "l'", "les", "un", "une", "mon", "ma", "mes", "ce", "cet", "cette")
        or words.sees(*(french for _, french in NUMBERS))
    ):
        words.met.append("be")
        return "be"
    for verb in VERBS + ACTIONS:
        if spelled == {"I": verb.french_i, "s": verb.french_one, "p": verb.french_many}[person]:
            words.met.append(verb.many)
            return verb.many
    raise Fault(f"{spelled} is no verb of {person}")


def french_place(words: Words) -> None:
    if words.sees("dans"):
        words.take()
        words.met.append("in")
        need(words.sees("le", "la", "l'"), "dans")
        french_phrase(words)
    elif words.sees("près"):
        words.take()
        words.met.append("near")
        french_of(words)


def read_french(text: str) -> list[str]:
    """Parse a French sentence; returns what it says in English words, in no order."""
    words = Words(text)
    if text.endswith("?"):
        need(text.endswith(" ?"), "no blank before the question mark")
        asked = words.take("qui", "où")
        words.met.append({"qui": "who", "où": "where"}[asked])
        if asked == "qui":
            french_verb(words, "s")
            french_phrase(words)
        else:
            be = words.take("est", "sont")
            words.met.append("be")
            need(french_phrase(words)[1] == {"est": "s", "sont": "p"}[be], be)
    elif words.left[:3] == ["il", "y", "a"]:
        words.left = words.left[3:]
        words.met += ["there", "be"]
        french_phrase(words)
        french_place(words)
    else:
        _french_statement(words)
    words.end()
    return words.met


def _french_statement(words: Words) -> None:
    if words.sees("je", "j'"):
        spelled, person, gender = words.take(), "I", "m"
        need((spelled == "j'") == vowel(words.left[0]), f"{spelled} {words.left[0]}")
        words.met.append("I")
    elif words.left[0][0].isupper():
        name = words.take()
        person, gender = "s", "f" if name.endswith("a") else "m"
        words.met.append(name)
    else:
        gender, person = french_phrase(words)
    if french_verb(words, person) == "be":
        number = "p" if person == "p" else "s"
        spelled = words.take()
        for table in ("x", None):  # an early adjective has no special form behind a verb
            try:
                words.met.append(french_adjective(spelled, gender, number, table))
                break
            except Fault:
                continue
        else:
            raise Fault(spelled)
        return
    if words.left and words.left[0] not in ("dans", "près"):
        french_phrase(words)
        if words.sees("du", "de"):
            french_of(words)
    french_place(words)


def english_phrase(words: Words, met: dict[str, str], role: str) -> str:
    """Read an English noun phrase; returns its number."""
    before = words.take("the", "a", "an", "this", "my", *(english for english, _ in NUMBERS))
    if before in ("a", "an"):
        sound = words.left[0][0] in "aeiou" and words.left[0] != "unicorn"
        need(sound == (before == "an"), f"{before} {words.left[0]}")
    words.met.append("a" if before == "an" else before)
    if words.left[0].endswith("'s"):
        words.met += ["the", words.take().removesuffix("'s")]
    looks = {*FORMS, *EARLY}
    if words.left[0] in looks and words.left[1:2] and words.left[1] in ENGLISH_NOUNS:
        words.met.append(words.take())
    spelled = words.take()
    noun = next((n for n in NOUNS if spelled in (n.english, n.many)), None)
    need(noun is not None, f"{spelled} is no noun")
    number = "s" if noun and spelled == noun.english else "p"
    fits = {"a": "s", "an": "s", "this": "s", "the": "sp", "my": "sp"}.get(before, "p")
    need(number in fits, f"{before} {spelled}")
    met[role] = noun.english if noun else ""
    words.met.append(met[role])
    return number


def english_place(words: Words, met: dict[str, str]) -> None:
    if words.sees("in", "near"):
        words.met.append(words.take())
        need(words.sees("the"), "place")
        english_phrase(words, met, "place")


def read_english(text: str) -> tuple[list[str], tuple[str, ...]]:
    """Parse an English sentence; returns its words, and its content.

    The content is who does what to what: no article, adjective, number, negation, owner or place, but
    with the place where the sentence says no more than that something is there.
    """
    words, met = Words(text), {}  # type: ignore[var-annotated]
    if words.sees("where", "there"):
        asked = words.take()
        be = words.take("is", "are")
        words.met += [asked, "be"]
        number = english_phrase(words, met, "object")
        need(be == {"s": "is", "p": "are"}[number], be)
        english_place(words, met)
        words.end()
        return words.met, (asked, met["object"], met.get("place", ""))
    number = _english_subject(words, met)
    if words.sees("am", "is", "are"):
        return _english_quality(words, met, number)
    does = _english_verb(words, number)
    if words.left and words.left[0] not in ("in", "near"):
        english_phrase(words, met, "object")
    english_place(words, met)
    words.end()
    words.met.append(does)
    return words.met, (met["subject"], does, met.get("object", ""))


def _english_subject(words: Words, met: dict[str, str]) -> str:
    if words.sees("i"):
        words.take()
        words.met.append("I")
        met["subject"] = "I"
        return "I"
    if words.sees("who"):
        words.met.append(words.take())
        met["subject"] = "who"
        return "s"
    if words.left[0][0].isupper():
        words.met.append(words.take())
        met["subject"] = "someone"
        return "s"
    return english_phrase(words, met, "subject")


def _english_quality(
    words: Words, met: dict[str, str], number: str
) -> tuple[list[str], tuple[str, ...]]:
    words.take({"I": "am", "s": "is", "p": "are"}[number])
    words.met.append("be")
    if words.sees("not"):
        words.met.append(words.take())
    look = words.take(*FORMS, *EARLY)
    words.met.append(look)
    words.end()
    return words.met, (met["subject"], "be", look)


def _english_verb(words: Words, number: str) -> str:
    negated = words.sees("do", "does")
    if negated:
        need(words.take() == ("does" if number == "s" else "do"), "do")
        words.met.append(words.take("not"))
    spelled = words.take()
    if spelled in ("look", "looks"):
        spelled += " " + words.take("for")
    third = number == "s" and not negated
    found = next((v for v in VERBS + ACTIONS if spelled == (v.one if third else v.many)), None)
    need(found is not None, f"{spelled} is no verb of {number}")
    return found.many if found else ""


def fault(english: str, french: str) -> str | None:
    """Say what is wrong with a pair of sentences, or None."""
    try:
        said, meant = read_english(english)[0], read_french(french)
    except (Fault, IndexError) as found:
        return f"{type(found).__name__}: {found}"
    return None if Counter(said) == Counter(meant) else f"{sorted(said)} is not {sorted(meant)}"


def content(english: str) -> tuple[str, ...]:
    return read_english(english)[1]
