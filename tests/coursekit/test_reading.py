import pytest

from coursekit.config import Config
from coursekit.page.reading import minutes
from coursekit.parser import load


def read(course, text: str) -> float:
    return minutes(load(course.page(text), Config.load(course.root)))


def test_prose_counts_by_words_and_code_by_lines(course):
    assert read(course, "word " * 300) == 2
    code = "a = 1\n\n" * 24
    assert read(course, f"```python\n{code}```\n") == 2


def test_a_binding_counts_as_the_one_word_that_a_reader_sees(course):
    assert read(course, "{{ result.speed.by.two | .1% }} " * 150) == 1


def test_embedded_code_counts_as_what_it_shows(course):
    course.module()
    shown = '```python\n--8<-- "src/lessons/numbers.py:half"\n```\n'
    assert read(course, shown) == 3 / 12


def test_collapsed_sections_do_not_count_and_open_ones_do(course):
    body = f"    {'word ' * 150}\n\n    ```python\n    a = 1\n    ```\n\nafter\n"
    assert read(course, f'??? note "more"\n\n{body}') == 1 / 150
    assert read(course, f"???+ note\n\n{body}") > 1


def test_a_question_counts_by_its_words_without_the_explanations(course):
    quiz = "question: Is it so?\nchoices:\n"
    quiz += (
        "  - {text: Yes it is, why: Because., right: true}\n  - {text: Never, why: Look again.}\n"
    )
    assert read(course, f"```{{.quiz}}\n{quiz}```\n") == pytest.approx(7 / 150)


def test_of_a_figure_its_title_and_caption_count_and_not_the_picture_in_words(course):
    figure = (
        "Two bars\nin meters\n\nThe first is {{ constant 2 }} long.\n\nMany words for the ear.\n"
    )
    shown = f'```{{.figure src="figures/bars.svg"}}\n{figure}```\n'
    assert read(course, shown) == pytest.approx(9 / 150)
