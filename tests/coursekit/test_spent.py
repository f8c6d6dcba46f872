"""What tests cost is measured in each run, and decides what begins first, never what passes."""

import gc
import json
from itertools import chain
from pathlib import Path

import pytest

from coursekit import __main__ as commands
from coursekit.commands import bench, gate
from coursekit.config import Config
from coursekit.testing import spent

SLOW = "def test_slow():\n    sum(range(3_000_000))\n"
QUICK = "def test_quick():\n    pass\n"


@pytest.fixture
def files(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(test_a_quick=QUICK, test_b_slow=SLOW, test_c_new=QUICK)
    return pytester


def order(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    result = pytester.runpytest_inprocess("-p", "coursekit.testing.spent", "-v", *arguments)
    return [line.partition(".py")[0] for line in result.outlines if "::" in line]


def test_files_begin_with_what_took_longest_and_those_that_nobody_knows_first(files):
    assert order(files) == ["test_a_quick", "test_b_slow", "test_c_new"]
    files.makepyfile(test_d_unknown=QUICK)
    last = spent.read(files.path)
    assert last["test_b_slow.py::test_slow"] > 0
    kept = {"tests": {**last, "test_b_slow.py::test_slow": 9.0, "test_c_new.py::test_quick": 1.0}}
    (files.path / spent.LAST).write_text(json.dumps(kept))
    assert order(files) == ["test_d_unknown", "test_b_slow", "test_c_new", "test_a_quick"]


def test_a_clone_that_ran_nothing_goes_by_what_is_usual(files):
    (files.path / "tests").mkdir()
    usual = {"test_a_quick.py": 1.0, "test_b_slow.py": 5.0, "test_c_new.py": 2.0}
    (files.path / spent.USUAL).write_text(json.dumps(usual))
    assert order(files) == ["test_b_slow", "test_c_new", "test_a_quick"]


def test_nobody_looks_for_garbage_while_tests_are_loaded(files):
    asked = "import gc\n\nLOADED = gc.isenabled()\n\n\ndef test_it():\n"
    files.makepyfile(test_it=f"{asked}    assert not LOADED\n    assert gc.isenabled()\n")
    loaded = files.runpytest_inprocess("-p", "coursekit.testing.spent", "test_it.py")
    loaded.assert_outcomes(passed=1)
    gc.disable()  # as by who runs these tests so
    try:
        files.runpytest_inprocess("-p", "coursekit.testing.spent", "--collect-only", "test_it.py")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_other_tests_took_before_is_kept(files):
    order(files, "test_b_slow.py")
    order(files, "test_a_quick.py")
    assert set(spent.read(files.path)) == {
        "test_a_quick.py::test_quick",
        "test_b_slow.py::test_slow",
    }


def test_a_whole_run_forgets_the_tests_that_are_gone(files):
    order(files)
    files.makepyfile(test_a_quick=QUICK.replace("quick", "renamed"))
    order(files, "-k", "renamed")
    assert len(spent.read(files.path)) == 4
    order(files)
    assert set(spent.read(files.path)) == {
        "test_a_quick.py::test_renamed",
        "test_b_slow.py::test_slow",
        "test_c_new.py::test_quick",
    }


def test_processes_of_a_test_count_as_its_own(files):
    files.makepyfile(
        test_child="import subprocess, sys\n\n\ndef test_child():\n"
        "    subprocess.run([sys.executable, '-c', 'sum(range(20_000_000))'], check=True)\n"
    )
    order(files, "test_child.py", "test_a_quick.py")
    taken = spent.read(files.path)
    assert taken["test_child.py::test_child"] > 10 * taken["test_a_quick.py::test_quick"]


def test_the_figures_name_groups_tests_and_records(course, monkeypatch):
    course.result("speed", seconds=120.0, n=4)
    (course.root / ".cache").mkdir()
    kept = {
        "held": 0,
        "tests": {"tests/a/test_x.py::test_1": 2.0, "tests/a/test_x.py::test_2": 3.5},
    }
    (course.root / spent.LAST).write_text(json.dumps(kept))
    shown = "\n".join(bench.lines(Config.load(course.root)))
    assert "tests, as they last ran here: 6 CPU s" in shown
    assert "5.5 CPU s  tests/a\n" in shown
    assert "3.5 CPU s  tests/a/test_x.py::test_2" in shown
    assert "1 records, 2 minutes to make all of them anew:" in shown
    assert "2.0 minutes,   4 cells  speed" in shown
    assert json.loads((course.root / spent.USUAL).read_text()) == {"tests/a/test_x.py": 5.5}


def test_a_course_that_ran_nothing_writes_nothing(course):
    assert "0 CPU s" in next(bench.lines(Config.load(course.root)))
    list(bench.lines(Config.load(course.root)))
    assert not (course.root / spent.USUAL).exists()


@pytest.mark.parametrize(
    ("cores", "gigabytes", "processes"), [(2, 24, 2), (16, 16, 4), (8, 3, 1), (None, 64, 1)]
)
def test_processes_are_as_many_as_cores_and_memory_allow(cores, gigabytes, processes):
    assert gate.workers(cores, gigabytes) == processes


def test_a_system_that_does_not_tell_its_memory_gets_two(monkeypatch):
    monkeypatch.delattr(gate.os, "sysconf", raising=False)
    assert gate.workers(16) == 2


def test_a_missing_browser_is_named_with_the_way_to_get_one(monkeypatch, capsys):
    def nothing() -> Path:
        raise gate.browser.NoBrowserError("no Chromium here")

    monkeypatch.setattr(gate.browser, "find", nothing)
    gate.say_what_is_missing()
    shown = capsys.readouterr().out
    assert "no Chromium here" in shown
    assert "make browser" in shown


def test_a_folder_whose_files_share_much_is_one_and_comes_when_its_sum_does(files):
    files.makeini("[pytest]\ntogether = more\n")
    for name in ("test_e", "test_f"):
        (files.mkdir("more") if name == "test_e" else files.path / "more").joinpath(
            f"{name}.py"
        ).write_text(QUICK)
    (files.path / "tests").mkdir()
    one = {"test_a_quick.py": 1.0, "test_b_slow.py": 5.0, "test_c_new.py": 4.0}
    shared = {"more/test_e.py": 1.5, "more/test_f.py": 3.0}
    (files.path / spent.USUAL).write_text(json.dumps({**one, **shared}))
    assert order(files) == [
        "test_b_slow",
        "more/test_f",
        "more/test_e",
        "test_c_new",
        "test_a_quick",
    ]


@pytest.mark.parametrize("together", ["together = more\n", ""])
def test_one_process_runs_all_of_such_a_folder(files, together):
    files.makeini(f"[pytest]\n{together}")
    folder = files.mkdir("more")
    for name in "pqrstu":
        (folder / f"test_{name}.py").write_text(QUICK)
    options = ("-p", "xdist", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    result = files.runpytest_inprocess("-p", "coursekit.testing.spent", "-v", *options, "more")
    result.assert_outcomes(passed=6)
    workers = {line.split()[0] for line in result.outlines if "PASSED" in line}
    assert len(workers) == (1 if together else 2)


def test_another_way_to_share_out_tests_is_left_as_it_is(pytestconfig, monkeypatch):
    monkeypatch.setattr(pytestconfig.option, "dist", "load", raising=False)
    assert spent.pytest_xdist_make_scheduler(pytestconfig, None) is None


MANY = "import pytest\n\n\n@pytest.mark.parametrize('n', range(20))\ndef test_one(n):\n    pass\n"


def names(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    result = pytester.runpytest_inprocess("-p", "coursekit.testing.spent", "-v", *arguments)
    return [line.split()[0] for line in result.outlines if "::" in line]


def test_each_test_is_in_exactly_one_part_and_a_file_in_one_unless_its_tests_stand_apart(files):
    files.makeini("[pytest]\napart = test_d_many.py\n")
    files.makepyfile(test_d_many=MANY, test_e_whole=MANY)
    parts = [names(files, "--part", f"{number}/3") for number in (1, 2, 3)]
    assert sorted(chain(*parts)) == sorted(names(files))
    whole = [sum("test_e_whole" in name for name in part) for part in parts]
    assert sorted(whole) == [0, 0, 20]
    apart = [sum("test_d_many" in name for name in part) for part in parts]
    assert min(apart) > 0
    assert sum(apart) == 20


def test_tests_that_stand_apart_begin_with_what_took_longest_each_by_itself(files):
    files.makeini("[pytest]\napart = test_d_many.py\n")
    files.makepyfile(test_d_many=MANY)
    names(files)
    last = spent.read(files.path)
    long = {"test_d_many.py::test_one[7]": 9.0, "test_b_slow.py::test_slow": 5.0}
    (files.path / spent.LAST).write_text(json.dumps({"tests": {**last, **long}}))
    assert names(files)[:2] == ["test_d_many.py::test_one[7]", "test_b_slow.py::test_slow"]


@pytest.mark.parametrize("wrong", ["0/4", "5/4", "2", "a/b", "1/-4", "1/0", "1/2/3"])
def test_a_part_that_is_none_is_refused_with_one_that_is(wrong, capsys):
    with pytest.raises(SystemExit):
        commands.main(["test-all", "--part", wrong])
    assert f"{wrong!r} is no part; the second of four is 2/4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "steps"), [([], ["day", "night 1/1"]), (["--part", "2/4"], ["night 2/4"])]
)
def test_of_several_parts_the_first_has_the_tests_of_the_day(asked, steps, monkeypatch):
    ran: list[str] = []
    monkeypatch.setattr(gate, "run_tests", lambda *_, **__: ran.append("day") or 0)

    def night(_: Path, *step: str) -> int:
        ran.append(f"night {step[step.index('--part') + 1]}")
        return 3

    monkeypatch.setattr(gate, "run_step", night)
    assert commands.main(["test-all", *asked]) == 3
    assert ran == steps
