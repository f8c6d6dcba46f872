"""The words that are out on a course's pages, and names that say nothing."""

import pytest

from coursekit.checks.words import silent_names, word_problems, words
from coursekit.config import Config
from coursekit.parser import load

WORDS = """\
out: {dear: expensive, goes on with: continues with}
names: [of, said]
assistants: [ChatGPT]
connectives: [because, for example]
"""


@pytest.fixture
def faults(course):
    def found(text, listed=WORDS):
        if listed:
            course.write("docs/words.yml", listed)
        config = Config.load(course.root)
        return [str(problem) for problem in word_problems(load(course.page(text), config), config)]

    return found


def test_a_word_that_is_out_is_found_with_its_line_and_what_to_write_instead(faults):
    assert faults("Good.\n\nIt is Dear, and\ngoes on\nwith that.") == [
        "docs/page.md:3: 'Dear' is out (docs/words.yml): write expensive",
        "docs/page.md:4: 'goes on\\nwith' is out (docs/words.yml): write continues with",
    ]


def test_questions_and_captions_are_read_too(faults):
    quiz = "question: Is it dear?\nchoices:\n"
    quiz += "  - {text: Y, why: Dear., right: true}\n  - {text: N, why: No.}\n"
    assert len(faults(f"```{{.quiz}}\n{quiz}```\n")) == 2


def test_parts_of_words_code_addresses_and_comments_are_not(faults):
    assert (
        faults("Endearing `dear` [a](dear.md){ #dear } <!-- dear --> {{ result.dear.x }} dear-ish")
        == []
    )


def test_a_course_that_lists_no_words_has_none_out(faults, course):
    assert faults("It is dear.", listed="") == []
    assert words(Config.load(course.root)).connectives == ()


def test_names_that_say_nothing_are_those_that_code_stores(course):
    course.write("docs/words.yml", WORDS)
    code = "```python\nsaid = 1\nfor of in [said]:\n    label = of\n```\n\n```python\n(\n```\n"
    config = Config.load(course.root)
    first, broken = load(course.page(code), config).code
    assert silent_names(first, words(config)) == {"of", "said"}
    assert silent_names(broken, words(config)) == set()
