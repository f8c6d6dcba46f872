"""Right and wrong ways to cut a text into passages, and to say which of them answer."""

from collections.abc import Callable, Iterable, Sequence

from lessons.labs.mistakes import Mistake
from lessons.search.passages import Paragraph, paragraphs

Cut = list[tuple[int, int, str]]


def cut(
    text: str,
    words: int,
    overlap: int,
    *,
    tail: bool = True,
    full: bool = True,
    new_only: bool = False,
    again: bool = False,
    whole: bool = False,
    joint: str = "\n\n",
    place: Callable[[int, int, str], tuple[int, int]] = lambda first, last, _: (first, last),
    measure: Callable[[Paragraph], int] = lambda part: part.words,
) -> Cut:
    """Cut a text into passages: the right answer, or close to it.

    Args:
        text: paragraphs between empty lines.
        words: a passage ends at the paragraph with which it has so many.
        overlap: paragraphs that the next one repeats.
        tail: whether what is left at the end is a passage, however short.
        full: whether the paragraph that reaches ``words`` still belongs to the passage.
        new_only: whether repeated paragraphs do not count as words.
        again: whether a last passage may repeat only.
        whole: whether a passage of one paragraph is repeated, too.
        joint: what stands between two paragraphs.
        place: makes the first and the last line of a passage from the right ones and its text.
        measure: how large a paragraph is.
    """
    parts = paragraphs(text)
    found: Cut = []
    begin = new = 0
    while (begin if again else new) < len(parts):
        end = min(new + 1, len(parts))
        while end < len(parts):
            size = sum(map(measure, parts[new if new_only else begin : end]))
            if size >= words or (not full and size + measure(parts[end]) > words):
                break
            end += 1
        own = parts[begin:end]
        if not tail and end == len(parts) and sum(part.words for part in own) < words:
            break
        joined = joint.join(part.text for part in own)
        found.append((*place(own[0].line, own[-1].last, joined), joined))
        new, begin = end, max(begin + (0 if whole else 1), end - overlap)
    return found


def _words_only(text: str, words: int, _: int) -> Cut:
    every = text.split()
    step = range(0, len(every), words)
    return [(1, text.count("\n") + 1, " ".join(every[i : i + words])) for i in step]


def _nothing_new(text: str, words: int, overlap: int) -> Cut:
    """Cut so that a passage may end before it has a new paragraph."""
    parts = paragraphs(text)
    found: Cut = []
    begin = end = 0
    while end < len(parts):
        end = begin + 1
        while end < len(parts) and sum(part.words for part in parts[begin:end]) < words:
            end += 1
        own = parts[begin:end]
        found.append((own[0].line, own[-1].last, "\n\n".join(part.text for part in own)))
        begin = max(begin + 1, end - overlap)
    return found


CUT = (
    Mistake(
        "cut leaves out what is left at the end",
        "The last paragraphs of a text rarely come to so many words. They are a passage all the same, or "
        "nobody will ever find them.",
        lambda *case: cut(*case, tail=False),
    ),
    Mistake(
        "cut stops before a passage has enough words",
        "The paragraph that brings a passage to so many words still belongs to it.",
        lambda *case: cut(*case, full=False),
    ),
    Mistake(
        "cut goes on when a passage has enough words",
        "With at least so many words it ends: exactly so many are enough.",
        lambda text, words, overlap: cut(text, words + 1, overlap),
    ),
    Mistake(
        "cut counts characters",
        "A passage ends by its words, and each paragraph knows how many it has.",
        lambda *case: cut(*case, measure=lambda part: len(part.text)),
    ),
    Mistake(
        "cut makes a passage of repeated paragraphs only",
        "Where they alone have words enough, nothing new would be in it. Take in at least one paragraph "
        "that no passage before it has.",
        _nothing_new,
    ),
    Mistake(
        "cut repeats nothing",
        "With an overlap of one, a passage begins with the last paragraph of the one before it.",
        lambda text, words, _: cut(text, words, 0),
    ),
    Mistake(
        "cut does not count repeated paragraphs",
        "They are read, too, so they belong to the words of a passage.",
        lambda *case: cut(*case, new_only=True),
    ),
    Mistake(
        "cut ends with a passage that says nothing new",
        "Once the last paragraph stands in a passage, you are done: what would follow only repeats.",
        lambda *case: cut(*case, again=True),
    ),
    Mistake(
        "cut repeats a whole passage",
        "A passage of one long paragraph would stand in the next one from beginning to end. Never repeat "
        "all of it.",
        lambda *case: cut(*case, whole=True),
    ),
    Mistake(
        "cut counts lines from 0",
        "Editors and readers count the first line as 1.",
        lambda *case: cut(*case, place=lambda first, last, _: (first - 1, last - 1)),
    ),
    Mistake(
        "cut names a line too many",
        "The last line of a passage is the last that has text of it, and not the one below.",
        lambda *case: cut(*case, place=lambda first, last, _: (first, last + 1)),
    ),
    Mistake(
        "cut works the last line out from the joined text",
        "Two paragraphs may lie further apart than one empty line, and joining them forgets that. Each "
        "paragraph knows its own last line.",
        lambda *case: cut(*case, place=lambda first, _, own: (first, first + own.count("\n"))),
    ),
    Mistake(
        "cut loses the place",
        "A passage is cited by its lines in the whole text. Within itself each one begins at line 1.",
        lambda *case: cut(*case, place=lambda _, __, own: (1, 1 + own.count("\n"))),
    ),
    Mistake(
        "cut joins paragraphs without the empty line",
        "Without it nobody sees where a paragraph ends, and an example runs into a sentence.",
        lambda *case: cut(*case, joint="\n"),
    ),
    Mistake(
        "cut goes through paragraphs",
        "Half a sentence answers nothing. A passage is made of whole paragraphs.",
        _words_only,
    ),
)


