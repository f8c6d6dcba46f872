"""A block runs as a reader runs it: what a reader sees counts, and nothing outlives the page."""

import logging
import os
import re
import sys
import threading
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy  # noqa: F401 - loaded before the pages are
import pytest
import torch

from coursekit.config import Config
from coursekit.kinds.python import PYTHON
from coursekit.parser import load
from coursekit.problems import Problem
from coursekit.run import process_settings, session
from coursekit.run.session import Session
from coursekit.testing.page_run import PageRun


def blocks(*codes: str, shows: str = "") -> str:
    """A page of blocks, the last of which prints."""
    text = "".join(f"```python\n{code}\n```\n\n" for code in codes)
    return text + (f"```output\n{shows}\n```\n" if shows else "")


CHILD = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', \"print('hidden')\"])"
BELOW = [
    CHILD,
    "import os\nos.system('echo hidden')",
    "import os\n_ = os.write(1, b'hidden\\n')",
    "import sys\nprint('hidden', file=sys.__stdout__)",
    "import sys\n_ = sys.stdout.buffer.write(b'hidden\\n')",
]
if os.name == "posix":
    BELOW += [
        "import ctypes\n_ = ctypes.CDLL(None).printf(b'hidden\\n')",
        "import multiprocessing\nfork = multiprocessing.get_context('fork')\n"
        "child = fork.Process(target=print, args=('hidden',))\nchild.start()\nchild.join()",
    ]


@pytest.mark.parametrize("code", BELOW)
def test_what_is_written_below_python_counts_as_printed(course, code):
    course.page(blocks(code))
    course.fails_with(
        "the block prints, and the page shows no output", "hidden", passed=1, failed=2
    )
    course.page(blocks(code, shows="hidden"))
    course.fails_with(passed=3)


@pytest.mark.parametrize("capture", ["fd", "sys", "no"])
def test_lines_of_children_stand_where_they_were_written(course, capture):
    code = "print('one')\n" + CHILD + "\nprint('two', end='')\n" + CHILD + "\nprint('three')"
    course.page(blocks(code, shows="one\nhidden\ntwohidden\nthree"))
    course.ends_with(f"--capture={capture}", passed=3)


def test_the_buffer_lasts_for_the_page(course):
    start = "import subprocess, sys\ncode = \"input(); print('late')\"\n" + (
        "child = subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE)"
    )
    course.page(blocks(start, "_ = child.communicate(b'\\n')", shows="late"))
    course.fails_with(passed=4)


def test_what_is_printed_behind_the_last_block_fails_the_page(course):
    session = Session(Config.load(course.root), course.root, lambda: course.root)
    page = load(course.page(blocks("import os\nout = os.dup(1)")), Config.load(course.root))
    PYTHON.run(page.blocks[0], session)
    os.write(vars(session.module)["out"], b"late\n")
    assert session.late() == "late\n"
    os.close(vars(session.module)["out"])
    session.close()


def test_the_whole_page_fails_for_what_was_printed_behind_its_last_block(course, monkeypatch):
    def print_late(run: PageRun) -> Iterator[Problem]:
        os.write(out := vars(run.session.module)["out"], b"late\n")
        os.close(out)
        return iter(())

    monkeypatch.setattr(PageRun, "unlike", print_late)  # the first that looks at a whole page
    course.page(blocks("import os\nout = os.dup(1)"))
    message = (
        "docs/page.md:1: a process or thread that a block left running printed behind it: 'late'"
    )
    course.fails_with(message, passed=2, failed=1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import warnings\\n'\n"
         "    'warnings.warn(\"old\")'])", "UserWarning: old"),
        ("import threading\nthread = threading.Thread(target=lambda: 1 / 0)\nthread.start()\n"
         "thread.join()", "Traceback (most recent call last):"),
    ],
)  # fmt: skip
def test_a_complaint_that_a_reader_would_see_fails_wherever_it_comes_from(course, code, message):
    course.page(blocks(code))
    result = course.ends_with(passed=1, failed=2)
    assert message in result.stdout.str()
    assert "a reader would see a warning" in result.stdout.str()


