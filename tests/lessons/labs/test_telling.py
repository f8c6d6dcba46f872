"""What reaches the learner: notebook, shell, the file of progress, values as text."""

import json
import sys
from functools import partial
from importlib import metadata

import pytest

from lessons import labs
from lessons.labs import catalog, child, commands, mistakes, notebook, progress, wire
from lessons.labs.__main__ import main
from lessons.labs.verdicts import Verdict, WrongError, shown
from solvedlabs import one_part


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """A file of progress of the test's own."""
    monkeypatch.setenv(progress.PLACE, str(tmp_path / "here" / "labs.json"))
    return tmp_path / "here" / "labs.json"


@pytest.fixture
def tiny(monkeypatch):
    """A lab of one part that wants f(x) to be x + 1, in place of the real ones."""
    lab = one_part("f", "x")

    def check(code, rng):
        if (got := code.call("f", 1)) != 2:
            raise WrongError("f is not one more", "One more is wanted", "f(1)", str(got), "2")

    monkeypatch.setattr(catalog, "LABS", (lab,))
    monkeypatch.setattr(type(lab), "check", lambda *_: check)
    monkeypatch.setattr(type(lab), "starter", lambda _: "def f(x):\n    ...\n")
    return lab


# Values as text


def test_what_travels_comes_back_as_it_was():
    value = [None, True, 1, 2.5, "é", b"\x00", (1, [2]), {3}, {"a": {b"k": ()}}]
    assert wire.unpack(wire.pack(value)) == value


def test_what_cannot_travel_is_kept_or_refused():
    kept = []
    text = wire.pack([len], lambda one: kept.append(one) or 0)
    assert wire.unpack(text) == [wire.Ticket(0, "builtin_function_or_method")]
    assert wire.unpack(text, kept.__getitem__) == [len]
    with pytest.raises(TypeError, match="cannot be handed"):
        wire.pack(len)


def test_a_long_value_is_cut_in_the_middle():
    assert shown("x" * 1000).count("x") < 320
    assert "1,002 characters" in shown("x" * 1000)


# From the shell


