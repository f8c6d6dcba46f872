"""Plausible wrong solutions of the lab on search, and a right one by another road."""

OTHER = """
from fractions import Fraction


def cut(text, words, overlap):
    pieces, line = [], 1
    for block in text.split("\\n"):
        if block.strip():
            if pieces and pieces[-1][1] == line - 1:
                pieces[-1] = (pieces[-1][0], line, pieces[-1][2] + "\\n" + block)
            else:
                pieces.append((line, line, block))
        line += 1
    found, old, fresh = [], [], list(pieces)
    while fresh:
        own = old + [fresh.pop(0)]
        while fresh and len(" ".join(one[2] for one in own).split()) < words:
            own.append(fresh.pop(0))
        found.append([own[0][0], own[-1][1], "\\n\\n".join(one[2] for one in own)])
        old = own[1:][-overlap:] if overlap else []
    return found


def owners(passage, topics):
    def part(name):
        return sum(len(p) for p in passage if p in topics[name])

    return sorted(name for name in topics if 2 * part(name) >= sum(map(len, passage)))


def hits(rankings, right, k):
    found = []
    for ranking, wanted in zip(rankings, right):
        places = [ranking.index(number) for number in wanted if number in ranking]
        found.append(min(places, default=k) < k)
    return found


def join(lists, constant):
    known = {number for found in lists for number, _ in found}

    def worth(number):
        ranks = [[n for n, _ in found].index(number) + 1 for found in lists if number in dict(found)]
        return sum(Fraction(1, constant + rank) for rank in ranks)

    return sorted(sorted(known), key=worth, reverse=True)


def cost(least, asked, in_vain, missed):
    vain = sum(1 for sure, right in asked if sure >= least and not right)
    lost = sum(1 for sure, right in asked if sure < least and right)
    return (vain * in_vain + lost * missed) / len(asked)


def choose(asked, in_vain, missed):
    best = (cost(inf, asked, in_vain, missed), inf)
    for sure, _ in asked:
        best = min(best, (cost(sure, asked, in_vain, missed), sure))
    return best[1]


def halves(names):
    known = sorted(set(names))
    random.Random(5).shuffle(known)
    one = known[::2]
    return [i for i, n in enumerate(names) if n in one], [i for i, n in enumerate(names) if n not in one]
"""
FOUND = 'found.append((own[0].line, own[-1].last, "\\n\\n".join(part.text for part in own)))'
ENDS = "'\\n\\n'.join(p.text for p in own).count('\\n')"
SIZE = "sum(part.words for part in parts[begin:end]) < words"
NEXT = "new, begin = end, max(begin + 1, end - overlap)"
HALF = "if sum(len(text) for text in passage if text in held) >= half:"
HITS = "return [bool({*ranking[:k]} & wanted) for ranking, wanted in zip(rankings, right)]"
SUMS = "sums[number] += 1 / (constant + rank)"
SORTED = "return sorted(sums, key=lambda number: (-sums[number], number))"
TRIED = "tried = sorted({sure for sure, _ in asked}) + [inf]"
BEST = "return min(tried, key=lambda least: cost(least, asked, in_vain, missed))"
ROWS = "return [r for r in rows if names[r] in first], [r for r in rows if names[r] not in first]"
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "no tail": (
        1, [(FOUND, f"if {SIZE}: break\n        {FOUND}")], "what is left at the end",
    ),
    "too short": (
        1, [(SIZE, "sum(part.words for part in parts[begin : end + 1]) <= words")], "enough words",
    ),
    "too long": (1, [(SIZE, SIZE.replace("<", "<="))], "goes on when"),
    "characters": (1, [("part.words for", "len(part.text) for")], "counts characters"),
    "repeated only": (
        1,
        [
            ("while new < len(parts):", "while new < len(parts) and begin < len(parts):"),
            ("end = new + 1\n", "end = begin + 1\n"),
        ],
        "repeated paragraphs only",
    ),
    "no overlap": (1, [(NEXT, "new = begin = end")], "repeats nothing"),
    "new words only": (1, [(SIZE, SIZE.replace("begin:end", "new:end"))], "count repeated"),
    "the end again": (
        1,
        [
            ("while new < len(parts):", "while begin < len(parts):"),
            ("end = new + 1\n", "end = min(new + 1, len(parts))\n"),
        ],
        "nothing new",
    ),
    "all again": (1, [("max(begin + 1, end - overlap)", "max(begin, end - overlap)")], "whole passage"),
    "from line 0": (
        1, [("own[0].line, own[-1].last", "own[0].line - 1, own[-1].last - 1")], "lines from 0",
    ),
    "a line more": (1, [("own[-1].last,", "own[-1].last + 1,")], "a line too many"),
    "joined lines": (
        1,
        [(FOUND, FOUND.replace("own[-1].last", f"own[0].line + {ENDS}"))],
        "the joined text",
    ),
    "the place lost": (
        1,
        [(FOUND, FOUND.replace("own[0].line, own[-1].last", f"1, 1 + {ENDS}"))],
        "loses the place",
    ),
    "no empty line": (1, [('"\\n\\n".join', '"\\n".join')], "without the empty line"),
    "through paragraphs": (
        1,
        [
            (
                "    return found\n",
                '    w = text.split()\n    last = text.count("\\n") + 1\n'
                '    return [(1, last, " ".join(w[i : i + words])) for i in range(0, len(w), words)]\n',
            )
        ],
        "goes through paragraphs",
    ),
    "every second": (1, [(FOUND, f"begin % 2 or {FOUND}")], "cut gives other passages"),
    "one owner": (
        2,
        [
            (
                "    return found\n\n\ndef hits",
                "    return {max(topics, key=lambda n: sum(len(t) for t in passage if t in topics[n]))}"
                "\n\n\ndef hits",
            )
        ],
        "one topic only",
    ),
    "any shared": (2, [(HALF, "if any(text in held for text in passage):")], "any shared paragraph"),
    "all of it": (2, [(HALF, "if all(text in held for text in passage):")], "wants all"),
    "paragraphs": (
        2,
        [(HALF, "if sum(text in held for text in passage) >= len(passage) / 2:")],
        "counts paragraphs",
    ),
    "half of the topic": (
        2,
        [(HALF, "if sum(len(t) for t in held if t in passage) >= sum(map(len, held)) / 2:")],
        "half of the topic",
    ),
    "more than half": (2, [(">= half:", "> half:")], "exactly half"),
    "nobody": (2, [("found.add(name)", "found.add(name[:1])")], "owners names other topics"),
    "k + 1": (2, [("ranking[:k]", "ranking[: k + 1]")], "one passage too many"),
    "k - 1": (2, [("ranking[:k]", "ranking[: k - 1]")], "one passage too few"),
    "place k": (2, [("ranking[:k]", "ranking[k - 1 : k]")], "place k only"),
    "only right ones": (
        2, [("bool({*ranking[:k]} & wanted)", "{*ranking[:k]} <= wanted")], "nothing but right",
    ),
    "a count": (2, [("bool({*ranking[:k]} & wanted)", "len({*ranking[:k]} & wanted)")], "counts the right"),
    "all right ones": (
        2,
        [("bool({*ranking[:k]} & wanted)", "len({*ranking[:k]} & wanted) == max(1, len(wanted))")],
        "every right passage",
    ),
    "mean over passages": (
        2,
        [("bool({*ranking[:k]} & wanted)", "len({*ranking[:k]} & wanted) / max(1, len(wanted))")],
        "averages over right passages",
    ),
    "one gold label": (2, [("& wanted)", "& {*sorted(wanted)[:1]})")], "one right passage for each"),
    "no miss": (2, [("zip(rankings, right)]", "zip(rankings, right) if wanted]")], "leaves out questions"),
    "one number": (
        2, [(HITS, f"found = {HITS[7:]}; return sum(found) / len(found)")], "one number",
    ),
    "the opposite": (
        2, [("bool({*ranking[:k]} & wanted)", "not {*ranking[:k]} & wanted")], "hits gives another",
    ),
    "scores": (3, [("(number, _)", "(number, score)"), (SUMS, "sums[number] += score")], "adds scores."),
    "scaled scores": (
        3,
        [("(number, _)", "(number, score)"), (SUMS, "sums[number] += score / found[0][1]")],
        "that it has scaled",
    ),
    "from rank 0": (3, [("enumerate(found, start=1)", "enumerate(found)")], "ranks from 0"),
    "no constant": (3, [("1 / (constant + rank)", "1 / rank")], "leaves out the constant"),
    "always 60": (3, [("1 / (constant + rank)", "1 / (60 + rank)")], "always adds 60"),
    "worst first": (3, [("-sums[number]", "sums[number]")], "worst first"),
    "ranks added": (
        3, [(SUMS, "sums[number] += rank"), ("-sums[number]", "sums[number]")], "adds ranks",
    ),
    "in both": (
        3,
        [("return sorted(sums", "return sorted((n for n in sums if all(n in dict(one) for one in lists))")],
        "what both lists have",
    ),
    "the best place": (
        3, [(SUMS, "sums[number] = max(sums[number], 1 / (constant + rank))")], "best place only",
    ),
    "one behind the other": (3, [(SORTED, "return list(sums)")], "behind the other"),
    "in turn": (
        3,
        [
            (
                SORTED,
                "longest = max(map(len, lists))\n"
                "    turns = [one[i][0] for i in range(longest) for one in lists if i < len(one)]\n"
                "    return list(dict.fromkeys(turns))",
            )
        ],
        "in turn",
    ),
    "higher numbers first": (3, [("sums[number], number)", "sums[number], -number)")], "another order"),
    "sorted in place": (
        3,
        [("for found in lists:", "for found in lists:\n        found.reverse()")],
        "changes what it is given",
    ),
    "as they come": (3, [("(-sums[number], number)", "-sums[number]")], "equal sums as they come"),
    "with sums": (
        3, [(SORTED, SORTED.replace("return ", "return [(n, sums[n]) for n in ") + "]")], "sums, too",
    ),
    "the last list": (3, [("sums[number] += 1", "sums[number] = 1")], "the last list only"),
    "prices swapped": (
        4,
        [("+= in_vain", "+= MISSED"), ("+= missed", "+= in_vain"), ("MISSED", "missed")],
        "swaps the two prices",
    ),
    "not at the threshold": (
        4, [("sure >= least", "sure > least"), ("sure < least", "sure <= least")], "at the threshold",
    ),
    "below": (
        4,
        [("if sure >= least", "if sure NOT least"), ("if sure < least", "if sure >= least"), ("NOT", "<")],
        "below the threshold",
    ),
    "every refusal": (4, [("if sure < least and right:", "if sure < least:")], "every refusal"),
    "nothing missed": (4, [("total += missed", "total += 0")], "forgets what was missed"),
    "a sum": (4, [("return total / len(asked)", "return total")], "adds up instead"),
    "of those shown": (
        4,
        [("total / len(asked)", "total / max(1, sum(sure >= least for sure, _ in asked))")],
        "divides by the questions",
    ),
    "a constant": (4, [("return total / len(asked)", "return total / len(asked) + 1")], "another number"),
    "how often right": (
        4, [(BEST, BEST.replace("in_vain, missed))", "1, 1))"))], "how often it is right",
    ),
    "never never": (4, [(" + [inf]", "")], "show nothing at all"),
    "the highest": (4, [(BEST, BEST.replace("min(tried", "min(tried[::-1]"))], "the highest of equally"),
    "what it costs": (
        4,
        [(BEST, "return min(cost(least, asked, in_vain, missed) for least in tried)")],
        "what the threshold costs",
    ),
    "cost first": (
        4,
        [(BEST, "return min((cost(least, asked, in_vain, missed), least) for least in tried)")],
        "returns a pair",
    ),
    "cost behind": (
        4,
        [(BEST, "least = " + BEST[7:] + "\n    return least, cost(least, asked, in_vain, missed)")],
        "returns a pair",
    ),
    "as they were asked": (
        4, [(TRIED, "tried = [sure for sure, _ in asked] + [inf]")], "the first of equally",
    ),
    "the dearest": (4, [(BEST, BEST.replace("min(", "max("))], "the most expensive"),
    "shows all": (4, [(BEST, "return tried[0]")], "whatever it has"),
    "the median": (4, [(BEST, "return tried[len(tried) // 2]")], "choose gives another threshold"),
    "rows drawn": (
        4,
        [
            (
                ROWS,
                "first = random.Random(0).sample(rows, len(rows) // 2)\n"
                "    return first, [r for r in rows if r not in first]",
            )
        ],
        "on both sides",
    ),
    "rows lost": (4, [(ROWS, ROWS.replace("names[r] not in", "r and names[r] not in"))], "loses rows"),
    "uneven": (4, [("len(known) // 2", "len(known) // 4")], "of different size"),
    "drawn anew": (4, [("random.Random(0)", "random.Random()")], "drawn anew"),
    "the first part": (
        4, [("first = set(random.Random(0).sample(known, len(known) // 2))",
             "known = list(dict.fromkeys(names)); first = set(known[: len(known) // 2])")],
        "the first part",
    ),
    "by the alphabet": (
        4, [("set(random.Random(0).sample(known, len(known) // 2))", "set(known[: len(known) // 2])")],
        "the sorted names",
    ),
    "the order of a set": (4, [("sorted(set(names))", "list(set(names))")], "started again"),
    "a set": (4, [(ROWS, "return {r for r in rows if names[r] in first}")], "no two lists"),
}  # fmt: skip
