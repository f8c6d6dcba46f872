import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from coursekit import browser
from coursekit.built import Site
from coursekit.config import Config
from samplepages import BREAKS, GLOSSARY, GREET, HELLO, LAB, RECORDED
from visiting import Visit, serve

ROOT = Path(__file__).parents[2]
# Runs mkdocs with everything refused that a build must not import, and writes down who asked for it.
BUILD = """
import sys
refused = {"torch", "transformers", "tokenizers", "lessons"}
log, *arguments = sys.argv[1:]
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            with open(log, "a") as file:
                file.write(name + "\\n")
            raise ImportError(name + " must not be imported while building")
sys.meta_path.insert(0, Refuse())
from mkdocs.__main__ import cli
cli(arguments)
"""


@dataclass(frozen=True)
class Built:
    """A course and the site built from it."""

    course: Path
    root: Path
    said: str
    status: int
    imported: str

    @property
    def site(self) -> Site:
        return Site(self.root)

    @property
    def config(self) -> Config:
        return Config.load(self.course)

    def html(self, page: str) -> str:
        return (self.root / page / "index.html").read_text("utf-8")


def build_to(course: Path, to: Path, **environment: str) -> Built:
    log = to.with_suffix(".imports")
    paths = os.pathsep.join([str(course / "src"), os.environ.get("PYTHONPATH", "")])
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE_", "COV_"))}
    command = [sys.executable, "-c", BUILD, str(log)]
    done = subprocess.run(
        [*command, "build", "--strict", "--quiet", "--site-dir", str(to)],
        cwd=course,
        env={**keep, "PYTHONPATH": paths, "NO_MKDOCS_2_WARNING": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    imported = log.read_text("utf-8") if log.exists() else ""
    return Built(course, to, done.stdout + done.stderr, done.returncode, imported)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Built]) -> Built:
    """Build a site once for all workers of a test run."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    shared = factory.getbasetemp() if alone else factory.getbasetemp().parent
    folder = shared / name
    with FileLock(f"{folder}.lock"):
        done = folder / "done"
        if not done.exists():
            folder.mkdir(exist_ok=True)
            built = make(folder)
            assert built.status == 0, built.said
            assert built.said == "", "a build that succeeds has nothing to say"
            done.write_text(str(built.course), "utf-8")
        course = Path(done.read_text("utf-8"))
    log = folder / "site.imports"
    imported = log.read_text("utf-8") if log.exists() else ""
    return Built(course, folder / "site", "", 0, imported)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The course's own site."""
    return once(tmp_path_factory, "real", lambda folder: build_to(ROOT, folder / "site"))


LESSON = '''\
---
title: Sample
description: A page with one of everything.
minutes: 10
objectives:
  - count words & letters
---

# Sample

Half of the words are {{ constant 0.5 }}; the count is {{ output.counts.the }}.

```{.figure src="figures/bars.svg"}
Two bars, the first is "longer" than the second.
```

```python
--8<-- "src/lessons/sample.py:imports"
```

```{.python title="Count words" #count}
--8<-- "src/lessons/sample.py:count"
```

```python
print("the:", count("the cat & the <mat>")["the"])
```

```{.output #counts}
the: 2
```

```python
print("loss 0.53")
```

```{.output .measured within="0.03"}
loss 0.53
```

```{.python raises="TypeError" cause="A number has no length"}
len(5)
```

```output
TypeError: object of type 'int' has no len()
```

??? note "Collapsed"

    ```python
    squares = [x * x for x in range(3)]

    print(squares, """
    ~~~ not a fence
    """)
    ```

    ```output
    [0, 1, 4]
    ~~~ not a fence
    ```

```{.quiz}
question: Which tokenizer has **no** unknown token, see `encode`?
choices:
  - text: Word-based
    why: A word that training never saw is unknown.
  - text: Byte-level
    why: Each byte has a token; see [the collapsed note](#sample) and [the lesson](index.md).
    right: true
```

```{.quiz}
question: What does a larger vocabulary buy?
choices:
  - text: Shorter sequences
    why: More words are one token.
    right: true
  - text: A smaller model
    why: The embedding grows.
```

??? example "greet.py, the whole script"

    ```{.python .script args="--name 'A <b> & B' --file {root}/src/lessons/sample.py"}
    --8<-- "snippets/greet.py"
    ```

    ```output
    hello A <b> & B
    2 words
    ```

```{.python .script title="Smaller" args="3"}
--8<-- "snippets/hello.py"
```

```{.output .measured within="1"}
hello 3
```

## Pitfalls

Read {{ outline.minutes }} minutes.

Every *tokenizer* makes tokens: it gives each token a token
id. A tokenizer without one is none. Here is `token id` as code.
'''
INDEX = """\
---
title: Introduction
description: The sample lesson.
minutes: 60
objectives: [know it]
---

# The sample lesson

{{ outline.pipeline }}

{{ outline.plan }}
"""
OUTLINE = """\
sections:
  - {title: Introduction, about: what it is, page: index.md, hour: 30}
  - {title: Sample, takes: text, gives: counts, page: sample.md, hour: 20}
  - {title: Later, takes: counts, gives: insight, minutes: 5, hour: 10}
"""
PLAIN = """\
---
title: {title}
description: A page about {title}.
---

# {title}

{body}
"""
CONSOLE = """\
```console
$ echo hello
hello
$ echo again
again
```
"""
MODULE = '''\
"""Count words."""

# --8<-- [start:imports]
from collections import Counter
# --8<-- [end:imports]


# --8<-- [start:count]
def count(text: str) -> Counter[str]:
    """Count the words of a text.

    Args:
        text: words with blanks between them.
    """
    return Counter(text.split())
# --8<-- [end:count]
'''
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20">'
    '<rect width="40" height="8" fill="currentColor"/></svg>\n'
)
PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "llm-development-fundamentals"
version = "0.1.0"
requires-python = ">=3.11"

