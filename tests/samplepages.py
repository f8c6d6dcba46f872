"""Pages of the small course whose site the tests build."""

import hashlib

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
