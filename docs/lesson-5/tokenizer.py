# ---
# title: A tokenizer for your own text
# description: Train byte-pair encoding on a text of your own, prove that nothing is lost, and choose a vocabulary size by measuring.
# minutes: [20, 40]
# difficulty: 2
# pages: [tokenization]
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tokenizer for your own text
#
# **Your users write French, and the model's tokenizer learned from English.** You pay for each token, and the
# context is full sooner. How much would a tokenizer of your own save, and how large should it be? In this lab you
# build one, and you decide by a measurement that nobody can call luck.
#
# It takes 20 to 40 minutes and builds on [Tokenization](../lesson-4/tokenization.md). You are done when the check
# passes all four parts and you can answer the question at the end with a number of your own.
#
# | part | you write | minutes |
# | --- | --- | ---: |
# | 1 | `split`: keep texts apart for measuring | 5 |
# | 2 | `train`: learn the merges | 12 |
# | 3 | `encode` and `decode`: there and back without a loss | 12 |
# | 4 | `rate` and `choose`: take a size, and say why | 6 |
#
# The minutes are estimates: words at 150 a minute, and a guess for thinking and writing.
#
# ## The text
#
# Here it is French sentences of the course's world. To use a text of your own, replace the last line of the cell by
# `lines = Path("my_text.txt").read_text("utf-8").splitlines()`; then your numbers are others than those shown here.

# %%
from pathlib import Path

from lessons import checkpoint, world

documents = world.documents(seed=5, count=1500, shares={"translation": 1})
sentences = [line.partition(": ") for text in documents for line in text.splitlines()]
lines = [french for language, _, french in sentences if language == "French"]
print(f"{len(lines):,} lines, {len(set(lines)):,} different ones")
print(lines[0])

# %% [markdown]
# The course's tokenizer is what you compare yours with. Look at how it cuts the first line: only a few words stay
# whole, and what looks like a strange letter is half of a letter with an accent.

# %%
from tokenizers import Tokenizer

course = Tokenizer.from_file(str(checkpoint("base") / "tokenizer.json"))
print(f"{course.get_vocab_size():,} entries: {course.encode(lines[0]).tokens}")

# %% [markdown]
# ## Part 1: keep texts apart
#
# A tokenizer is judged on text that it has not learned from. Some lines stand in the text more than once, so a line
# that you hold out may have a copy among those that you keep. Write `split` so that this cannot happen. `vocabulary`
# is given, because all later parts need it: the place of a token in this list is its id.

# %% tags=["starter"]
from lessons.tokenization.tokenizers import PIECES, byte_order

Pair = tuple[bytes, bytes]


def vocabulary(merges: list[Pair]) -> list[bytes]:
    """All tokens, each at the place of its id: the 256 bytes, then what each merge made. (Given.)"""
    alphabet = [bytes([value]) for value in byte_order()]
    return list(dict.fromkeys(alphabet + [first + second for first, second in merges]))


