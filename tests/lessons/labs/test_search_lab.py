"""The lab on search: what it calls right is what the course ships."""

from lessons.labs import search_decisions as decisions
from lessons.labs import search_mistakes as ways
from lessons.search import abstention
from lessons.search import passages as shipped
from lessons.search.ranking import join


def test_what_the_lab_calls_right_is_what_the_course_ships():
    text = "Head\n====\n\nA loop repeats.\n\n\nA list ends it.\n\nMore."
    for words, overlap in ((3, 0), (5, 1), (99, 2)):
        cut = shipped.cut(shipped.paragraphs(text), words, overlap)
        ours = [(own[0].line, own[-1].last, "\n\n".join(p.text for p in own)) for own in cut]
        assert ways.cut(text, words, overlap) == ours
    topics = {"for": {"aa", "bb"}, "while": {"bb", "cc"}}
    assert ways.owners(["aa", "bb"], topics) == shipped.owners(["aa", "bb"], topics)
    lists = [[(0, 9.0), (1, 5.0), (2, 1.0)], [(2, 0.9), (0, 0.5), (1, 0.1)]]
    sums = join([[number for number, _ in one] for one in lists])
    assert decisions.join(lists, 60) == sorted(range(3), key=lambda number: -sums[number])
    rows = [(0.9, True), (0.8, False), (0.5, True), (0.2, False)]
    asked = [abstention.Asked(str(n), *row, "ask") for n, row in enumerate(rows)]
    for least in (0.1, 0.5, 0.85):
        ours = abstention.cost(least, asked)
        assert decisions.cost(least, rows, abstention.IN_VAIN, abstention.MISSED) == ours
    chosen = decisions.choose(rows, abstention.IN_VAIN, abstention.MISSED)
    assert abstention.cost(abstention.choose(asked), asked) == abstention.cost(chosen, asked)
