from coursekit.config import Config
from coursekit.page.reading import reading_minutes
from coursekit.parser import load


def minutes(course, text: str) -> float:
    return reading_minutes(load(course.page(text), Config.load(course.root)))


def test_prose_counts_by_words_and_code_by_lines(course):
    assert minutes(course, "word " * 400) == 2
    code = "a = 1\n\n" * 60
    assert minutes(course, f"```python\n{code}```\n") == 2


def test_a_binding_counts_as_the_one_word_that_a_reader_sees(course):
    assert minutes(course, "{{ result.speed.by.two | .1% }} " * 200) == 1


def test_embedded_code_counts_as_what_it_shows(course):
    course.module()
    shown = '```python\n--8<-- "src/lessons/numbers.py:half"\n```\n'
    assert minutes(course, shown) == 3 / 30


def test_collapsed_sections_do_not_count_and_open_ones_do(course):
    body = f"    {'word ' * 200}\n\n    ```python\n    a = 1\n    ```\n\nafter\n"
    assert minutes(course, f'??? note "more"\n\n{body}') == 1 / 200
    assert minutes(course, f"???+ note\n\n{body}") > 1