KEPT = [  # a block, and one behind it, with what an interpreter prints
    ("import os\nfrom pathlib import Path\nPath('sub').mkdir()\nos.chdir('sub')\n"
     "_ = Path('f.txt').write_text('x')", "print(Path('f.txt').exists())", "True"),
    ("import os\nos.environ['SET'] = '1'\nprior = os.environ.pop('HOME', None)",
     "print(os.environ['SET'], 'HOME' in os.environ)", "1 False"),
    ("import sys\nsys.path.insert(0, 'elsewhere')", "print(sys.path[0])", "elsewhere"),
    ("import warnings\nwarnings.simplefilter('ignore')", "warnings.warn('old')\nprint('quiet')", "quiet"),
    ("import logging\nlogging.getLogger('lib').setLevel(logging.ERROR)",
     "logging.getLogger('lib').warning('odd')\nprint('quiet')", "quiet"),
    ("import logging\nlogging.disable()", "logging.warning('odd')\nprint('quiet')", "quiet"),
    ("import logging, sys\nlogging.basicConfig(level=logging.INFO, stream=sys.stdout)",
     "logging.info('seen')", "INFO:root:seen"),
    ("import random\nrandom.seed(1)", "print(random.random())", "0.13436424411240122"),
    ("import builtins\nbuiltins.mine = 3", "print(eval('mine'))", "3"),
    ("import io, sys\nterminal, sys.stdout = sys.stdout, io.StringIO()",
     "print('a')\nprint(sys.stdout.getvalue(), end='', file=terminal)", "a"),
    ("from __future__ import annotations", "def f(x: print): ...\nprint(f.__annotations__['x'])",
     "print"),
    ("from pathlib import Path\n_ = Path('helper.py').write_text('X = 4')",
     "import helper\nprint(helper.X)", "4"),
    ("import sys\nsys.setrecursionlimit(4321)", "print(sys.getrecursionlimit())", "4321"),
    ("import torch\n_ = torch.set_grad_enabled(False)", "print(torch.is_grad_enabled())", "False"),
    ("import numpy as np\nnp.set_printoptions(precision=2)", "print(np.array([1 / 3]))", "[0.33]"),
    ("import signal\nmine = signal.signal(signal.SIGTERM, signal.SIG_IGN)",
     "print(signal.getsignal(signal.SIGTERM) is signal.SIG_IGN)", "True"),
]  # fmt: skip
if os.name == "posix":  # Windows deletes no folder that somebody works in
    KEPT += [
        ("import os\nos.mkdir('sub')\nos.chdir('sub')\nos.rmdir('../sub')",
         "print(os.listdir())", "[]"),
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "shows"), KEPT)
def test_a_block_finds_what_an_interpreter_keeps(course, first, second, shows):
    course.page(blocks(first, second, shows=shows))
    course.fails_with(passed=4)


def test_code_under_the_main_guard_runs_as_in_a_script_and_a_notebook(course):
    course.page(
        blocks(
            'class P: ...\n\nif __name__ == "__main__":\n    print(P)', shows="<class '__main__.P'>"
        )
    )
    course.fails_with(passed=3)