def owners(
    passage: Sequence[str],
    topics: dict[str, set[str]],
    size: Callable[[str], int] = len,
    least: float = 0.5,
) -> set[str]:
    """Name the topics that have at least half of a passage: the right answer, or close to it."""
    total = sum(map(size, passage))
    return {
        name
        for name, held in topics.items()
        if sum(size(text) for text in passage if text in held) >= least * total
    }


def _more_than_half(passage: Sequence[str], topics: dict[str, set[str]]) -> set[str]:
    total = sum(map(len, passage))
    return {
        name
        for name, held in topics.items()
        if sum(len(text) for text in passage if text in held) > total / 2
    }


def _only_the_most(passage: Sequence[str], topics: dict[str, set[str]]) -> set[str]:
    def held(name: str) -> int:
        return sum(len(text) for text in passage if text in topics[name])

    return {max(topics, key=held)}


def _any(passage: Sequence[str], topics: dict[str, set[str]]) -> set[str]:
    return {name for name, held in topics.items() if any(text in held for text in passage)}


def _half_of_the_topic(passage: Sequence[str], topics: dict[str, set[str]]) -> set[str]:
    return {
        name
        for name, held in topics.items()
        if sum(len(t) for t in held if t in passage) >= sum(map(len, held)) / 2
    }


OWNERS = (
    Mistake(
        "owners names one topic only",
        "The same text may stand in two topics, and then the passage answers for both. Who counts one of "
        "them only calls a right passage wrong.",
        _only_the_most,
    ),
    Mistake(
        "owners is content with any shared paragraph",
        "Topics share lines such as See also. A topic owns a passage of which it has at least half.",
        _any,
    ),
    Mistake(
        "owners wants all of the passage",
        "A passage may run over the end of what two topics share. Half of it is enough.",
        lambda passage, topics: owners(passage, topics, least=1.0),
    ),
    Mistake(
        "owners counts paragraphs instead of text",
        "A heading is a paragraph, too, and says little. Compare how much text it is: add up characters.",
        lambda passage, topics: owners(passage, topics, size=lambda _: 1),
    ),
    Mistake(
        "owners asks for half of the topic",
        "A long topic never lies in one passage. What counts is how much of the passage it has.",
        _half_of_the_topic,
    ),
    Mistake(
        "owners refuses exactly half",
        "At least half: half is enough.",
        _more_than_half,
    ),
)


def hits(rankings: Sequence[Sequence[int]], right: Sequence[set[int]], k: int) -> list[bool]:
    """Say of each question whether a right passage is among the first k: the right answer."""
    return [bool({*one[:k]} & wanted) for one, wanted in zip(rankings, right, strict=True)]


def _shares(
    rankings: Sequence[Sequence[int]], right: Sequence[set[int]], k: int
) -> Iterable[float]:
    for one, wanted in zip(rankings, right, strict=True):
        yield len({*one[:k]} & wanted) / max(1, len(wanted))


HITS = (
    Mistake(
        "hits looks at one passage too many",
        "The first k of a list are its entries 0 to k - 1.",
        lambda rankings, right, k: hits(rankings, right, k + 1),
    ),
    Mistake(
        "hits looks at one passage too few",
        "The first k of a list are its entries 0 to k - 1. With k = 1, that is the first.",
        lambda rankings, right, k: hits(rankings, right, k - 1),
    ),
    Mistake(
        "hits looks at place k only",
        "A reader sees all of the first k passages.",
        lambda rankings, right, k: hits([one[k - 1 : k] for one in rankings], right, k),
    ),
    Mistake(
        "hits wants nothing but right passages",
        "A reader needs one answer among the first k. The others may be wrong.",
        lambda rankings, right, k: [
            {*one[:k]} <= wanted for one, wanted in zip(rankings, right, strict=True)
        ],
    ),
    Mistake(
        "hits counts the right passages",
        "Say True or False for each question: a second right passage adds nothing for its reader.",
        lambda rankings, right, k: [
            len({*one[:k]} & wanted) for one, wanted in zip(rankings, right, strict=True)
        ],
    ),
    Mistake(
        "hits wants every right passage",
        "A reader needs one answer. Where three passages answer, one of them is enough.",
        lambda rankings, right, k: [share == 1 for share in _shares(rankings, right, k)],
    ),
    Mistake(
        "hits averages over right passages",
        "A question with six right passages and a hit would count as a sixth, though its reader has the "
        "answer. Say True or False for each question.",
        lambda rankings, right, k: [*_shares(rankings, right, k)],
    ),
    Mistake(
        "hits counts one right passage for each question",
        "Several passages may answer. Which of them was written down first says nothing.",
        lambda rankings, right, k: hits(rankings, [{*sorted(one)[:1]} for one in right], k),
    ),
    Mistake(
        "hits leaves out questions that nothing answers",
        "A question without a right passage is a miss. Who leaves it out flatters the search, and the list "
        "no longer fits the questions.",
        lambda rankings, right, k: [
            hit for hit, one in zip(hits(rankings, right, k), right, strict=True) if one
        ],
    ),
    Mistake(
        "hits gives one number for all questions",
        "An interval and a comparison question by question need to know which ones were hit.",
        lambda rankings, right, k: sum(hits(rankings, right, k)) / len(right),
    ),
)