def split(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines to learn from, and those held out for measuring.

    Each distinct line once, in the order of first appearance. The 10th, 20th, 30th, … is held out.
    """
    ...


# %% [markdown]
# The check runs your function, with what it needs of the cells above, in a process of its own, on inputs that it draws
# anew each time. It says what is wrong and why, and shows the smallest input that it found.

# %%
from lessons.labs import check

check("tokenizer", split)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# First bring the lines down to one copy each, and only then count to ten. Which collection of Python keeps one copy
# of each key, and remembers the order in which they came?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `list(dict.fromkeys(lines))` has one copy of each, in order. A slice with a step takes every tenth.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def split(lines: list[str]) -> tuple[list[str], list[str]]:
#     """Return the lines to learn from, and those held out for measuring."""
#     distinct = list(dict.fromkeys(lines))
#     learn = [line for number, line in enumerate(distinct, 1) if number % 10]
#     return learn, distinct[9::10]
# ```
#
# </details>
#
# ## Part 2: learn the merges
#
# Do in code what [Tokenization](../lesson-4/tokenization.md) does by hand with *hug*, *pug* and *pun*: find the pair of neighbors that stands together
# most often, join it everywhere, and repeat. Count within pieces only, since a token over two words helps nowhere
# else. If two pairs are equally frequent, the rule in the docstring decides, so that there is one right answer.

# %% tags=["starter"]
from collections import Counter
from itertools import pairwise


def train(lines: list[str], merges: int) -> list[Pair]:
    """Learn merges: the pair of neighbors that is most frequent within the pieces, again and again.

    Of equally frequent pairs, take the one whose first token has the lowest id, then whose second has.
    Stop early when no pair occurs twice. ``PIECES.findall(line)`` gives the pieces.
    """
    ...


# %%
check("tokenizer", train)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The same piece occurs many times. Count the pieces once, keep for each one the list of its tokens, and let a pair
# count as often as its piece occurs. After a merge, change the lists and count again.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Write a function `join(tokens, pair)` that walks over a list and joins a token to the one before it if they are the
# pair. And `min` with a key of three numbers finds the best pair: minus its count, then the two ids.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from collections import Counter
# from itertools import pairwise
#
#
# def join(tokens: list[bytes], pair: Pair) -> list[bytes]:
#     """Join each occurrence of a pair, from left to right."""
#     joined = []
#     for token in tokens:
#         if joined and (joined[-1], token) == pair:
#             joined[-1] += token
#         else:
#             joined.append(token)
#     return joined
#
#
# def train(lines: list[str], merges: int) -> list[Pair]:
#     """Learn merges: the most frequent pair of neighbors within the pieces, again and again."""
#     counts = Counter(piece for line in lines for piece in PIECES.findall(line))
#     words = {piece: [bytes([value]) for value in piece.encode()] for piece in counts}
#     learned = []
#     while len(learned) < merges:
#         pairs = Counter()
#         for piece, tokens in words.items():
#             for pair in pairwise(tokens):
#                 pairs[pair] += counts[piece]
#         if max(pairs.values(), default=0) < 2:
#             break
#         ids = {token: number for number, token in enumerate(vocabulary(learned))}
#         best = min(pairs, key=lambda pair: (-pairs[pair], ids[pair[0]], ids[pair[1]]))
#         learned.append(best)
#         words = {piece: join(tokens, best) for piece, tokens in words.items()}
#     return learned
# ```
#
# </details>
#
# ## Part 3: there and back
#
# New text is cut with the same merges, in the order in which they were learned. Whatever goes in has to come out
# again, also an emoji, two spaces in a row and a line's end.


# %% tags=["starter"]
def encode(merges: list[Pair], text: str) -> list[int]:
    """Turn a text into ids: within a piece, join the pair that was learned first, wherever it stands."""
    ...


def decode(merges: list[Pair], ids: list[int]) -> str:
    """Turn ids into the text. Bytes that are no whole character become U+FFFD."""
    ...


# %%
check("tokenizer", encode, decode)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Give each merge its rank, which is its place in the list. As long as a piece has neighbors with a rank, join those
# of the lowest rank.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For decoding, join the bytes of all tokens first and decode them once, because a character may lie in two tokens.
# `bytes.decode` takes a second argument that says what to do with half a character.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def encode(merges: list[Pair], text: str) -> list[int]:
#     """Turn a text into ids."""
#     ids = {token: number for number, token in enumerate(vocabulary(merges))}
#     rank = {pair: number for number, pair in enumerate(merges)}
#     found = []
#     for piece in PIECES.findall(text):
#         tokens = [bytes([value]) for value in piece.encode()]
#         while known := [pair for pair in pairwise(tokens) if pair in rank]:
#             tokens = join(tokens, min(known, key=rank.get))
#         found += [ids[token] for token in tokens]
#     return found
#
#
# def decode(merges: list[Pair], ids: list[int]) -> str:
#     """Turn ids into the text."""
#     tokens = vocabulary(merges)
#     return b"".join(tokens[number] for number in ids).decode("utf-8", "replace")
# ```
#
# </details>
#
# ## Part 4: choose a size
#
# A larger vocabulary needs fewer tokens, but the model keeps numbers for each entry. So take the first size after
# which the next one saves too little. What "too little" means is yours to say, and it stands in the argument `gain`.


# %% tags=["starter"]
def rate(merges: list[Pair], lines: list[str]) -> float:
    """Tokens per character: of all lines together, by all their characters."""
    ...


def choose(rates: dict[int, float], gain: float) -> int:
    """The first size, from small to large, after which the next one saves less than the share ``gain``.

    If each step saves as much or more, the largest size.
    """
    ...


# %%
check("tokenizer", rate, choose)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Add up the tokens of all lines, add up their characters, and divide once at the end.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A dictionary need not be in the order of its keys. `pairwise(sorted(rates))` gives each size with the next larger
# one, and the share saved is one minus the quotient of their rates.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def rate(merges: list[Pair], lines: list[str]) -> float:
#     """Tokens per character."""
#     return sum(len(encode(merges, line)) for line in lines) / sum(len(line) for line in lines)
#
#
# def choose(rates: dict[int, float], gain: float) -> int:
#     """The first size after which the next one saves less than the share ``gain``."""
#     for size, larger in pairwise(sorted(rates)):
#         if 1 - rates[larger] / rates[size] < gain:
#             return size
#     return max(rates)
# ```
#
# </details>
#
# ## What it saves
#
# Now measure. Merges are learned one after the other, so the first ones of a long list are what a smaller tokenizer
# would have learned. That is why training once is enough for all sizes.

# %%
learn, held_out = split(lines)
learned = train(learn, 2048 - 256)
sizes = [384, 512, 768, 1024, 1536, 2048]
rates = {size: rate(learned[: size - 256], held_out) for size in sizes}
print(f"{len(learn):,} lines to learn from, {len(held_out)} held out, {len(learned):,} merges")
for size, tokens in rates.items():
    print(f"{size:5} entries  {tokens:.3f} tokens per character")
print("chosen:", choose(rates, gain=0.05))

# %%
theirs = sum(len(course.encode(line).ids) for line in held_out) / sum(map(len, held_out))
size = choose(rates, gain=0.05)
mine = learned[: size - 256]
lost = sum(decode(mine, encode(mine, line)) != line for line in held_out)
print(f"course's tokenizer  {theirs:.3f} tokens per character")
print(f"yours               {rates[size]:.3f} tokens per character")
print(f"lines of yours that do not come back: {lost}")

# %% [markdown]
# **What you should see.** With half the entries of the course's tokenizer, yours needs about a quarter fewer tokens
# for this text, since none of its entries are spent on English. After 1,024 entries hardly anything is gained: the
# training stops by itself when no pair occurs twice, which is why the last two rows are the same.
#
# ## Your answer
#
# The course's model looks back at 256 tokens. How many characters of this text fit into that with its own tokenizer,
# and how many would fit with yours? And would you put your tokenizer into that model? Write both numbers down before
# you open the answer.
#
# <details><summary>An answer</summary>
#
# Divide 256 by each rate: about 840 characters against about 1,090, so nearly a third more text. But the model
# learned what each id means with its own tokenizer, and yours gives the same ids to other pieces. It would read
# nonsense without an error. A new tokenizer needs a model that is trained with it, as in
# [Pre-training](../lesson-4/pretraining.md), or one whose entries are extended and trained further.
#
# </details>
#
# What was passed, when, and with which versions stands in a file on your disk, which
# `python -m lessons.labs progress` shows. It is a note to yourself and proves nothing to others.
