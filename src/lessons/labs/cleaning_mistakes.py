"""Wrong ways to repair texts and to find copies that people go, each as a function that answers so."""

import re
from collections.abc import Callable
from html import unescape
from unicodedata import category, normalize

import ftfy

from lessons.data_preparation.cleaning import TAG, fix_letters
from lessons.data_preparation.similarity import jaccard, shingles
from lessons.labs.mistakes import Mistake

Change = Callable[[str], str]

# Part 1: repair a text


def chain(*changes: Change) -> Change:
    """Return the function that makes these changes one after the other."""

    def change(text: str) -> str:
        for one in changes:
            text = one(text)
        return text

    return change


def no_tags(text: str) -> str:
    """Take out the tags that a browser knows."""
    return TAG.sub("", text)


def composed(text: str) -> str:
    """Write a letter and its mark as one character."""
    return normalize("NFC", text)


tidy = chain(no_tags, unescape, fix_letters, composed)  # the right answer


def _any_tag(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text)


def _spaced_tags(text: str) -> str:
    return TAG.sub(" ", text)


def _nfkc(text: str) -> str:
    return normalize("NFKC", text)


def _bare(text: str) -> str:
    return "".join(one for one in normalize("NFD", text) if category(one) != "Mn")


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def _single_spaces(text: str) -> str:
    return " ".join(text.split())


def _plain_letters(text: str) -> str:
    return re.sub(r"[^\w\s]", "", text)


TIDY = (
    Mistake(
        "tidy strips the accents from letters",
        "In French, marché and marche are two words. Only broken letters are to be repaired.",
        chain(tidy, _bare),
    ),
    Mistake(
        "tidy strips every letter that is no English one",
        "An accent is no dirt. Only broken letters are to be repaired.",
        chain(tidy, _ascii),
    ),
    Mistake(
        "tidy makes all letters small",
        "Case carries meaning: Rose is a name, and None is Python. What is not broken stays.",
        chain(tidy, str.lower),
    ),
    Mistake(
        "tidy takes out punctuation",
        "Minus 3.5 becomes 35, and code no longer runs. What is not broken stays.",
        chain(tidy, _plain_letters),
    ),
    Mistake(
        "tidy makes one space of several, or of a line's end",
        "In code and in poems, spaces and line ends mean something. What is not broken stays.",
        chain(tidy, _single_spaces),
    ),
    Mistake(
        "tidy takes off spaces at the ends",
        "The spaces before the first line may be what makes it code. What is not broken stays.",
        chain(tidy, str.strip),
    ),
    Mistake(
        "tidy replaces signs by others that look alike (NFKC)",
        "Then x² becomes x2, which is another number. The form that only composes letters is enough.",
        chain(no_tags, unescape, fix_letters, _nfkc),
    ),
    Mistake(
        "tidy straightens quotes, too",
        "ftfy.fix_text does much more than repairing codings. Look for the function that does only that.",
        chain(no_tags, unescape, ftfy.fix_text, composed),
    ),
    Mistake(
        "tidy takes everything from < to > for a tag",
        "In x < y and y > 0 there is none, and half of the condition would be gone.",
        chain(_any_tag, unescape, fix_letters, composed),
    ),
    Mistake(
        "tidy leaves a space where a tag was",
        "A tag may stand in the middle of a word, or before a period.",
        chain(_spaced_tags, unescape, fix_letters, composed),
    ),
    Mistake(
        "tidy eats tags that the text only writes about",
        "An author who writes &lt;b&gt; wants readers to see <b>. After decoding, it looks like a tag, so "
        "think about which comes first.",
        chain(unescape, no_tags, fix_letters, composed),
    ),
    Mistake(
        "tidy decodes entities twice",
        "What stands there after the first time is what the author wrote.",
        chain(no_tags, unescape, unescape, fix_letters, composed),
    ),
    Mistake(
        "tidy repairs letters before entities are decoded",
        "A broken letter may have been written as entities later. Then it can only be seen once these are "
        "decoded.",
        chain(no_tags, fix_letters, unescape, composed),
    ),
    Mistake(
        "tidy composes letters before it repairs them",
        "A repaired text may hold a letter and its mark as two characters. Compose what comes out.",
        chain(no_tags, unescape, composed, fix_letters),
    ),
    Mistake(
        "tidy does not compose letters",
        "é can be one character or two that look the same. Then a search finds one and not the other.",
        chain(no_tags, unescape, fix_letters),
    ),
    Mistake(
        "tidy leaves entities as they are",
        "Nobody writes &eacute; in a sentence: it is part of the markup.",
        chain(no_tags, fix_letters, composed),
    ),
    Mistake(
        "tidy leaves broken letters as they are",
        "A model that reads cafÃ© learns to write it.",
        chain(no_tags, unescape, composed),
    ),
    Mistake(
        "tidy leaves tags as they are",
        "A tag is an order to a browser, and no part of what the author said.",
        chain(unescape, fix_letters, composed),
    ),
)

# Part 2: one of each group of copies


def score(found: list[int], there: list[int]) -> tuple[float, float]:
    """Precision and recall: the right answer."""
    right = len(set(found) & set(there))
    return (right / len(found) if found else 1.0), (right / len(there) if there else 1.0)


def _swapped(found: list[int], there: list[int]) -> tuple[float, float]:
    return score(there, found)


