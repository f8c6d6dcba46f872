# ---
# title: A search that knows when to be silent
# description: Readers ask about Python in their own words. Cut the documentation into passages, find out which search answers whom, and choose by its price when to show nothing.
# minutes: [45, 70]
# install: run,labs
# difficulty: 3
# pages: [evaluation]
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A search that knows when to be silent
#
# **Your team wants a box on its site: ask about Python, get the passage of the documentation that answers.** Somebody
# says that a search by meaning has made word search obsolete, somebody else that both together are best, and nobody has
# measured. You have the documentation, 193 questions with what answers them, and 56 that it does not answer at all. By
# the end you know which search to ship, for which readers, and when it has to say that it found nothing.
#
# It takes 45 to 70 minutes and builds on [Evaluation](../lesson-4/evaluation.md), above all on
# [how much is luck](../lesson-4/evaluation.md#how-much-is-luck). You are done when the check passes all four parts and you
# can defend your choice with an interval.
#
# | part | you write | minutes |
# | --- | --- | ---: |
# | 1 | `cut`: passages that keep their place | 12 |
# | 2 | `owners` and `hits`: what counts as found | 13 |
# | 3 | `join`: two lists of hits as one | 11 |
# | 4 | `cost`, `choose` and `halves`: when to show nothing | 17 |
# | | what it misses, and your decision | 12 |
#
# The minutes are estimates: words at 150 a minute, and a guess for thinking and writing.
#
# You need `bm25s`, a library for search by words, and `nltk`, for the stems of words. Both come with
# `python -m pip install ".[run,labs]"`. A model for search by meaning is not needed: what it found is
# [recorded](../reference/search.quality.md).
#
# ## The documentation and the questions
#
# The text is a frozen copy of what `help()` shows in Python 3.11.7 (© Python Software Foundation, under its license). The
# questions were written before any search was run. Each has two wordings: one by a reader who does not know the terms,
# one by a reader who does.

# %%
from lessons.real_models.texts import topics
from lessons.search.questions import questions, unanswered

manual = topics()
asked = questions()
print(f"{len(manual)} topics, {len(asked)} questions, {len(unanswered())} others")
for question in asked[35:38]:
    print(f"- {question.ask}\n  {question.terms} | {', '.join(question.topics)}")

# %% [markdown]
# ## Part 1: passages that keep their place
#
# A topic can be twenty pages long, so a search finds *passages*. Three things matter: a paragraph stays whole, because
# half a sentence answers nothing; the passage knows its lines, because an answer without a source cannot be checked; and
# some repeat the end of the one before (an *overlap*), so that a sentence and the example below it stand together at
# least once.
#
# `paragraphs` is given. Each paragraph has `.text`, `.words` (a number), and its first and last line, `.line` and
# `.last`.

# %% tags=["starter"]
from lessons.search.passages import paragraphs


def cut(text: str, words: int, overlap: int) -> list[tuple[int, int, str]]:
    """Cut a text into passages: first line, last line, and text of each.

    A passage ends at the paragraph with which it has at least so many words, or with the
    text. The next one begins with the last ``overlap`` paragraphs of it again, but never
    with all of them, and they count as words, too. Each passage has a paragraph that none
    before it has: where the repeated ones alone have words enough, it takes one more in.
    Between two paragraphs stands one empty line.
    """
    ...


# %% [markdown]
# The check runs the cell above in a process of its own, on inputs that it draws anew each time. It says what is wrong
# and why, and shows the smallest input that it found.

# %%
from lessons.labs import check

