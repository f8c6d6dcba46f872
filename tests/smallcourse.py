"""A small course with one of each place that lists pages, experiments and scripts."""

from pathlib import Path

from samplepages import INDEX, NAV, OUTLINE, PLAIN

LAYERS = """\
[project]
name = "small"

[[tool.importlinter.contracts]]
layers = [
    "registry",
    "sample", # one page
    "catalog",
]

[tool.importlinter]
root_package = "lessons"
"""
SELF_TEST = "## Sample\n\nUnsure? Read [Sample](sample.md) again.\n\n## Last\n"
EXPERIMENTS = '''\
"""Recorded for the page."""

from collections.abc import Sequence

from lessons.catalog.experiment import Experiment, Record

EXPERIMENTS = (
    Experiment(name="sample_old"),
)
'''
REGISTRY = """\
from lessons.catalog.experiment import Experiment
from lessons.sample import experiments as sample

EXPERIMENTS = {
    experiment.name: experiment
    for page in (
        sample,
    )
    for experiment in page.EXPERIMENTS
}
"""
SCRIPT = '''\
# /// script
# ///
"""Do one thing."""

OPTION = "--model"
'''
LOOP = "for name in long short; do\n  run $name\ndone\n"


def write_small(root: Path) -> Path:
    """Write the course into a folder."""
    files = {
        "mkdocs.yml": "site_name: small\nurl: !ENV [X, '']\n" + NAV,
        "pyproject.toml": LAYERS,
        "docs/index.md": PLAIN.format(title="Home", body="Hello."),
        "docs/lesson-4/index.md": INDEX,
        "docs/lesson-4/sample.md": PLAIN.format(title="Sample", body="Words."),
        "docs/lesson-4/outline.yml": OUTLINE,
        "docs/lesson-4/self-test.md": SELF_TEST,
        "src/lessons/__init__.py": "",
        "src/lessons/registry.py": REGISTRY,
        "src/lessons/sample/__init__.py": "",
        "src/lessons/sample/experiments.py": EXPERIMENTS,
        "snippets/long.py": SCRIPT + "# more\n",
        "snippets/short.py": SCRIPT,
        "snippets/tiny.py": '"""No model."""\n',
        ".github/workflows/snippets.yml": LOOP,
        "tests/test_workflows.py": f'"""\n{LOOP}"""\n',
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def tree(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def read(root: Path, name: str) -> str:
    return (root / name).read_text("utf-8")
