"""Recorded runs of scripts: what is shown below a script, and each fault of the file by its name."""

import hashlib
import json

import pytest

from coursekit.config import Config
from coursekit.page.script_records import OWN, below, problems, read
from coursekit.parser import load

SCRIPT = "print(3)\n"
ENTRY = {
    "date": "2026-12-01",
    "machine": "AMD <A>, 2 cores, Linux",
    "accelerator": "none",
    "python": "3.11.9",
    "versions": {"torch": "2.13.0", "transformers": "5.23.0"},
    "command": "python greet.py",
    "download_mb": 551.2,
    "seconds": 9.2,
    "output": "tokens: 8 of 9\n\n<pad>\n",
    "script": hashlib.sha256(SCRIPT.encode()).hexdigest(),
}


@pytest.fixture
def show(course):
    """What stands below a script, as HTML."""

    def shown(args: str = "", script: str = SCRIPT) -> str:
        course.write("snippets/greet.py", script)
        given = f' args="{args}"' if args else ""
        page = course.page(f'```{{.python .script{given}}}\n--8<-- "snippets/greet.py"\n```\n')
        config = Config.load(course.root)
        return below(load(page, config).blocks[0], read(config))

    return shown


def record(course, text: str | None = None, model: str = OWN, **changes: object) -> None:
    entry = {k: v for k, v in {**ENTRY, **changes}.items() if v is not None}
    found = {"greet.py": {model: entry}}
    course.write("snippets/recorded.json", json.dumps(found) if text is None else text)


def test_a_recorded_run_says_when_on_what_and_shows_what_was_printed(course, show):
    record(course)
    html = show()
    assert (
        'Recorded with the model that it names on <time datetime="2026-12-01">2026-12-01</time>: '
        "<code>python greet.py</code> downloaded 551 MB and took 9 s once that was there "
        "(AMD &lt;A&gt;, 2 cores, Linux, no accelerator; Python 3.11.9, torch 2.13.0, "
        "transformers 5.23.0). It printed:</p>"
    ) in html
    assert "<pre><code>tokens: 8 of 9\n\n&lt;pad&gt;\n</code></pre>" in html
    assert 'data-generated="recorded"' in html


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"download_mb": 0, "seconds": 0.4}, "downloaded nothing and took less than a second ("),
        ({"download_mb": 0.3}, "downloaded less than 1 MB and took 9 s"),
        ({"download_mb": 1551, "seconds": 61.5}, "downloaded 1,551 MB and took 62 s"),
        ({"accelerator": "cuda"}, "Linux, cuda; Python"),
    ],
)
def test_small_and_large_amounts_read_well(course, show, changes, said):
    record(course, **changes)
    assert said in show()


def test_a_script_that_changed_since_says_so(course, show):
    record(course)
    assert "has changed" not in show()
    assert "The script has changed since. It printed:" in show(script=SCRIPT + "print(4)\n")


def test_a_script_shows_its_own_run(course, show):
    course.write("snippets/ask.py", SCRIPT)
    other = {**ENTRY, "output": "of another script"}
    both = {"ask.py": {OWN: other}, "greet.py": {OWN: ENTRY}}
    course.write("snippets/recorded.json", json.dumps(both))
    assert "tokens: 8 of 9" in show()
    assert "of another script" not in show()


def test_line_breaks_of_another_system_change_no_script(course, show):
    record(course)
    show()
    (course.root / "snippets/greet.py").write_bytes(SCRIPT.replace("\n", "\r\n").encode())
    config = Config.load(course.root)
    page = load(course.root / "docs" / "page.md", config)
    assert "has changed" not in below(page.blocks[0], read(config))


def test_only_a_script_that_ran_with_other_arguments_needs_an_excuse_for_no_record(show):
    assert "Not recorded with the model that it names yet" in show("--model x")
    assert show() == ""


def test_a_record_is_shown_for_a_script_with_arguments_too(course, show):
    record(course)
    assert "It printed:" in show("--model x")
    assert "Not recorded" not in show("--model x")


def test_a_run_with_another_model_names_it_and_excuses_the_own_one(course, show):
    record(course, model="Some <Model>")
    html = show("--model x")
    assert "Recorded with Some &lt;Model&gt; on <time" in html
    assert html.index("Not recorded with the model that it names yet") < html.index("Some &lt;")
    assert "Not recorded" not in show()


def test_runs_with_several_models_stand_in_one_place_the_own_one_first(course, show):
    names = ("zeta", "Alpha", OWN)
    runs = {name: {**ENTRY, "output": f"from {name}"} for name in names}
    course.write("snippets/recorded.json", json.dumps({"greet.py": runs}))
    html = show("--model x")
    assert html.count("<section") == 1
    places = [html.index(f"from {name}") for name in (OWN, "Alpha", "zeta")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"date": "1 December"}, "'date' is a day, YYYY-MM-DD, found '1 December'"),
        ({"seconds": None}, "no 'seconds' (a number of seconds)"),
        ({"seconds": True}, "'seconds' is a number of seconds, found True"),
        ({"seconds": float("inf")}, "'seconds' is a number of seconds, found inf"),
        ({"download_mb": -1}, "'download_mb' is a number of MB, found -1"),
        ({"versions": {}}, "'versions' is packages and their versions, as text, found {}"),
        ({"output": " \n"}, "'output' is text, found ' \\n'"),
        ({"script": "abc"}, "'script' is the script's SHA-256, 64 hexadecimal digits, found 'abc'"),
        ({"note": "x"}, "unknown ['note']; known: ['date', "),
    ],
)
def test_a_malformed_entry_fails_with_file_script_and_fault(course, changes, message):
    course.write("snippets/greet.py", SCRIPT)
    course.page('```{.python .script}\n--8<-- "snippets/greet.py"\n```\n\n```output\n3\n```\n')
    record(course)
    course.fails_with(passed=3)
    record(course, **changes)
    course.fails_with(f"snippets/recorded.json:1: greet.py, own: {message}", passed=3, failed=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"greet.py":\n', "recorded.json:2: is not JSON: Expecting value"),
        ("[]", "recorded.json:1: is no object of scripts and their runs"),
        ('{"greet.py": 3}', "recorded.json:1: greet.py: an object of models and"),
        ('{"greet.py": {"own": 3}}', "greet.py, own: an entry is an object, this one is 3"),
        ('{"gone.py": {}}', "gone.py: no such script in snippets; there: greet.py"),
    ],
)
def test_a_file_of_runs_that_is_none_is_named(course, text, message):
    course.write("snippets/greet.py", SCRIPT)
    record(course, text)
    assert message in "\n".join(map(str, problems(Config.load(course.root))))
