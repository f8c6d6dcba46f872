"""A learner's code in a process of its own: every way in which it can end has a clear message."""

import io
import json
import os
import sys
from pathlib import Path

import pytest

from lessons.labs import child, judging, limits, runner, verdicts
from lessons.labs.limits import Limits
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError
from solvedlabs import one_part


def said(source: str, *arguments: object, name: str = "f", **allowed: float) -> str:
    """What the learner is told when their function is called once."""
    with pytest.raises(WrongError) as found, Solution(source, Limits(**allowed)) as solution:
        solution.call(name, *arguments)
    return str(found.value)


def test_a_function_is_called_and_its_result_comes_back_with_what_it_printed():
    with Solution(
        "def f(a, b=1):\n    print('hello')\n    return {(1, b'x'): [a, {2.5}, None]}"
    ) as code:
        assert code.call("f", "é") == {(1, b"x"): ["é", {2.5}, None]}
        assert code.printed == "hello\n"
        assert code.takes["f"] == (1, 2)


def test_an_object_stays_there_and_its_ticket_goes_back():
    source = "class Model:\n    n = 3\ndef make():\n    return Model()\ndef ask(model):\n    return model.n"
    with Solution(source) as code:
        model = code.call("make")
        assert repr(model) == "<Model>"
        assert code.call("ask", model) == 3


def test_an_endless_loop_ends_with_its_line():
    text = said("def f():\n    x = 1\n    while True:\n        x += 1", seconds=0.3)
    assert "not done after 0.3 seconds" in text
    assert "in line 3, in f" in text or "in line 4, in f" in text


def test_an_endless_loop_while_loading_ends_too():
    text = said("while True:\n    pass", loading=1.0)
    assert "not done after 1 seconds" in text
    assert "loading the file" in text
    assert "outside of your functions" in text


def test_a_print_flood_ends_and_says_how_it_begins():
    text = said("def f():\n    while True:\n        print('again')")
    assert "prints without end" in text
    assert "again" in text


def test_a_flood_past_the_collected_printing_ends_too(monkeypatch):
    monkeypatch.setattr(runner, "NOISE", 1000)
    text = said(
        "import os\ndef f():\n    while True:\n        os.write(1, b'noise ' * 50 + b'\\n')"
    )
    assert "prints without end" in text


def test_an_exception_shows_the_learners_own_line():
    text = said("def f(x):\n    y = int(x)\n    return y", "twelve")
    assert "ValueError" in text
    assert "line 2: y = int(x)" in text
    assert "f('twelve')" in text


def test_an_exception_outside_of_their_lines_says_so():
    text = said("from math import sqrt as f", -1)
    assert "it raised ValueError" in text
    assert "stopped outside of your own lines" in text


def test_a_missing_import_is_explained():
    text = said("def f():\n    return math.pi")
    assert "NameError: name 'math' is not defined" in text
    assert "nothing in it gives 'math' a meaning" in text
    assert "in a cell of the notebook that you have run" in text


def test_a_file_that_is_not_there_is_explained():
    text = said("def f():\n    return open('texts.txt').read()")
    assert "FileNotFoundError" in text
    assert "an empty folder of its own" in text
    assert "line 2: return open('texts.txt').read()" in text


def test_asking_for_input_is_explained():
    assert "waits for somebody to type" in said("def f():\n    return input()")


def test_leaving_is_no_answer():
    assert "ended the process" in said("import os\ndef f():\n    os._exit(0)")
    assert "SystemExit" in said("def f():\n    raise SystemExit")


def test_a_call_after_the_end_is_no_answer():
    with Solution("def f():\n    return 1") as code:
        code._kill()
        code._process.wait()
        with pytest.raises(WrongError, match="ended the process"):
            code.call("f")


def test_a_changed_argument_is_shown_as_it_is_now():
    text = said("def f(x):\n    x.append(1)\n    return x", [])
    assert "changes what it is given" in text
    assert "now [1]" in text


def test_a_result_of_many_megabytes_is_refused():
    assert "too large" in said("def f():\n    return 'x' * 30_000_000")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a limit of memory")
def test_too_much_memory_is_said_with_the_line():
    text = said("def f():\n    return len(bytearray(10 ** 9))", megabytes=200)
    assert "more than 200 MB" in text
    assert "line 2" in text


