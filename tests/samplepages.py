"""Pages of the small course whose site the tests build."""

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
from lessons.sample import count

count("a b a")

# %% [markdown]
# | Word | Times |
# | --- | --- |
# | a | 2 |

# %%
total = sum([1, 2])
"""