def test_a_page_finds_nothing_that_only_the_tests_have(course, monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")
    course.page(
        blocks(
            "import os, sys, logging\nprint(sys.argv, logging.root.handlers)\n"
            "print([n for n in os.environ if n.startswith(('PYTEST_', 'MAKE'))])",
            shows="[''] []\n[]",
        )
    )
    course.fails_with(passed=3)


FAKE = """\
bars = True


def is_progress_bar_enabled():
    return bars


def enable_progress_bar():
    global bars
    bars = True


def disable_progress_bar():
    global bars
    bars = False
"""
LEAKS = [  # what a page does, and what another page must not see
    ("import os\nos.environ['LEAK'] = '1'", "import os\nprint(os.environ.get('LEAK'))", "None"),
    ("import os\nos.environ.pop('PATH')", "import os\nprint('PATH' in os.environ)", "True"),
    ("import sys\nsys.path.append('leak')", "import sys\nprint('leak' in sys.path)", "False"),
    ("import sys\nsys.path = []", "import sys\nprint(len(sys.path) > 1)", "True"),
    ("import os\nos.mkdir('sub')\nos.chdir('sub')", "import os\nprint(os.listdir())", "[]"),
    ("leak = 1", "print('leak' in globals())", "False"),
    ("import logging\nlogging.getLogger('leak').setLevel(50)",
     "import logging\nprint(logging.getLogger('leak').level)", "0"),
    ("import logging\nlogging.disable()", "import logging\nprint(logging.root.manager.disable)", "0"),
    ("import logging\nlogging.root.setLevel(10)", "import logging\nprint(logging.root.level)", "30"),
    ("import logging, sys\nlogging.getLogger('leak.out').addHandler(logging.StreamHandler(sys.stdout))",
     "import logging\nprint(logging.getLogger('leak.out').handlers)", "[]"),
    ("import logging\nlog = logging.FileHandler('log', delay=True)\n"
     "logging.getLogger('leak.log').addHandler(log)",
     "import logging\nprint(logging.getLogger('leak.log').handlers)", "[]"),
    ("import warnings\nwarnings.simplefilter('ignore')", "import warnings\nprint(warnings.filters[0][0])",
     "always"),
    ("import builtins\nbuiltins.leak = 1\nbuiltins.ascii = 2",
     "import builtins\nprint(hasattr(builtins, 'leak'), ascii('ä'))", "False '\\xe4'"),
    ("from pathlib import Path\n_ = Path('own.py').write_text('X = 1')\nimport own",
     "from pathlib import Path\n_ = Path('own.py').write_text('X = 2')\nimport own\nprint(own.X)", "2"),
    ("import fakelib\nfakelib.disable_progress_bar()",
     "import fakelib\nprint(fakelib.is_progress_bar_enabled())", "True"),
    ("import sys\nsys.stdout = None", "print('seen')", "seen"),
    ("import signal\n_ = signal.signal(signal.SIGTERM, signal.SIG_IGN)",
     "import signal\nprint(signal.getsignal(signal.SIGTERM) is signal.SIG_IGN)", "False"),
    ("import os\n_ = os.umask(0o123)", "import os\nprint(os.umask(0o22) == 0o123)", "False"),
    ("import sys\nsys.setrecursionlimit(4321)",
     "import sys\nprint(sys.getrecursionlimit() == 4321)", "False"),
    ("import sys\nsys.setswitchinterval(0.5)",
     "import sys\nprint(sys.getswitchinterval() == 0.5)", "False"),
]  # fmt: skip
if os.name == "posix":
    LEAKS += [
        ("import locale\n_ = locale.setlocale(locale.LC_TIME, 'C.UTF-8')",
         "import locale\nprint(locale.setlocale(locale.LC_TIME))", "C"),
        ("import resource\n_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
         "resource.setrlimit(resource.RLIMIT_NOFILE, (234, hard))",
         "import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 234)", "False"),
    ]  # fmt: skip
LIBRARIES = [  # the same, of libraries that are loaded before
    ("import numpy as np\nnp.set_printoptions(precision=2)", "import numpy as np\nprint(np.array([1 / 3]))",
     "[0.33333333]"),
    ("import torch\ntorch.set_printoptions(precision=2)", "import torch\nprint(torch.tensor([1 / 3]))",
     "tensor([0.3333])"),
    ("import torch\ntorch.set_default_dtype(torch.float64)", "import torch\nprint(torch.ones(1).dtype)",
     "torch.float32"),
    ("import torch\n_ = torch.set_grad_enabled(False)", "import torch\nprint(torch.is_grad_enabled())",
     "True"),
    ("import torch\ntorch.use_deterministic_algorithms(True)",
     "import torch\nprint(torch.are_deterministic_algorithms_enabled())", "False"),
    ("import torch\ntorch.set_num_threads(torch.get_num_threads() + 3)",
     f"import torch\nprint(torch.get_num_threads() == {torch.get_num_threads() + 3})", "False"),
    ("import matplotlib.pyplot as plt\n_ = plt.figure()",
     "import matplotlib.pyplot as plt\nprint(plt.get_fignums())", "[]"),
]  # fmt: skip


def test_nothing_that_a_page_changes_is_seen_by_the_next(course):
    """Each change is made by one page, and looked for by the one behind it, in one run of them all."""
    course.write("fakelib.py", FAKE)
    leaks = LEAKS + LIBRARIES
    for number, (does, looks, shows) in enumerate(leaks):
        course.page(blocks(does), f"docs/{number:02}-a.md")
        course.page(blocks(looks, shows=shows), f"docs/{number:02}-b.md")
    course.fails_with(passed=6 * len(leaks))


def test_chance_on_a_page_does_not_depend_on_the_page_before(course):
    course.page(blocks("import random\nrandom.seed(1)\n_ = random.random()"), "docs/a.md")
    course.page(
        blocks("import random\nprint(random.random())", shows="0.8474337369372327"), "docs/b.md"
    )
    course.fails_with("does not hold", passed=4, failed=2)


def process() -> tuple[object, ...]:
    """What the tests themselves must find again."""
    return (
        Path.cwd(),
        {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        list(sys.path),
        list(sys.argv),
        sys.modules["__main__"],
        list(warnings.filters),
        list(logging.root.handlers),
        logging.root.level,
        logging.root.manager.disable,
        sys.stdout,
        sys.stderr,
        process_settings.taken(),
    )


@pytest.mark.parametrize("failing", ["", "\n1 / 0"])
def test_the_tests_find_their_own_process_again_behind_each_block(course, failing):
    code = (
        "\n".join(does for does, _, _ in LEAKS if not re.search(r"fakelib|import own", does))
        + failing
    )
    page = load(course.page(blocks(code)), Config.load(course.root))
    session = Session(
        Config.load(course.root), course.write("home/x", "").parent, lambda: course.root
    )
    before = process()
    try:
        PYTHON.run(page.blocks[0], session)
    except ZeroDivisionError:
        assert failing
    assert process() == before
    session.close()
    assert process() == before


def test_all_code_of_a_page_can_be_instrumented(course):
    seen: list[types.CodeType] = []

    def note(code: types.CodeType) -> types.CodeType:
        seen.append(code)
        return code.replace(co_consts=tuple(3 if c == 2 else c for c in code.co_consts))

    page = load(course.page(blocks("x = 2", "print(x)")), Config.load(course.root))
    session = Session(Config.load(course.root), course.root, lambda: course.root, instrument=note)
    assert [PYTHON.run(block, session) for block in page.blocks] == ["", "3\n"]
    assert [code.co_filename for code in seen] == [str(page.path)] * 2
    session.close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('```{.python raises="SystemExit"}\nexit()\n```\n```output\nx\n```\n', "no reader could go on"),
        ('```{.python raises="KeyboardInterrupt"}\n1\n```\n```output\nx\n```\n', "no reader could go on"),
        ('```{.python raises="print"}\n1\n```\n```output\nx\n```\n', "is no exception's name"),
        ('```{.python raises="class"}\n1\n```\n```output\nx\n```\n', "is no exception's name"),
        ('```{.python raises="SyntaxError"}\nx = (\n```\n```output\nSyntaxError\n```\n',
         "so that the page's script does not even start"),
        ('```{.python raises="IndentationError"}\n  x\n y\n```\n```output\nx\n```\n',
         "does not even start"),
        ("```console\n$ echo 1\n```\n```output\n1\n```\n", "a console block shows its output itself"),
        ("```python\n1\n```\n```python\nfrom __future__ import annotations\n```\n",
         "docs/page.md:4: a __future__ import stands at the top"),
        ('```python\nprint(1)\n```\n```{.output .measured within="inf"}\n1\n```\n', "no positive number"),
        ('```python\nprint(1)\n```\n```{.output .measured within="nan"}\n1\n```\n', "no positive number"),
    ],
)  # fmt: skip
def test_a_promise_that_can_never_hold_is_a_problem_of_the_page(parse_error, text, message):
    assert message in parse_error(text)