def test_a_system_that_cannot_limit_memory_says_so():
    assert "Windows cannot" in limits.limit_memory(1, "win32")
    assert "macOS cannot" in limits.limit_memory(1, "darwin")
    assert "haiku cannot" in limits.limit_memory(1, "haiku")


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_code_is_checked_where_the_module_resource_is_missing(system, tmp_path, monkeypatch):
    """A stand-in for Windows and macOS: the process is told another system, and cannot import it."""
    (tmp_path / "resource.py").write_text("raise ModuleNotFoundError('no module resource')\n")

    start = f"import sys; sys.platform = {system!r}; sys.path.insert(0, {str(tmp_path)!r}); "
    start += "from lessons.labs.child import start; start(*sys.argv[1:])"
    monkeypatch.setattr(runner, "CHILD", [sys.executable, "-c", start])
    with Solution("def f(x):\n    return x + 1") as code:
        assert code.call("f", 2) == 3
        assert code.unlimited == limits.limit_memory(1, system)
        assert "memory is not limited" in code.unlimited


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes")
def test_an_end_that_macos_calls_forbidden_is_an_end(monkeypatch):
    """There, signals to a group of processes that all have ended are refused and not merely lost."""

    def refused(group, _):
        try:
            os.waitid(os.P_PID, group, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:  # somebody has waited for it
            raise ProcessLookupError from None
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(runner.os, "killpg", refused)
    assert "ended the process" in said("def f():\n    import os\n    os._exit(3)")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes")
def test_a_group_that_may_not_be_ended_is_told(monkeypatch):
    monkeypatch.setattr(runner.os, "killpg", lambda *_: (_ for _ in ()).throw(PermissionError()))
    with Solution("def f():\n    return 1") as code:
        with pytest.raises(PermissionError):
            code._kill()
        monkeypatch.undo()


def test_windows_ends_a_process_with_all_that_it_started(monkeypatch):
    asked = []
    with Solution("def f():\n    return 1") as code:
        monkeypatch.setattr(runner, "WINDOWS", True)
        monkeypatch.setattr(runner.subprocess, "run", lambda *given, **_: asked.append(given[0]))
        code._kill()
        assert asked == [["taskkill", "/T", "/F", "/PID", str(code._process.pid)]]
        assert code._process.wait(10) != 0  # ended all the same, where that command is missing
        monkeypatch.undo()


@pytest.mark.skipif(sys.platform != "linux", reason="needs the module resource")
def test_the_limit_is_set_unless_a_stricter_one_holds(monkeypatch):
    import resource

    done = []
    monkeypatch.setattr(resource, "setrlimit", lambda *given: done.append(given))
    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, resource.RLIM_INFINITY))
    assert limits.limit_memory(5) == ""
    assert done[0][1][0] > 5_000_000
    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, 1))
    assert limits.limit_memory(5) == ""
    assert len(done) == 1


def verdict(source: str, name: str = "f", *arguments: str) -> str:
    lab = one_part(name, *arguments)
    return judging.judge(lab, source)[0].text


def test_a_syntax_error_shows_the_line():
    text = verdict("def f(:\n    pass")
    assert "line 1 is no Python" in text
    assert "def f(:" in text


def test_a_missing_function_is_named_with_its_likeness():
    assert "there is no function 'f'" in verdict("x = 1")
    assert "There is 'F'" in verdict("def F():\n    return 1")


@pytest.mark.parametrize("head", ["def f(a):", "def f(a, b, c):", "def f(a, b, *, c):"])
def test_a_wrong_signature_is_told(head):
    text = verdict(f"{head}\n    return 1", "f", "x", "y")
    assert "arguments, the lab gives 2" in text
    assert "f(x, y)" in text


@pytest.mark.parametrize(
    "source", ["def f(*all):\n    return 1", "f = lambda a, b=1: 1", "f = dict.fromkeys", "f = max"]
)
def test_what_can_be_called_that_way_may_be_called(source, monkeypatch):
    lab = one_part("f", "x", "y")
    monkeypatch.setattr(type(lab), "check", lambda *_: lambda *_: None)
    assert judging.judge(lab, source)[0].passed