check("search", cut)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Keep two positions in the list of paragraphs: where the passage begins, and the first paragraph that is new. Go on as
# long as there is a new one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The end begins right behind the first new paragraph and moves on while the words from `begin` to `end` are too few.
# Then the next new paragraph is `end`, and the next passage begins at `end - overlap`, but at least one further than
# this one did.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from lessons.search.passages import paragraphs
#
#
# def cut(text: str, words: int, overlap: int) -> list[tuple[int, int, str]]:
#     """Cut a text into passages: first line, last line, and text of each."""
#     parts, found = paragraphs(text), []
#     begin = new = 0
#     while new < len(parts):
#         end = new + 1
#         while end < len(parts) and sum(part.words for part in parts[begin:end]) < words:
#             end += 1
#         own = parts[begin:end]
#         found.append((own[0].line, own[-1].last, "\n\n".join(part.text for part in own)))
#         new, begin = end, max(begin + 1, end - overlap)
#     return found
# ```
#
# </details>
#
# Try it on all topics. What does a smaller passage cost, and what an overlap?

# %%
for words, overlap in ((50, 0), (100, 0), (100, 1), (200, 0)):
    found = [one for topic in manual.values() for one in cut(topic, words, overlap)]
    lengths = sorted(len(text.split()) for _, _, text in found)
    middle = lengths[len(lengths) // 2]
    print(f"{words:3} words, overlap {overlap}: {len(found)} passages", end="")
    print(f", half of them up to {middle} words, the longest {lengths[-1]}")

# %% [markdown]
# The longest passage is a table, which has no empty line in it. Remember it: a model that turns a text into a vector
# reads only so much of it, and knows nothing of the rest. MiniLM reads 256 tokens, and of the 450 passages that you will
# search in part 3, 106 are longer. For 9 of the 193 questions it never reads the sentence that answers. Word search reads it all.
#
# ## Part 2: what counts as found
#
# Before you compare two searches, say what a right passage is. This is where most such comparisons go wrong. If a
# question is answered by the topic `for`, is every other passage wrong? The text of `for` also stands, word by word,
# in the topic `compound`. So a passage belongs to *every* topic that has at least half of it, measured in characters.
#
# And if several passages are right, when is a question answered? A reader looks at the first few and needs one of them.
# This is *recall at k* as people who search mean it: the share of questions with at least one right passage among the
# first *k*.


# %% tags=["starter"]
def owners(passage: list[str], topics: dict[str, set[str]]) -> set[str]:
    """Name all topics that have at least half of a passage.

    ``passage`` is its paragraphs, ``topics`` a topic's name and all of its paragraphs.
    Measure in characters.
    """
    ...


def hits(rankings: list[list[int]], right: list[set[int]], k: int) -> list[bool]:
    """Say of each question whether at least one right passage is among the first k.

    A ranking has the numbers of passages, best first. ``right`` has for each question the
    numbers of the passages that answer it; there may be none, and then nothing is found.
    """
    ...


# %%
check("search", owners, hits)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# For one topic, add up the lengths of those paragraphs of the passage that it has, too. How long is the whole passage?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `{*ranking[:k]} & wanted` is a set of what was found. An empty set is false.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# def owners(passage: list[str], topics: dict[str, set[str]]) -> set[str]:
#     """Name all topics that have at least half of a passage."""
#     half = sum(len(text) for text in passage) / 2
#     found = set()
#     for name, held in topics.items():
#         if sum(len(text) for text in passage if text in held) >= half:
#             found.add(name)
#     return found
#
#
# def hits(rankings: list[list[int]], right: list[set[int]], k: int) -> list[bool]:
#     """Say of each question whether at least one right passage is among the first k."""
#     return [bool({*ranking[:k]} & wanted) for ranking, wanted in zip(rankings, right)]
# ```
#
# </details>
#
# Now measure word search by BM25, a formula in which a shared word counts the more, the fewer passages have it. What
# people say is right is called *gold*, and here you get three kinds of it: the passage's own topic has the right name; one
# of its owners has; and, strictest, the very sentence that answers stands in it (each question names pieces of such
# sentences). Random order is the floor that each kind of gold gives for nothing.

# %%
import random

from lessons.intervals import wilson
from lessons.search.ranking import Words, order

every = []
for name, topic in manual.items():
    every += [(name, text) for _, _, text in cut(topic, 100, 0)]
held = {name: {part.text for part in paragraphs(text)} for name, text in manual.items()}
owned = [owners(text.split("\n\n"), held) for _, text in every]
flat = [" ".join(text.split()) for _, text in every]
gold = {"its topic": [], "an owner": [], "sentence": []}
for q in asked:
    gold["its topic"].append({n for n, (name, _) in enumerate(every) if name in q.topics})
    gold["an owner"].append({n for n, names in enumerate(owned) if names & q.topics})
    gold["sentence"].append({n for n, text in enumerate(flat) if any(h in text for h in q.holds)})
index = Words([text for _, text in every])
rankings = {
    "reader's words": [order(index.scores(q.ask)) for q in asked],
    "its own terms": [order(index.scores(q.terms)) for q in asked],
    "random order": [random.Random(n).sample(range(542), 542) for n in range(193)],
}


def share(found: list[bool]) -> str:
    """A share with its interval."""
    low, high = wilson(sum(found), len(found))
    return f"{sum(found) / len(found):4.0%} ({max(low, 0):3.0%} to {high:4.0%})"


for name, ranking in rankings.items():
    for kind, right in gold.items():
        first, five = (share(hits(ranking, right, k)) for k in (1, 5))
        print(f"{name:14}  {kind:9}  at 1: {first}  at 5: {five}")

# %% [markdown]
# Compare the rows before you believe any of them. Going by the topic's own name calls right passages wrong. Going by owners
# flatters: the topic on methods of text answers eighteen of our questions, and nearly all of its passages answer another one
# than yours. The sentence is too strict, because another passage may say the same in other words. The truth lies
# between the last two, and *a number without its gold label says nothing*. From here on we take the sentence, so what
# you see is a lower bound.
#
# What all kinds agree on is the gap. Who knows the terms is served well by word search. Who does not finds an answer
# among the first five for two to four of ten questions.
#
# ## Part 3: two lists as one
#
# A search *by meaning* compares vectors: a model such as MiniLM, which read a billion pairs of texts that belong together,
# turns question and passage into one each, and the nearest passage comes first. Its scores are cosines, up to 1, while BM25's
# have no upper end, so adding them means little. *Reciprocal ranks* join them by place: each list gives a passage
# `1 / (constant + rank)`, with rank 1 for the first, and the sums decide.


# %% tags=["starter"]
def join(lists: list[list[tuple[int, float]]], constant: int) -> list[int]:
    """Join lists of hits by reciprocal ranks; the numbers of all passages, best first.

    Each list has pairs of passage and score, best first, and the lists may be of different
    length. A list gives nothing to a passage that it does not have. Of equal sums, the
    passage with the lower number comes first.
    """
    ...


# %%
check("search", join)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Keep one sum for each passage in a dictionary, and go through each list with its ranks. The scores are not used.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `enumerate(found, start=1)` counts from 1. Sort by a pair: the negative sum, then the number.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# from collections import defaultdict
#
#
# def join(lists: list[list[tuple[int, float]]], constant: int) -> list[int]:
#     """Join lists of hits by reciprocal ranks; the numbers of all passages, best first."""
#     sums = defaultdict(float)
#     for found in lists:
#         for rank, (number, _) in enumerate(found, start=1):
#             sums[number] += 1 / (constant + rank)
#     return sorted(sums, key=lambda number: (-sums[number], number))
# ```
#
# </details>
#
# From here on each passage is searched once: what a shorter topic has said is left out of the longer one, and the rest
# is cut as you did. The first 20 hits by meaning are recorded; word search runs here. *Scores added* is the tempting way.
#
# The second table counts the questions that only one of two searches answers. *By luck* says how probable so uneven
# a split is [if each of these questions went either way](../lesson-4/evaluation.md#how-often-it-is-right-accuracy).

# %%
from lessons.experiments import load_result
from lessons.search.experiments import compared
from lessons.search.passages import passages
from lessons.search.quality import read_list

every = passages()
index = Words([one.text for one in every])
right = [{one.number for one in every if q.said(one)} for q in asked]
recorded = {
    cell["parameters"]["wording"]: [*map(read_list, cell["values"].values())]
    for cell in load_result("search_lists")["cells"]
}


def by_words(text: str) -> list[tuple[int, float]]:
    """The first 20 hits of word search."""
    scores = index.scores(text)
    return [(number, float(scores[number])) for number in order(scores)[:20]]


def added(lists: list[list[tuple[int, float]]]) -> list[int]:
    """The wrong way: scores of two kinds, added."""
    sums = {}
    for number, score in (pair for found in lists for pair in found):
        sums[number] = sums.get(number, 0) + score
    return sorted(sums, key=lambda number: (-sums[number], number))


five = {}
for wording, meaning in recorded.items():
    lists = [[by_words(getattr(q, wording)), found] for q, found in zip(asked, meaning)]
    ways = {
        "words": [[n for n, _ in one] for one, _ in lists],
        "meaning": [[n for n, _ in other] for _, other in lists],
        "joined": [join(both, 60) for both in lists],
        "scores added": [added(both) for both in lists],
    }
    for way, ranking in ways.items():
        five[wording, way] = hits(ranking, right, 5)
        once, often = share(hits(ranking, right, 1)), share(five[wording, way])
        print(f"{wording:5}  {way:12}  at 1: {once}  at 5: {often}")

print("\nat 5, found by")
for wording in recorded:
    for one, other in (("meaning", "words"), ("joined", "words"), ("joined", "meaning")):
        split = compared(five[wording, one], five[wording, other])
        luck = "< 0.001" if split["chance"] < 0.001 else f"{split['chance']:.2f}"
        print(f"{wording:5}  {one} only: {split['one']:2}", end="")
        print(f"  {other} only: {split['other']:2}  by luck: {luck}")

# %% [markdown]
# **What you should see.** For readers who do not know the terms, a search by meaning finds about twice as much as
# words do among the first five, and joining the two does not improve on it. For readers who do know them, words are
# better than meaning, and joined is nearly as good as words. So *both together are best* is not what was measured:
# both together are never far from the better one, and that is worth something if you do not know who asks. Added
# scores are little more than word search under another name, because BM25's numbers are ten times as large.
#
# ## Part 4: when to show nothing
#
# Nobody told the search that bread is not in the documentation: there is always a nearest passage. So it needs a *threshold*:
# how sure must it be before it shows anything? That is a matter of price. Say that three passages read in vain cost a
# reader one minute, and that an answer which was there and was not shown costs five, because the reader looks elsewhere.
# (These prices are ours. You can change them below.)
#
# A threshold that was chosen on some questions looks good on them. Choose it on one half and prove it on the other, and keep
# the wordings of one question together, or the second half has seen the first.

# %% tags=["starter"]
import random
from math import inf

Asked = list[tuple[float, bool]]  # how sure the search is, and whether it is right


def cost(least: float, asked: Asked, in_vain: float, missed: float) -> float:
    """The mean cost of a question, if passages are shown from ``least`` on.

    ``asked`` has for each question how sure the search is, and whether what it would show
    is right. Showing what is wrong costs ``in_vain``, showing nothing although it was
    right costs ``missed``, and the rest costs nothing.
    """
    ...


def choose(asked: Asked, in_vain: float, missed: float) -> float:
    """The cheapest threshold: how sure one question was, or infinity (show never).

    Of equally cheap ones the lowest.
    """
    ...


def halves(names: list[str]) -> tuple[list[int], list[int]]:
    """Split rows into two halves, by their names, and always in the same way.

    Rows of one name stay together. Draw the names; one half may have one name more.
    """
    ...


# %%
check("search", cost, choose, halves)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `choose` is one line with `min` and a `key`, once `cost` is right. Sort what it tries, so that the lowest of equal ones
# comes first.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For `halves`, draw from the sorted names, each once: `random.Random(0).sample(known, len(known) // 2)`. Then ask of each
# row whether its name was drawn.
#
# </details>
# <details><summary>A solution</summary>
#
# ```python
# import random
# from math import inf
#
#
# Asked = list[tuple[float, bool]]  # how sure the search is, and whether it is right
#
#
# def cost(least: float, asked: Asked, in_vain: float, missed: float) -> float:
#     """The mean cost of a question, if passages are shown from ``least`` on."""
#     total = 0.0
#     for sure, right in asked:
#         if sure >= least and not right:
#             total += in_vain
#         if sure < least and right:
#             total += missed
#     return total / len(asked)
#
#
# def choose(asked: Asked, in_vain: float, missed: float) -> float:
#     """The cheapest threshold: how sure one question was, or infinity (show never)."""
#     tried = sorted({sure for sure, _ in asked}) + [inf]
#     return min(tried, key=lambda least: cost(least, asked, in_vain, missed))
#
#
# def halves(names: list[str]) -> tuple[list[int], list[int]]:
#     """Split rows into two halves, by their names, and always in the same way."""
#     known = sorted(set(names))
#     first = set(random.Random(0).sample(known, len(known) // 2))
#     rows = range(len(names))
#     return [r for r in rows if names[r] in first], [r for r in rows if names[r] not in first]
# ```
#
# </details>
#
# How sure each search was is recorded: for both wordings of every question and for the 56 without an answer. It is
# the best passage's BM25 score for words, and its cosine for `vectors`. For `both` it is the cosine, too, because a
# rank does not say how good the best is. Right means that the sentence stands in one of the three passages that would
# be shown. `mlm` is the course's own small model, which never learned to put texts of one meaning side by side.
#
# The table is for the half that did not choose. *From* is your threshold, and each search has its own scale. The next
# three are costs, in minutes a question: with your threshold, if passages are always shown, and if they never are.
# Your halves may be drawn in another way than ours, and then your numbers differ somewhat from those that we show.
# *Silent* counts the questions without an answer for which nothing is shown. *Shown* counts, of the questions in a
# reader's words for which the search is right, those that are answered.

# %%
in_vain, missed = 1, 5  # minutes: the prices
cells = load_result("search_abstention")["cells"]


def recorded_rows(by: str) -> tuple[list[str], Asked, list[str]]:
    """Of each question its name, how sure and whether right, and its wording."""
    names, rows, wordings = [], [], []
    for cell in cells:
        wording, values = cell["parameters"]["wording"], cell["values"]
        if cell["parameters"]["by"] == by:
            for n in range(56 if wording == "none" else len(asked)):
                names.append(f"none {n}" if wording == "none" else f"question {n}")
                rows.append((values[f"sure.{n}"], bool(values[f"right.{n}"])))
                wordings.append(wording)
    return names, rows, wordings


print("          from yours always never silent shown")
for by in ("words", "vectors", "both", "mlm"):
    names, rows, wordings = recorded_rows(by)
    one, other = halves(names)
    least = choose([rows[r] for r in one], in_vain, missed)
    proof = [rows[r] for r in other]
    yours, always, never = (cost(limit, proof, in_vain, missed) for limit in (least, -inf, inf))
    quiet = [rows[r][0] < least for r in other if wordings[r] == "none"]
    kept = [rows[r][0] >= least for r in other if rows[r][1] and wordings[r] == "ask"]
    print(f"{by:8} {least:5.2f}  {yours:.2f}   {always:.2f}  {never:.2f}", end="")
    print(f"  {sum(quiet)}/{len(quiet)} {sum(kept):2}/{len(kept)}")

# %% [markdown]
# By meaning, the search keeps silent on most questions without an answer and still shows nearly all answers that it
# has: how near the nearest passage is tells a good deal about whether there is one. By words it tells less, and on
# some halves the threshold does not even pay: a question about files or numbers shares words with many passages that
# do not answer it. And for the course's own model the cheapest threshold is infinity: to show nothing is the right
# decision for a search that finds nothing.
#
# Its row is also the cheapest of all, so is it the best search? No. What is *missed* counts only what this very search had found,
# and one that finds nothing has nothing to miss; its readers look elsewhere every time. Compare the costs within a row,
# where what was found is the same. Between rows, compare what was found.
#
# Change the prices, in the first line of the cell, and run it again. If a missed answer costs as little as a wasted
# minute, what does a good threshold look like?
#
# ## Ten misses
#
# A score says how often, not why. So read: ten questions in a reader's words for which the joined search (recorded) has no right
# passage among its first five. Each with how the passage begins that it put first (`first.text` has all of it), and in which
# terms the documentation says it.

# %%
(values,) = [
    cell["values"]
    for cell in load_result("search_quality")["cells"]
    if cell["parameters"] == {"by": "both", "wording": "ask"}
]
misses = [n for n in range(len(asked)) if values[f"sentence.{n}"] > 5]
print(f"{len(misses)} of {len(asked)} missed")
for n in random.Random(1).sample(misses, 10):
    rank, first = int(values[f"sentence.{n}"]), every[int(values[f"first.{n}"])]
    print(f"- {asked[n].ask}\n  found: {first.place}")
    print(f"    {' '.join(first.text.split())[:70]} ...")
    print(f"  at rank {rank}: {asked[n].terms}")

# %% [markdown]
# Sort them yourself before you read on. We see four kinds. *Other things by the same words*: who writes x to the
# third gets a function of text whose arguments are called x, y and z, and who wants to catch what no case fits gets
# exceptions, which are caught, too. *One step aside*: who wants others to loop over a collection of their own gets the
# `for` statement, which would do that, and who asks which value stands for nothing gets what values are. *Not read*:
# what squeezes an item into a list stands far down in the long table. And *nearly no miss*: the passage for putting a
# list in order names both ways to do it, `sort` and `sorted`, and the label means the one before. The third kind is fixed
# by cutting long tables, the fourth by better labels. The first two need another model, or a text written for those who
# ask.
#
# ## What the search threw away
#
# Readers of this text ask for signs, too: `:=`, `->`, `%`. The first version of the course's search knew none of them:
# its words are made of letters. Who asked *What does := do?* got something at random from the joined search: where no passage
# shares a word, the ranking by words is the order in the file, and joining gave its first ones a say. Now signs are counted
# beside the words, in an index of their own, so that nothing changes for a question without one, and a passage that shares
# nothing with the question gets nothing from that list.
#
# 24 questions were written after this was found, so they are counted apart from the others: they measure whether it was
# put right, and not how good the search is. Each asks in a sentence, and as somebody types who writes none
# (`:=`, `@property`, `f(*items)`). How many have the sentence that answers them among the first five passages?

# %%
signs = load_result("search_signs")["summary"]
names = {
    "words_unsigned": "words as before",
    "words": "words",
    "vectors": "meaning",
    "both": "joined",
}
for by, name in names.items():
    for wording, kind in (("ask", "in a sentence"), ("terms", "as typed")):
        at_five = signs[by][wording]["at5"]
        low, high = at_five["low"], at_five["high"]
        print(
            f"{name:15}  {kind:13}  {at_five['value'] * 24:2.0f} of 24 ({low:3.0%} to {high:3.0%})"
        )

# %% [markdown]
# Words find 15 of the 24 sentences where they found 4, and 13 of what is typed where they found 2; of all 48 questions one
# was found before and is not now. What is still missed far down has `*`, `**` or `|` in it, which the text also writes
# around words that it stresses, in its grammar and between the columns of tables, so they tell little. Typed alone, a
# sign is too little for a search by meaning to be sure of anything: the page below then offers a sentence.
#
# Of your own search, ask the same: **what does it throw away before it looks?** Take ten questions that your readers really
# typed, and print what your tokenizer makes of them.
#
# ## Your search
#
# The search that the course ships is made of these parts, and uses a threshold that was chosen as you did. Without MiniLM it
# searches by words.

# %%
from lessons.search.index import Index

searching = Index.load("words")
for text in ("How do I leave a loop early?", "Who wrote Hamlet?"):
    answer = searching.answer(text)
    print(f"{text} {'' if answer.found else 'Nothing is good enough.'}")
    for hit in answer.hits:
        print(f"  [{hit.rank}] {hit.place}")

# %% [markdown]
# [The same from the shell](../reference/search.command.md), with the passages in full:
#
# ```bash
# python -m lessons.search ask "How do I leave a loop early?"
# ```
#
# It shows passages and where they stand, and writes no answer of its own. That is on purpose: what a passage says can be
# checked, and a model that writes adds a step in which it may say something else.
#
# ## On a real model
#
# If you fetched MiniLM (`python -m lessons.real_models minilm`, 84 MB), the command above searches with it. What it
# found is in the records that you used. These are the costs, on the machine that made them:

# %%
costs = load_result("search_cost")["summary"]
for by in ("words", "vectors", "both"):
    build, each = costs[by]["build_seconds"], costs[by]["question_ms"]
    print(f"{by:8} index: {build:4.1f} s of one core", end="")
    print(f", {costs[by]['index_mb']:.1f} MB; a question: {each:4.1f} ms")

# %% [markdown]
# ## As an application
#
# A search that nobody can use answers nobody. This serves it as a page on your own computer, and prints the address:
#
# ```bash
# python -m lessons.search serve
# ```
#
# Ask it one of your questions and one about baking bread. Each passage comes with its place, with the words that you
# asked for marked, and with its rank by words and by meaning, so that you see which search found it. Where the threshold
# says no, [the page](../reference/search.page.md) says no, and offers the nearest passages all the same. It needs no
# script, and [the server](../reference/search.app.md) listens to this computer only. Programs get
# [the same answers](../reference/search.asking.md) from `/api/search?q=…&k=3&by=words`. When you stop it,
# [answers that are being made](../reference/search.serving.md) are finished first.
#
# `python -m lessons.search benchmark` [measures](../reference/search.benchmark.md) what your users wait for: each
# search alone and with the places in all rankings that the page shows (for a search by words they take longer than
# the search, because the question's vector is computed for them), and 1, 4 and 8 askers at a time, each of whom asks
# again as soon as it has its answer. That makes the times comparable, and kinder than a day on which many come at
# once.
#
# ## Your decision
#
# Which search do you ship: words, meaning or both? For whom, and with which threshold? Write it down, with a
# number and its interval, before you open the answer.
#
# <details><summary>An answer</summary>
#
# If your readers are beginners who ask in sentences, ship the search by meaning: among its first five it has about
# twice as many answers as words, the two intervals do not touch, and luck alone would split the questions so unevenly
# less than once in a thousand times. If they are programmers who type `str.casefold`, word search is better, needs no
# model, and answers in a tenth of a millisecond. If you do not know, or have both, ship both joined: on each kind of
# question it is close to the better of the two. That is what the course does.
#
# In each case ship the threshold that your table has for this search, and say *nothing found* in plain words. And
# tell your team what the number means: even the best search shows the very sentence among its first five for about
# one in three questions in a beginner's words. The larger gain is no longer in the search. It is a page that says
# these things in the readers' words.
#
# What this lab does not show: these are one author's questions about one text. Take fifty that your own
# readers asked, and measure again.
#
# </details>
#
# What was passed, when, and with which versions stands in a file on your disk, which
# `python -m lessons.labs progress` shows. It is a note to yourself and proves nothing to others.
