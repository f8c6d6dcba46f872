"""Every step that gates a change is really called, in workflows, in .ci/run and in the Makefile."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from coursekit import __main__ as commands
from coursekit.commands import gate
from coursekit.config import Config
from coursekit.kinds.shell import SHELL
from coursekit.parser import load
from coursekit.testing import coverage

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github/workflows"
CPU = "TORCH_INDEX=https://download.pytorch.org/whl/cpu"
# What each job runs, line by line. A step more belongs here, too: who reads this sees what gates.
COMMANDS = {
    "test.yml": {"test": [f"make test {CPU}"]},
    "pages.yml": {"build": [f"make test {CPU}", "make site"], "deploy": []},
    "snippets.yml": {
        "run": [
            "python -m pip install --constraint constraints.txt uv",
            "mkdir reader",
            "cd reader",
            "for name in clean_text tokenize_text prompt perplexity quantize generate_quantized "
            "fine_tune reward_model; do",
            'echo "--- $name"',
            'uv run "$GITHUB_WORKSPACE/snippets/$name.py"',
            "done",
        ],
        "record": [f"make test-hub {CPU}"],
    },
    "weekly.yml": {
        "newest": [
            'python -m pip install --upgrade --editable ".[docs,run,quantization,dev]" '
            "--extra-index-url https://download.pytorch.org/whl/cpu",
            "python -m pytest --claims-only docs src/lessons tests/lessons tests/coursekit",
            "python -m coursekit site",
        ],
        "everything": [f"make test-all {CPU}"],
        "snippets": [],
        "links": [
            'python -m pip install --constraint constraints.txt --editable ".[docs]"',
            "python -m coursekit links",
        ],
    },
}
# When each workflow starts; `true` is how YAML 1.1 reads the key `on`.
EVENTS = {
    "test.yml": {"pull_request": None, "push": {"branches": ["main"]}},
    "pages.yml": {"push": {"branches": ["main"]}, "workflow_dispatch": None},
    "snippets.yml": {
        "pull_request": {"paths": ["snippets/**", ".github/workflows/snippets.yml"]},
        "workflow_call": None,
        "workflow_dispatch": None,
    },
    "weekly.yml": {"schedule": [{"cron": "17 4 * * 1"}], "workflow_dispatch": None},
}
# A maintainer commits what the job records; a pull request from elsewhere has nothing to record.
CONDITIONS = {("snippets.yml", "record"): "github.event_name != 'pull_request'"}
TEST = "$(KIT) test $(if $(FRESH),--fresh) $(PAGE)"
CI = ["make browser", "make test", "make site"]
RECIPES = {
    "site": ["@$(KIT) site"],
    "test": [f"@{TEST}"],
    "check": ["@$(KIT) check"],
    "test-all": ["@$(KIT) test-all"],
    "test-hub": ["@$(KIT) test-hub"],
}
# Each way to run a command and not to care whether it fails.
CARELESS = re.compile(
    r"\|\|\s*(?:true|:|exit 0|echo)|;\s*(?:true|:|exit 0)\b|\bset \+[eou]|\|\s*(?:tee|cat)\b"
    r"|continue-on-error|\bexit 0\b|&\s*$",
    re.MULTILINE,
)


def careless(name: str, text: str) -> Iterator[str]:
    """Lines that let a failure pass, as ``file:line: text``."""
    for number, line in enumerate(text.splitlines(), 1):
        if CARELESS.search(line):
            yield f"{name}:{number}: a failure here passes: {line.strip()}"


def workflow_faults(name: str, text: str) -> Iterator[str]:
    """What a workflow runs otherwise than is listed above."""
    yield from careless(name, text)
    plan: dict[Any, Any] = yaml.safe_load(text)
    if plan.get(True, plan.get("on")) != EVENTS[name]:
        yield f"{name}: starts on {plan.get(True, plan.get('on'))}, not on {EVENTS[name]}"
    for job, content in plan["jobs"].items():
        steps = content.get("steps", [])
        found = [line.strip() for s in steps for line in s.get("run", "").splitlines() if line]
        if found != COMMANDS[name].get(job):
            yield f"{name}: job {job} runs {found}, not {COMMANDS[name].get(job)}"
        for part in (content, *steps):
            if "if" in part and part["if"] != CONDITIONS.get((name, job)):
                yield f"{name}: job {job} runs only if {part['if']}"
    for job in COMMANDS[name].keys() - plan["jobs"].keys():
        yield f"{name}: no job {job}"


def ci_faults(text: str) -> Iterator[str]:
    """What .ci/run runs otherwise than is listed above."""
    yield from careless(".ci/run", text)
    lines = text.splitlines()
    if "set -euo pipefail" not in lines:
        yield ".ci/run: goes on behind a command that failed; write set -euo pipefail"
    if (found := [line for line in lines if line.startswith("make ")]) != CI:
        yield f".ci/run: runs {found}, not {CI}"


def makefile_faults(text: str) -> Iterator[str]:
    """What the Makefile's targets run otherwise than is listed above."""
    yield from careless("Makefile", text)
    for match in re.finditer(r"^\t[@+]*-.*|^\.IGNORE.*|^MAKEFLAGS.*-[ik].*", text, re.MULTILINE):
        yield f"Makefile: a failure here passes: {match.group().strip()}"
    for target, wanted in RECIPES.items():
        rule = re.search(rf"^{target}:.*\n((?:\t.*\n)*)", text, re.MULTILINE)
        found = [line.strip() for line in rule[1].splitlines()] if rule else None
        if found != wanted:
            yield f"Makefile: {target} runs {found}, not {wanted}"


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_workflow_is_listed():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(COMMANDS) == sorted(EVENTS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_workflow_runs_what_is_listed_and_heeds_failures(name):
    assert list(workflow_faults(name, read(f".github/workflows/{name}"))) == []


def test_the_gate_and_the_makefile_run_what_is_listed_and_heed_failures():
    assert [*ci_faults(read(".ci/run")), *makefile_faults(read("Makefile"))] == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (CPU, f"{CPU} || true", "test.yml:28: a failure here passes"),
        (CPU, f"{CPU} ; true", "test.yml:28: a failure here passes"),
        (CPU, f"{CPU} | tee log", "test.yml:28: a failure here passes"),
        ("- run: make", "- continue-on-error: true\n        run: make", "test.yml:28: a failure"),
        ("- run: make", "- if: false\n        run: make", "job test runs only if False"),
        ("timeout-minutes", "if: false\n    timeout-minutes", "job test runs only if False"),
        ("- run: make test", "# - run: make test", "job test runs [], not"),
        ("make test", "make check", "job test runs ['make check"),
        ("- run: make", "- run: |\n          set +e\n          make", "test.yml:29: a failure"),
        ("  pull_request:\n", "", "starts on {'push'"),
        ("branches: [main]", "branches: [never]", "starts on {'pull_request'"),
        ("  test:\n    runs-on", "  quick:\n    runs-on", "test.yml: no job test"),
    ],
)
def test_a_workflow_that_gates_no_longer_is_noticed(old, new, message):
    text = read(".github/workflows/test.yml")
    assert old in text
    assert message in "\n".join(workflow_faults("test.yml", text.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("make test", "# make test", "runs ['make browser', 'make site'], not"),
        ("make test", "make test || true", ".ci/run:14: a failure here passes"),
        ("make site\n", "", "runs ['make browser', 'make test'], not"),
        ("set -euo pipefail", "set +e", "goes on behind a command that failed"),
        ("make test", "exit 0\nmake test", ".ci/run:14: a failure here passes"),
    ],
)
def test_a_gate_that_gates_no_longer_is_noticed(old, new, message):
    text = read(".ci/run")
    assert f"\n{old}" in text
    assert message in "\n".join(ci_faults(text.replace(f"\n{old}", f"\n{new}", 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f"@{TEST}", f"@{TEST} || true", "a failure here passes"),
        (f"@{TEST}", f"-@{TEST}", "a failure here passes: -@$(KIT)"),
        (f"@{TEST}", f"@-{TEST}", "a failure here passes: @-$(KIT)"),
        (f"\t@{TEST}\n", f"\t# @{TEST}\n", "Makefile: test runs"),
        ("\t@$(KIT) check\n", "", "Makefile: check runs []"),
        (".PHONY:", ".IGNORE:\n.PHONY:", "a failure here passes: .IGNORE"),
    ],
)
def test_a_target_that_gates_no_longer_is_noticed(old, new, message):
    text = read("Makefile")
    assert old in text
    assert message in "\n".join(makefile_faults(text.replace(old, new, 1)))