def test_a_missing_program_is_named(course, monkeypatch):
    course.pytester.run("git", "init", "-q")
    course.page("```powershell\nls\n```\n")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    course.fails_with("no program 'pwsh' on this machine", passed=1, failed=2)


def test_a_command_that_does_not_end_is_stopped_and_named(course, monkeypatch):
    monkeypatch.setattr(session, "COMMAND_SECONDS", 0)
    course.page("```bash\nexec sleep 60\n```\n")
    course.fails_with("bash took longer than 0 s", passed=1, failed=2)


def test_commands_say_why_there_is_no_copy_to_run_them_in(course):
    course.page("```bash\nls\n```\n")
    course.pytester.run("git", "init", "-q")
    course.write(".git/HEAD", "broken\n")
    course.fails_with(
        "docs/page.md:1: no scratch copy of the repository to run commands in: git ls-files: fatal",
        passed=1,
        failed=2,
    )


def test_pages_run_in_processes_of_their_own_too(course):
    course.page(blocks(CHILD, "print('one')\n" + CHILD, shows="one\nhidden"), "docs/a.md")
    course.page(blocks(CHILD, shows="hidden"), "docs/b.md")
    result = course.run("-p", "xdist", "--numprocesses", "1", "--dist", "loadfile")
    counts = result.parseoutcomes()
    assert counts["failed"] == 2, result.stdout.str()
    assert "a.md:1: the block prints, and the page shows no output" in result.stdout.str()


def test_a_hard_limit_that_a_page_lowered_stops_nothing(monkeypatch):
    """Only root could raise it again."""

    def refused(*_: object) -> None:
        raise ValueError("not allowed to raise maximum limit")

    limits = types.SimpleNamespace(RLIMIT_X=0, getrlimit=lambda _: (1, 1), setrlimit=refused)
    monkeypatch.setattr(process_settings, "RESOURCE", limits)
    process_settings.put_back({"RLIMIT_X": (2, 2)})


def test_in_another_thread_no_handler_of_signals_is_touched():
    seen: list[set[str]] = []
    thread = threading.Thread(target=lambda: seen.append(set(process_settings.taken())))
    thread.start()
    thread.join()
    assert "SIGTERM" in process_settings.taken()
    assert "SIGTERM" not in seen[0]
    assert "umask" in seen[0]