def _zero(found: list[int], there: list[int]) -> tuple[float, float]:
    precision, recall = score(found, there)
    return (precision if found else 0.0), (recall if there else 0.0)


def _percent(found: list[int], there: list[int]) -> tuple[float, float]:
    precision, recall = score(found, there)
    return 100 * precision, 100 * recall


SCORE = (
    Mistake(
        "score gives recall first",
        "Precision asks how much of what you found is right, and recall how much of what is there you "
        "found. The two are swapped.",
        _swapped,
    ),
    Mistake(
        "score gives 0 where there is nothing to divide by",
        "Who finds nothing has nothing wrong, so precision is 1 there; where nothing is, nothing was "
        "missed, so recall is 1.",
        _zero,
    ),
    Mistake("score gives percent", "Shares are wanted, from 0 to 1.", _percent),
)

Alike = Callable[[str, str], float]


def by_runs(one: str, other: str) -> float:
    """Give the Jaccard similarity of two texts, by runs of three words."""
    return jaccard(shingles(one, 3), shingles(other, 3))


def _by_words(one: str, other: str) -> float:
    return jaccard(shingles(one, 1), shingles(other, 1))


def _contained(one: str, other: str) -> float:
    first, second = shingles(one, 3), shingles(other, 3)
    return len(first & second) / min(len(first), len(second))


def _as_written(one: str, other: str) -> float:
    first, second = (
        {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))}
        for words in (one.split(), other.split())
    )
    return jaccard(first, second)


def groups(texts: list[str], least: float, alike: Alike = by_runs) -> list[list[int]]:
    """Group texts that are copies, or copies of copies, by their positions; each group in order."""
    group = list(range(len(texts)))
    for later in range(len(texts)):
        for earlier in range(later):
            if alike(texts[earlier], texts[later]) >= least:
                old, new = sorted((group[earlier], group[later]), reverse=True)
                group = [new if one == old else one for one in group]
    return [[at for at, one in enumerate(group) if one == name] for name in dict.fromkeys(group)]


def keep(texts: list[str], least: float) -> list[int]:
    """The first of each group: the right answer."""
    return [group[0] for group in groups(texts, least)]


def _keep_by(alike: Alike) -> Callable[[list[str], float], list[int]]:
    return lambda texts, least: [group[0] for group in groups(texts, least, alike)]


def _keep_above(texts: list[str], least: float) -> list[int]:
    return keep(texts, least + 1e-9)


def _none_of_them(texts: list[str], least: float) -> list[int]:
    return [group[0] for group in groups(texts, least) if len(group) == 1]


def _last(texts: list[str], least: float) -> list[int]:
    return sorted(group[-1] for group in groups(texts, least))


def _exact(texts: list[str], _: float) -> list[int]:
    return sorted({text: at for at, text in reversed([*enumerate(texts)])}.values())


def _against_kept(texts: list[str], least: float) -> list[int]:
    kept: list[int] = []
    for at, text in enumerate(texts):
        if not any(by_runs(texts[one], text) >= least for one in kept):
            kept.append(at)
    return kept


def _against_earlier(texts: list[str], least: float) -> list[int]:
    return [
        at
        for at, text in enumerate(texts)
        if not any(by_runs(earlier, text) >= least for earlier in texts[:at])
    ]


def _neighbors(texts: list[str], least: float) -> list[int]:
    return [at for at in range(len(texts)) if not at or by_runs(*texts[at - 1 : at + 1]) < least]


def _removed(texts: list[str], least: float) -> list[int]:
    return sorted(set(range(len(texts))) - set(keep(texts, least)))


KEEP = (
    Mistake(
        "keep throws away both copies",
        "What was said twice would then not be said at all. Keep the first of each group.",
        _none_of_them,
    ),
    Mistake(
        "keep finds exact copies only",
        "One exchanged word makes a copy that no comparison of whole texts finds.",
        _exact,
    ),
    Mistake(
        "keep compares only with texts that it has kept",
        "A copy of a copy belongs to the group, too, even if the one between was taken out.",
        _against_kept,
    ),
    Mistake(
        "keep does not join groups when a later text links them",
        "If the third is a copy of the first and of the second, all three are one group.",
        _against_earlier,
    ),
    Mistake(
        "keep compares neighbors only",
        "Copies may lie anywhere in the collection.",
        _neighbors,
    ),
    Mistake(
        "keep keeps the last of each group",
        "Keep the first: then a longer collection never changes what was kept of a shorter one.",
        _last,
    ),
    Mistake(
        "keep returns what is to go",
        "The positions of the texts that stay are wanted.",
        _removed,
    ),
    Mistake(
        "keep compares single words",
        "Different stories share many words. Compare runs of three words.",
        _keep_by(_by_words),
    ),
    Mistake(
        "keep compares only with the shorter text",
        "A short text inside a long one is not its copy. Divide by what both have together.",
        _keep_by(_contained),
    ),
    Mistake(
        "keep takes capitals and punctuation into account",
        "A copy in capitals is still a copy. What takes a text apart is given.",
        _keep_by(_as_written),
    ),
    Mistake(
        "keep misses copies that are exactly as similar as the limit",
        "At least so similar is wanted, and equal is enough.",
        _keep_above,
    ),
)