def test_a_check_that_the_code_edits_is_put_back(tmp_path, monkeypatch):
    assert Path(verdicts.__file__).parent == judging.HERE
    file = tmp_path / "verdicts.py"  # a copy: other tests read the course's own at the same time
    before = Path(verdicts.__file__).read_bytes()
    file.write_bytes(before)
    monkeypatch.setattr(judging, "HERE", tmp_path)
    source = f"def f():\n    open({str(file)!r}, 'a').write('# edited')\n"
    lab = one_part("f")
    monkeypatch.setattr(type(lab), "check", lambda *_: lambda code, _: code.call("f"))
    found = judging.judge(lab, source)[0]
    assert not found.passed
    assert "verdicts.py" in found.text
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_a_check_that_the_code_replaces_in_its_own_process_still_checks(monkeypatch):
    source = "import lessons.labs.verdicts as v\nv.WrongError = None\ndef f():\n    return 1\n"
    lab = one_part("f")

    def check(code, rng):
        raise WrongError("wrong all the same", "one is not two", got=str(code.call("f")))

    monkeypatch.setattr(type(lab), "check", lambda *_: check)
    found = judging.judge(lab, source)[0]
    assert not found.passed
    assert "wrong all the same" in found.text


def test_a_limit_that_is_missing_is_said_beside_the_verdict(monkeypatch):
    lab = one_part("f")

    def check(code, rng):
        code.unlimited = "memory is not limited: this system cannot do it"

    monkeypatch.setattr(type(lab), "check", lambda *_: check)
    assert "not limited" in judging.judge(lab, "def f():\n    return 1")[0].text


# The other process, in this one


class LeftError(Exception):
    pass


def served(tmp_path: Path, source: str, *calls: tuple[str, str]) -> list[dict]:
    """What the serving process answers, run here."""
    (tmp_path / "solution.py").write_text(source, "utf-8")
    answers = io.StringIO()
    server = child.Server(tmp_path / "solution.py", answers, "T", end=leave)
    asked = [json.dumps({"name": n, "arguments": a, "seconds": 60}) + "\n" for n, a in calls]
    with (tmp_path / "dump").open("w") as dump:
        child.serve(server, io.StringIO("".join(asked)), dump, 60)
    return [json.loads(line[2:]) for line in answers.getvalue().splitlines()]


def leave(status: int) -> None:
    raise LeftError


def test_the_process_answers_call_after_call(tmp_path):
    source = (
        "class M: pass\ndef f(x):\n    print(x)\n    return x\nm = M()\ndef g():\n    return [m, m]"
    )
    calls = [("f", '{"list": [1]}'), ("f", '{"list": [{"bytes": "00"}]}'), ("g", '{"list": []}')]
    loaded, first, second, third = served(tmp_path, source, *calls)
    assert loaded["takes"]["f"] == [1, 1]
    assert (first["result"], first["printed"]) == ("1", "1\n")
    assert second["result"] == '{"bytes": "00"}'
    assert json.loads(third["result"]) == {"list": [{"ticket": [0, "M"]}] * 2}


def test_the_process_tells_what_went_wrong(tmp_path):
    assert served(tmp_path, "1/0")[0]["error"]["kind"] == "ZeroDivisionError"
    _, error = served(tmp_path, "f = int", ("f", '{"list": ["x"]}'))
    assert error["error"]["line"] is None
    flood = served(
        tmp_path, f"def f():\n    print('x' * {child.PRINTED + 1})", ("f", '{"list": []}')
    )
    assert flood[1]["flood"].startswith("xxx")


def test_a_large_result_is_told_by_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(child, "RESULT", 5)
    assert (
        served(tmp_path, "def f():\n    return 'long text'", ("f", '{"list": []}'))[1]["large"]
        == 11
    )


def test_the_process_starts_with_its_limits(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(child, "limit_memory", lambda megabytes: given.append(megabytes) or "none")
    monkeypatch.setattr(child, "serve", lambda *all: given.append(all[-1]))
    monkeypatch.setattr(child.sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setenv(child.RUNS, "")
    child.start(str(tmp_path / "s.py"), "T", str(tmp_path / "dump"), "60", "5")
    assert given == [5, "none"]


def test_what_is_printed_says_that_it_can_be():
    assert child.Printed(print).writable()
