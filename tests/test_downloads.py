"""The downloads of the real pages, run where a reader would: outside the repository, with the wheel."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest

from coursekit.config import Config
from coursekit.downloads.export import notebook, notebook_source, script
from coursekit.kinds.output import broken
from coursekit.kinds.python import PYTHON
from coursekit.page.contents import Block, Page
from coursekit.parser import load
from coursekit.run.start import start

ROOT = Path(__file__).parents[1]
CONFIG = Config.load(ROOT)
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], 4)
NotebookClient(book, timeout=600, kernel_name="python3").execute()
nbformat.write(book, sys.argv[1])
"""


def lessons(by_day: bool = True) -> list[object]:
    """Lesson pages with Python blocks; all but the introduction, the shortest, wait for the night."""
    pages = [load(path, CONFIG) for path in CONFIG.lesson_files]
    pages = [page for page in pages if page.of_kind(PYTHON)]
    pages.sort(key=lambda page: page.path.stem != "index")
    return [
        pytest.param(
            page, id=page.path.stem, marks=[pytest.mark.nightly] if number or not by_day else []
        )
        for number, page in enumerate(pages)
    ]


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and, of this one, the dependencies only.

    A path named in a .pth file is searched but its own .pth files are not read, so that the editable
    install of this repository stays out of sight.
    """
    folder = tmp_path_factory.mktemp("reader")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "env", with_pip=False, symlinks=os.name != "nt")
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    (Path(where) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (Path(where) / "sitecustomize.py").write_text(start(), "utf-8")
    (wheel,) = (folder / "dist").glob("*.whl")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*install, "--offline", "--no-deps", str(wheel)], check=True)
    return python


def in_readers_folder(python: Path, folder: Path, *arguments: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    environment |= {"HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readers_lessons_come_from_the_wheel(reader, tmp_path):
    code = "import lessons, importlib.util; print(lessons.__file__, importlib.util.find_spec('coursekit'))"
    where, kit = in_readers_folder(reader, tmp_path, "-c", code).split()
    assert Path(where).is_relative_to(reader.parents[1])
    assert kit == "None"


def difference(block: Block, printed: str) -> str | None:
    if block.output is None:
        return None if not printed.strip() else f"printed {printed!r}, the page shows nothing"
    return broken(block.output, printed)


@pytest.mark.parametrize(
    "page", lessons(by_day=False)
)  # by day a notebook, which runs the same code
def test_a_pages_script_prints_what_the_page_shows(reader: Path, tmp_path: Path, page: Page):
    file = tmp_path / "page.py"
    file.write_text(script(page, CONFIG), "utf-8")
    lines = in_readers_folder(reader, tmp_path, file.name).splitlines()
    for block in page.of_kind(PYTHON):
        count = len(block.output.body.rstrip("\n").splitlines()) if block.output else 0
        printed, lines = "\n".join(lines[:count]), lines[count:]
        assert difference(block, printed) is None, f"{page.path.name}:{block.line}"
    assert lines == []


@pytest.mark.parametrize("page", lessons())
def test_a_pages_notebook_shows_what_the_page_shows(reader: Path, tmp_path: Path, page: Page):
    file = tmp_path / "page.ipynb"
    file.write_text(notebook(page, CONFIG), "utf-8")
    in_readers_folder(reader, tmp_path, "-c", EXECUTE, file.name)
    code = [cell for cell in nbformat.read(file, 4).cells if cell.cell_type == "code"]
    blocks = page.of_kind(PYTHON)
    assert [cell.source for cell in code] == [notebook_source(block) for block in blocks]
    for cell, block in zip(code, blocks, strict=True):
        assert difference(block, printed_by(cell, block)) is None, f"{page.path.name}:{block.line}"


def printed_by(cell: nbformat.NotebookNode, block: Block) -> str:
    """What a cell printed; a notebook names an error by its class, a page by its module, too.

    A chart that the block saves for the page is shown below its cell.
    """
    text = ""
    for output in cell.outputs:
        if output.output_type == "display_data":
            assert "image/png" in output.data, "a cell shows a value; print it"
            assert "save(" in block.code.text, "a cell shows a chart that it does not save"
            continue
        assert output.output_type in {"stream", "error"}, "a cell shows a value; print it"
        if output.output_type == "stream" and output.name == "stdout":
            text += output.text
        elif output.output_type == "error":
            named = re.search(rf"^(?:\w+\.)*{output.ename}(?=:)", block.output.body, re.MULTILINE)
            name = named.group() if named else output.ename
            text += f"{name}: {output.evalue}".splitlines()[0] + "\n"
    return text