def test_the_gating_command_lints_checks_types_and_spelling_and_runs_all_tests(monkeypatch):
    ran: list[list[str]] = []
    monkeypatch.setattr(gate, "run_step", lambda _, *step, **__: ran.append(list(step)) or 1)
    monkeypatch.setattr(coverage, "command", lambda _, arguments: (["counted", *arguments], {}))
    monkeypatch.setattr(coverage, "judge", lambda *_: 0)
    monkeypatch.setenv("CI", "true")
    assert commands.main(["test"]) == 1
    assert ran[:5] == [
        ["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["coursekit.commands.layers"],
        ["coursekit.commands.spelling"],
    ]  # fmt: skip
    # No folder is named, so testpaths says which tests run; promises.txt shows that setting.
    assert ran[5:] == [["counted", *gate.parallel("--record-verified")]]


def test_commands_of_pages_need_nothing_of_an_environment_but_its_python():
    """A scratch copy offers ``.venv/bin/python`` on every system, and nothing else below ``.venv``."""
    config = Config.load(ROOT)
    named = {
        f"{config.relative(path)}: {word}"
        for path in config.page_files
        for block in load(path, config).of_kind(SHELL)
        if block.skip is None
        for word in re.findall(r"[^\s\"']*\.venv[^\s\"']*", block.body)
        if word != ".venv/bin/python"
    }
    assert named == set()