[tool.hatch.build.targets.wheel]
packages = ["src/lessons"]
"""
NAV = """\
nav:
  - Home: index.md
  - Lesson 4:
      - lesson-4/index.md
      - lesson-4/sample.md
  - Labs:
      - lesson-5/sample.py
  - Reference:
      - reference/index.md
  - Glossary: glossary.md
  - If it breaks: if-it-breaks.md
  - Contributing: contributing.md
"""


def write_sample(course: Path) -> Path:
    """A small course with one of everything, under the real settings, theme and hooks."""
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    settings, replaced = re.subn(r"^nav:.*?(?=^\S)", NAV + "\n", settings, flags=re.S | re.M)
    assert replaced == 1
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/coursekit", course / "src/coursekit", ignore=ignore)
    shutil.copytree(ROOT / "docs/assets", course / "docs/assets")
    files = {
        "mkdocs.yml": settings,
        "pyproject.toml": PROJECT,
        "docs/index.md": PLAIN.format(title="Home", body="{{ outline.pipeline }}\n\n" + CONSOLE),
        "docs/contributing.md": PLAIN.format(title="Contributing", body="```bash\necho 1\n```"),
        "docs/glossary.md": GLOSSARY,
        "docs/if-it-breaks.md": BREAKS,
        "docs/reference/index.md": PLAIN.format(title="Reference", body="All modules."),
        "docs/lesson-4/index.md": INDEX,
        "docs/lesson-4/sample.md": LESSON,
        "docs/lesson-4/outline.yml": OUTLINE,
        "docs/lesson-4/figures/bars.svg": SVG,
        "docs/lesson-5/sample.py": LAB,
        "snippets/greet.py": GREET,
        "snippets/hello.py": HELLO,
        "snippets/recorded.json": json.dumps({"greet.py": RECORDED}),
        "src/lessons/__init__.py": "",
        "src/lessons/sample.py": MODULE,
        "src/lessons/results/speed.json": "{}",
    }
    for name, text in files.items():
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return course


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of the small course."""

    def make(folder: Path) -> Built:
        return build_to(write_sample(folder / "course"), folder / "site")

    return once(tmp_path_factory, "sample", make)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small course's files, to plant a fault in."""
    return write_sample(tmp_path / "course")


@pytest.fixture
def build() -> Callable[..., Built]:
    """Build a course, below it."""

    def run(course: Path, **environment: str) -> Built:
        return build_to(course, course / "site", **environment)

    return run


@pytest.fixture(scope="session")
def real_url(real: Built) -> Iterator[str]:
    server, url = serve(real.root)
    yield url
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def sample_url(sample: Built) -> Iterator[str]:
    server, url = serve(sample.root)
    yield url
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    try:
        path = browser.find()
    except browser.NoBrowserError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=browser.ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def make(url: str, **options: Any) -> Visit:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        return Visit(context.new_page(), url)

    yield make
    for context in contexts:
        context.close()
