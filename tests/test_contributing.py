"""What the texts for contributors name exists: files, commands and targets."""

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from fnmatch import translate
from pathlib import Path

import pytest
import yaml

from coursekit import __main__ as commands
from coursekit import kinds, tree

ROOT = Path(__file__).parents[1]
TEXTS = (
    "README.md", "CHANGELOG.md", "SECURITY.md", "docs/contributing.md",
    "docs/contributing/recipes.md", ".github/pull_request_template.md",
)  # fmt: skip
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:\.?[\w.-]+/)+[\w.*-]*|[\w-]+\.(?:ya?ml|toml|txt|json)")
# An example's: of names that a contributor chooses, of files that commands make, or that must not be there.
EXAMPLES = re.compile(
    r"NAME|OLD|FOLDER|questions|models/memory|lesson-4/(?:safety|old|new)\b|example\.py|safety"
    r"|docs/lesson-5/|lesson-5/|gpt2-tokenizer|recorded\.json|figures/name|user\.|\.cache|\.venv|org/"
)
KIT = re.compile(r"(?:-m coursekit|\$\(KIT\)) ([a-z][a-z-]*)")
MAKE = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def exists(path: str) -> bool:
    """Whether a path or a pattern fits a file or a folder, from the root or from a folder of it."""
    wanted = path.rstrip("/")
    fits = re.compile(f"{translate(wanted)}|{translate(f'*/{wanted}')}").match
    return any(map(fits, KNOWN))


FILES = frozenset(tree.files(ROOT))
KNOWN = FILES | {parent.as_posix() for name in FILES for parent in Path(name).parents}


def missing_paths(text: str) -> Iterator[str]:
    """The paths that code in a text names and that are not there."""
    for code in CODE.findall(re.sub(r"^(`{3,}).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)):
        for path in PATH.findall(code):
            if code == path and not EXAMPLES.search(path) and not exists(path):
                yield path


def subcommands() -> frozenset[str]:
    """The commands of coursekit, as it lists them itself."""
    with redirect_stdout(io.StringIO()) as said, pytest.raises(SystemExit):
        commands.main(["--help"])
    return frozenset(re.findall(r"^    ([a-z-]+)(?= |$)", said.getvalue(), re.MULTILINE))


def targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("name", TEXTS)
def test_each_file_that_a_text_for_contributors_names_is_there(name):
    assert list(missing_paths(read(name))) == []


def test_a_file_that_is_not_there_is_noticed():
    text = "`src/coursekit/gone.py`, `src/coursekit/config.py` and `tests/`\n\n```bash\n`no/file`\n```\n"
    assert list(missing_paths(text)) == ["src/coursekit/gone.py"]


@pytest.mark.parametrize("name", [*TEXTS, ".pre-commit-config.yaml", "Makefile"])
def test_each_command_and_target_that_a_text_names_is_there(name):
    text = read(name)
    assert set(KIT.findall(text)) - subcommands() == set()
    if name != "Makefile":
        assert set(MAKE.findall(text)) - targets() == set()


def test_commands_and_targets_are_known():
    assert {"new", "update", "check", "costs", "promises"} <= subcommands()
    assert {"update", "check", "test"} <= targets()


def test_whoever_owns_files_owns_some_that_are_there():
    rows = [row.split() for row in read(".github/CODEOWNERS").splitlines() if row[:1] not in "#"]
    assert rows[0][0] == "*"
    for pattern, *owners in rows:
        assert owners, f"{pattern} has no owner"
        assert all(re.fullmatch(r"@[\w-]+(?:/[\w-]+)?", owner) for owner in owners)
        assert pattern == "*" or (ROOT / pattern.strip("/")).exists(), pattern


def test_optional_hooks_call_what_the_course_installs():
    (repo,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert repo["repo"] == "local", "no hook is fetched from elsewhere"
    entries = {hook["id"]: hook["entry"] for hook in repo["hooks"]}
    assert entries.keys() == {"ruff", "ruff-format", "check"}
    assert all(entry.startswith(".venv/bin/") for entry in entries.values())


def test_editors_are_told_what_the_linter_demands():
    told = read(".editorconfig")
    assert re.search(r"^\[\*\.py\]\nindent_size = 4\nmax_line_length = 100$", told, re.MULTILINE)
    assert "line-length = 100" in read("pyproject.toml")
    assert "[Makefile]\nindent_style = tab" in told


@pytest.mark.parametrize("target", sorted(targets() - {"help", "clean"}))
def test_whatever_make_does_python_does_without_it(target):
    assert target in subcommands()


def test_the_way_without_make_names_each_new_command():
    way = read("docs/contributing.md").partition("## The same without make")[2]
    for command in ("new page", "new experiment", "new script", "update", "promises", "check"):
        assert rf".venv\Scripts\python -m coursekit {command}" in way


def test_the_table_of_fences_has_every_kind():
    table = read("docs/contributing.md").partition("## The fences")[2].partition("\n## ")[0]
    named = set(re.findall(r"`\{?\.?([a-z]+)[^`]*`", table))
    assert set(kinds.languages()) <= named
