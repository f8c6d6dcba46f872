"""What holds for the repository as a whole: pins, workflows, and what must not stand in a file."""

import ast
import importlib.metadata
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from coursekit.config import Config
from coursekit.course import outline
from coursekit.parser import load
from lessons.storage import SHIPPED

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
# pip and its tools belong to the environment, not to the course.
TOOLS = {"pip", "setuptools", "wheel", "llm-development-fundamentals"}


def pins() -> Iterator[Requirement]:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            yield Requirement(line)


def test_every_installed_package_is_pinned_to_the_version_that_is_installed():
    pinned = {
        canonicalize_name(p.name): p for p in pins() if p.marker is None or p.marker.evaluate()
    }
    wrong = {}
    for distribution in importlib.metadata.distributions():
        name = canonicalize_name(distribution.name)
        pin = pinned.get(name)
        if name not in TOOLS and (pin is None or not pin.specifier.contains(distribution.version)):
            wrong[name] = f"installed {distribution.version}, pinned {pin}"
    assert wrong == {}


def test_pins_are_exact_and_carry_no_local_version():
    for pin in pins():
        (specifier,) = pin.specifier
        assert specifier.operator == "==", pin
        assert "+" not in specifier.version, pin


def test_the_site_needs_no_model_library():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    names = {Requirement(r).name for r in extras["docs"]}
    assert names.isdisjoint({"torch", "transformers", "tokenizers"})


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda p: p.stem)
def test_workflows_pin_actions_by_hash_and_ask_for_few_permissions(workflow):
    text = workflow.read_text()
    plan = yaml.safe_load(text)
    assert plan["permissions"] == {"contents": "read"}
    for line in text.splitlines():
        if re.search(r"\buses:", line) and "uses: ./.github/" not in line:
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d", line), line
    assert "secrets." not in text
    assert "pull_request_target" not in text


def test_the_workflow_runs_each_script_and_quantizes_before_it_generates():
    text = (ROOT / ".github/workflows/snippets.yml").read_text()
    names = re.search(r"for name in ([\w ]+); do", text)[1].split()
    assert sorted(names) == sorted(path.stem for path in (ROOT / "snippets").glob("*.py"))
    assert names.index("quantize") < names.index("generate_quantized")


def test_the_course_keeps_its_promises_in_a_file():
    """Without the setting, the check of the promises has nothing to compare."""
    assert (ROOT / Config.load(ROOT).promises).is_file()


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_folder_of_somebodys_machine():
    pattern = re.compile(r"/(?:home|root|Users|work)/\w+|C:\\\\Users")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path != Path(__file__)
        and path.suffix not in {".png", ".ico", ".safetensors", ".wasm", ".woff2"}
        for match in pattern.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_no_file_but_the_models_weights_is_larger_than_a_megabyte():
    large = [path for path in tracked() if path.stat().st_size > 1_000_000]
    folders = (ROOT / "src/lessons/checkpoints" / name for name in SHIPPED)
    weights = {folder / "model.safetensors" for folder in folders}
    weights.add(ROOT / "docs/assets/models/sentiment/model.safetensors")  # runs in the page
    assert set(large) <= weights


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def test_lessons_never_import_coursekit_and_coursekit_no_model_library():
    for folder, forbidden in (("lessons", {"coursekit"}), ("coursekit", {"torch", "transformers"})):
        for path in (ROOT / "src" / folder).rglob("*.py"):
            assert forbidden.isdisjoint(imported(path)), path


def test_lesson_4_keeps_to_its_seventy_minutes():
    config = Config.load(ROOT)
    pages = [load(path, config) for path in config.lesson_files]
    minutes = {p.path.name: p.meta["minutes"] for p in pages if p.path.parent.name == "lesson-4"}
    lesson = outline.read(ROOT / "docs/lesson-4/outline.yml", config)
    assert lesson.taught == 70, f"give some of other pages' `minutes:` to the new one: {minutes}"
