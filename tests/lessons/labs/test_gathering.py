"""What a function of a notebook needs of its cells: taken whole and in order, and nothing else."""

import pytest

from lessons.labs.gathering import gathered, missing


def lines(*cells, names=("f",)):
    """What is taken, as lines."""
    return [line for line in gathered(cells, names).splitlines() if line]


def works(*cells, given=(), names=("f",)):
    """What the first function returns when nothing but what was taken is there."""
    space = {}
    exec(gathered(cells, names), space)
    return space[names[0]](*given)


@pytest.mark.parametrize(
    "constant",
    [
        "import re\nK = re.compile('x').pattern",
        "from pathlib import Path\nK = Path('x').name",
        "K = [letter for letter in 'x'][0]",
        "PARTS = {}\nPARTS['a'] = 'x'\nK = PARTS['a']",
        "K = []\nK.append('x')\nK = K[0]",
        "K = ''\nK += 'x'",
        "try:\n    import nothing_of_that_name as K\nexcept ImportError as error:\n    K = 'x'",
        "def make(letter):\n    return letter\nK = make('x')",
        "if True:\n    K = 'x'\nelse:\n    K = 'y'",
        "for K in 'wx':\n    pass",
        "def outer():\n    def inner():\n        return LAST\n    return inner\nLAST = 'x'\nK = outer()()",
        "(first, *K) = 'wx'\nK = K[0]",
        "from string import *\nK = ascii_lowercase[23]",
    ],
)
def test_a_constant_is_taken_with_what_made_it(constant):
    assert works(constant, "def f():\n    return K") == "x"


def test_what_nothing_needs_stays_behind():
    taken = lines(
        "import torch\nimport re\nmodel = torch.train()\nunset: int",
        "def show():\n    return model",
        "WORD = re.compile('x')\nprint(WORD)",
        "def f(text):\n    return WORD.findall(text)",
        "f('x')",
    )
    assert taken == [
        "import re", "WORD = re.compile('x')", "def f(text):", "    return WORD.findall(text)",
    ]  # fmt: skip


def test_the_definition_that_ran_last_holds_even_where_it_ran_before():
    right, wrong = "def f():\n    return 1", "def f():\n    return 2"
    assert works(right, wrong) == 2
    assert works(right, wrong, right) == 1


def test_a_constant_is_what_it_was_when_it_was_used():
    assert works("n = 1", "a = n", "n = 2", "b = n", "def f():\n    return a, b, n") == (1, 2, 2)


def test_one_line_may_hold_two_statements_and_a_step_may_be_done_twice():
    assert works("x = 1; x += 1", "x += 1", "x += 1", "def f():\n    return x") == 4


def test_classes_decorators_and_defaults_bring_what_they_look_up():
    cells = [
        "import functools\nstart = 3\nsize = 4",
        "class Box:\n    side = size\n    def area(self):\n        return self.side * helper()",
        "def helper():\n    return 2",
        "@functools.cache\ndef f(x=start):\n    return x * Box().area()",
    ]
    assert works(*cells) == 24


def test_a_function_is_followed_through_lambdas_and_comprehensions():
    assert works(
        "k = 2\nj = 3", "def f(x):\n    return [(lambda m: m * k + j)(n) for n in x]", given=([1],)
    ) == [5]


def test_a_call_on_a_module_is_not_made_again_and_an_import_stands_once():
    cell = "import random\nrandom.seed(0)"
    taken = lines(cell, cell, "a = random.random()", cell, "def f():\n    return random, a")
    assert taken == ["import random", "a = random.random()", "def f():", "    return random, a"]


def test_a_cell_that_is_measured_is_read_and_one_that_is_no_python_is_not():
    timed = "get_ipython().run_cell_magic('time', '', 'def f():\\n    return 5\\n')"
    other = "get_ipython().run_cell_magic('bash', '', 'f = 7')"
    assert (
        works("!ls", timed, other, "return 3", "get_ipython().run_line_magic('time', 'f()')") == 5
    )


def test_annotations_of_the_future_come_first():
    taken = lines(
        "import re", "from __future__ import annotations\ndef f(x: Unknown):\n    return re"
    )
    assert taken[0] == "from __future__ import annotations"


def test_functions_that_call_each_other_are_taken_once():
    cells = ["def f(n):\n    return g(n - 1) if n else 'x'", "def g(n):\n    return f(n)"]
    assert works(*cells, given=(3,)) == "x"


def test_nothing_is_taken_where_nothing_defines_it():
    assert gathered(["a = 1"], ["f"]) == ""


def test_names_that_nothing_gives_a_meaning_are_found():
    text = (
        "import re\ndef f(a: Kind, b=DEFAULT):\n    c = [d for d in a]\n    return re, helper, c, len\n"
        "for number in rows:\n    pass\n"
    )
    assert missing(text) == {"Kind", "DEFAULT", "helper", "rows"}
    assert missing("def g():\n    return __name__\ndef f():\n    return g()") == set()
