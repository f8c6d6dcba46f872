"""Pages of the small course whose site the tests build."""

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

GLOSSARY = """\
---
title: Glossary
description: The terms of the sample course, in plain words.
---

# Glossary

All terms.

## insight

What **nobody** has yet.

Taught in: Later.

## token

A piece of text.

Taught in: Sample.

## token id

The number of a `token` in a vocabulary. It is long enough a definition to take more than a line.

Taught in: Sample.

## tokenizer

What makes tokens, see [token](#token).

Also: token maker. Taught in: Sample.
"""
BREAKS = """\
---
title: If it breaks
description: Errors of the sample course by their exact text.
---

# If it breaks

## By error text

{{ errors.index }}

## Beside the lessons

### A file that is not there

Look for it. Then write it.

```{.python raises="FileNotFoundError"}
open("gone.txt")
```

```output
FileNotFoundError: [Errno 2] No such file or directory: 'gone.txt'
```
"""
LAB = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A sample lab
#
# ## Your task
#
# Count the **words**.

# %%
raise RuntimeError("a lab is shown, and neither collecting tests nor building runs it")
from lessons.sample import count

count("a b a")

# %% [markdown]
# | Word | Times |
# | --- | --- |
# | a | 2 |

# %%
total = sum([1, 2])
"""
GREET = """\
# /// script
# requires-python = ">=3.11"
# ///
\"\"\"Greet somebody, and count the words of a file's first line.\"\"\"

import argparse
from pathlib import Path


def main() -> None:
    \"\"\"Greet and count.\"\"\"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="world")
    parser.add_argument("--file", type=Path, required=True, help="a UTF-8 text")
    args = parser.parse_args()
    first = args.file.read_text(encoding="utf-8").partition("\\n")[0]
    print("hello", args.name)
    print(len(first.split()), "words")


if __name__ == "__main__":
    main()
"""
HELLO = """\
import sys

print("hello", sys.argv[1])
"""
RECORDED = {
    "date": "2026-12-01",
    "machine": "AMD EPYC 7B13, 2 cores, Linux x86_64",
    "accelerator": "none",
    "python": "3.11.9",
    "versions": {"torch": "2.13.0", "transformers": "5.23.0"},
    "command": "python greet.py --file words.txt",
    "download_mb": 551.2,
    "seconds": 9.2,
    "output": "hello <world>\n\n```\n2 words, and this long line says that output may scroll\n",
    "script": hashlib.sha256(GREET.encode()).hexdigest(),
}
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
The "first" is longer
Length in meters

Both were measured.

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


@dataclass
class Edited:
    """A small course that a test edits, and the site that is made of it."""

    course: Path

    @property
    def root(self) -> Path:
        """Where its site is."""
        return self.course / "site"

    def change(self, name: str, old: str, new: str) -> None:
        """Write something else into a file."""
        path = self.course / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def html(self, page: str) -> str:
        """What the site has of a page."""
        return (self.root / page / "index.html").read_text("utf-8")


def write_sample(course: Path) -> Path:
    """A small course with one of everything, under the real settings, theme and hooks."""
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    settings, replaced = re.subn(r"^nav:.*?(?=^\S)", NAV + "\n", settings, flags=re.S | re.M)
    assert replaced == 1
    settings = re.sub(r"^extra:\n(?:  .*\n)*", "", settings, flags=re.M)  # other pages, no model
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src/coursekit", course / "src/coursekit", ignore=ignore)
    live = shutil.ignore_patterns("live")  # tells the sizes of models
    shutil.copytree(ROOT / "docs/assets", course / "docs/assets", ignore=live)
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
        "snippets/recorded.json": json.dumps({"greet.py": {"own": RECORDED}}),
        "src/lessons/__init__.py": "",
        "src/lessons/sample.py": MODULE,
        "src/lessons/results/speed.json": "{}",
    }
    for name, text in files.items():
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return course