def test_the_labs_are_listed_with_what_was_passed(capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert "A tokenizer for your own text: 20 to 40 minutes" in shown
    assert shown.endswith(f"The minutes are estimates: {catalog.ESTIMATED}.\n")


def test_a_starter_is_written_once(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert commands.main(["start", "tiny"]) == 0
    (tmp_path / "my_tiny.py").write_text("mine")
    assert commands.main(["start", "tiny"]) == 2
    assert "stays as it is" in capsys.readouterr().err
    assert (tmp_path / "my_tiny.py").read_text() == "mine"


def test_a_check_says_what_is_wrong_then_that_it_passed_and_notes_it(tiny, tmp_path, capsys, file):
    mine = tmp_path / "mine.py"
    mine.write_text("def f(x):\n    print('hm')\n    return x")
    assert commands.main(["check", "tiny", str(mine), "--seed", "5"]) == 1
    said = capsys.readouterr().out
    assert "f is not one more" in said
    assert "your code printed: hm" in said
    assert "seed=5" in said
    mine.write_text("def f(x):\n    return x + 1")
    assert commands.main(["check", "tiny", str(mine), "--part", "1"]) == 0
    assert "1 of 1 parts passed so far" in capsys.readouterr().out
    kept = json.loads(file.read_text())
    assert kept["labs"]["tiny"]["1"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert "no proof" in kept["note"]
    assert commands.main(["progress"]) == 0
    assert str(file) in capsys.readouterr().out
    copy = tmp_path / "copy.json"
    assert commands.main(["progress", str(copy)]) == 0
    assert f"copied to {copy}" in capsys.readouterr().out
    assert copy.read_bytes() == file.read_bytes()
    assert commands.main(["progress", str(copy)]) == 2
    assert "exists" in capsys.readouterr().err


def test_there_is_nothing_to_copy_before_a_part_passed(tmp_path, capsys):
    assert commands.main(["progress", str(tmp_path / "copy.json")]) == 2
    assert "nothing to copy" in capsys.readouterr().err
    assert not (tmp_path / "copy.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "tiny", "gone.py"], "gone.py"),
        (["check", "other", "x.py"], "take one of tiny"),
        (["check", "tiny", "x.py", "--part", "7"], "no part 7"),
        (["check", "tiny", "latin.py"], "UTF-8"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, said, tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.py").write_bytes(b"\xe9")
    assert commands.main(arguments) == 2
    assert said in capsys.readouterr().err


# The file of progress


def test_what_passed_first_keeps_its_date(file):
    progress.record(file, "tiny", [1], 5, "abc")
    first = progress.read(file)["tiny"]["1"]
    progress.record(file, "tiny", [1, 2], 6, "def")
    assert progress.read(file)["tiny"]["1"] == first
    assert progress.read(file)["tiny"]["2"]["code"] == "def"
    assert not file.with_name("labs.json.part").exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"labs": 1}', "{}"])
def test_a_damaged_file_is_said_and_left(text, file, tiny):
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ValueError, match="no file of progress"):
        progress.read(file)
    said = notebook.report(tiny, "", [Verdict(1, True, "passed")], 1)
    assert "could not be noted" in said
    assert file.read_text() == text


def test_without_a_variable_the_file_lies_among_the_users_data(monkeypatch):
    monkeypatch.delenv(progress.PLACE)
    assert progress.place().name == "labs.json"


def test_a_library_that_is_not_there_has_no_version(monkeypatch):
    def version(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(progress, "version", version)
    assert progress.versions().keys() == {"python"}


# In a notebook


def cell(source, space, number=[0]):  # noqa: B006 - counts the cells
    """Run a cell as a notebook does."""
    number[0] += 1
    space.setdefault("In", [""]).append(source)
    exec(compile(source, f"cell {number[0]}", "exec"), space)


def test_a_notebook_checks_what_its_function_needs_and_computes_nothing_else_again(tiny, capsys):
    space = {}
    cell("import math\nimport re\nDIGITS = re.compile('[0-9]')\n(a, b) = (1, 2)", space)
    cell(
        "import functools\n\n@functools.cache\n"
        "def half(x, one=a):\n    return x + len(DIGITS.findall('1'))",
        space,
    )
    cell("not_again = half(2) and [n for n in range(3)]\nlater = not_again", space)
    space["In"].append("%pip install something")
    cell("def f(x):\n    return half(x)", space)
    labs.check("tiny", space["f"], seed=1)
    assert "Part 1 of 1 (f): passed" in capsys.readouterr().out
    source = notebook.source_of(space["f"])
    assert "not_again" not in source
    assert "math" not in source
    assert "@functools.cache" in source


def test_a_function_that_is_kept_in_a_cache_is_checked_too(tiny, capsys):
    space = {}
    cell("from functools import cache\n\n@cache\ndef f(x):\n    return x + 1", space)
    labs.check("tiny", space["f"], seed=1)
    assert "passed" in capsys.readouterr().out


def test_what_has_no_name_is_no_function_of_a_part(tiny):
    with pytest.raises(ValueError, match="at least one part"):
        labs.check("tiny", partial(int, base=2))


def test_a_function_of_a_file_is_checked_with_its_file(tiny, capsys, tmp_path, monkeypatch):
    (tmp_path / "mine_for_a_lab.py").write_text("def f(x):\n    return x + 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import mine_for_a_lab

    labs.check("tiny", mine_for_a_lab.f)
    assert "passed" in capsys.readouterr().out


def test_a_check_within_a_check_does_nothing(tiny, monkeypatch, capsys):
    monkeypatch.setenv(child.RUNS, "1")
    labs.check("tiny")
    assert capsys.readouterr().out == ""


def test_functions_of_no_part_and_without_source_are_refused(tiny):
    with pytest.raises(ValueError, match="at least one part: f"):
        labs.check("tiny", len)
    with pytest.raises(ValueError, match="no source"):
        notebook.source_of(len)


def test_the_package_has_nothing_else():
    with pytest.raises(AttributeError, match="cheat"):
        labs.cheat  # noqa: B018 - asking is the point


# Naming mistakes


@pytest.mark.parametrize(
    ("got", "wanted", "same"),
    [
        ([0.1 + 0.2, (1,)], [0.3, (1,)], True),
        ({"a": [0.1 + 0.2]}, {"a": [0.3]}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        ([1.0], (1.0,), False),
        ([1.0], [1.0, 2.0], False),
        (2, 2.0000000001, True),
        (2, 3, False),
        (float("inf"), float("inf"), True),
        (1.0, float("inf"), False),
        (float("nan"), 1.0, False),
        ([float("nan")], [float("nan")], True),
        (10**400, 1.0, False),
        (1_000_001.0, 1_000_000.0, False),
        ("1", 1.0, False),
    ],
)
def test_numbers_with_a_point_are_the_same_to_a_share_of_their_size(got, wanted, same):
    assert mistakes.equal(got, wanted) is same


def test_a_function_may_have_a_tolerance_of_its_own():
    class Near:
        def call(self, _, x):
            return x * 1.001

    given = ([(100.0,), (7.0,)], float, [], lambda _: iter(()), lambda *_: ("f errs", "it does"))
    mistakes.compare(Near(), "f", *given, tolerance=0.01)
    with pytest.raises(WrongError, match="f errs"):
        mistakes.compare(Near(), "f", *given)
    known = mistakes.Mistake("f adds a tenth", "It is a tenth", lambda x: x * 1.00101)
    given[2].append(known)
    with pytest.raises(WrongError, match="adds a tenth"):
        mistakes.compare(Near(), "f", *given, tolerance=0.0005)


class Fixed:
    """Stands in for a learner's code that is wrong for each number that is not 0."""

    def call(self, _, number):
        return -1.0 if number else 0.0


def test_the_smallest_input_is_searched_only_so_long(monkeypatch):
    monkeypatch.setattr(mistakes, "TRIES", 3)
    with pytest.raises(WrongError) as found:
        mistakes.compare(
            Fixed(), "f", [(8,), (0,), (9,)], abs, [],
            lambda case: iter([(0,), (case[0] - 1,)]), lambda *_: ("f errs", "it does"),
        )  # fmt: skip
    assert found.value.call == "f(7)"
