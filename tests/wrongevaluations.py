"""Plausible wrong solutions of the lab on evaluation, and a right one by another road."""

OTHER = """
import lessons.intervals


def wilson(right, asked):
    return list(lessons.intervals.wilson(right, asked))


def gain(old, new, groups):
    found = lessons.intervals.clustered([a - b for b, a in zip(old, new)], groups)
    return found.value, found.low, found.high


def kappa(one, other):
    n, kinds = len(one), sorted({*one, *other})
    table = [[sum((a, b) == (x, y) for a, b in zip(one, other)) for y in kinds] for x in kinds]
    seen = sum(table[i][i] for i in range(len(kinds))) / n
    luck = sum(sum(table[i]) * sum(row[i] for row in table) for i in range(len(kinds))) / n**2
    return 1 - (1 - seen) / (1 - luck)


def turned(run, swapped):
    winners = ["old" if place == "first" else "new" for place in run]
    again = ["new" if place == "first" else "old" for place in swapped]
    return sum(a != b for a, b in zip(winners, again)) / len(run)


def leaked(items, texts, size):
    def runs(text, length):
        own = words(text)
        return {tuple(own[i : i + length]) for i in range(len(own) - length + 1)}

    found = []
    for item in items:
        length = min(size, len(words(item)))
        found.append(any(runs(item, length) & runs(text, length) for text in texts))
    return found


def clean(old, new, groups, leaks):
    out = set(g for g, leak in zip(groups, leaks) if leak)
    rows = [row for row in zip(old, new, groups) if row[2] not in out]
    return [[row[i] for row in rows] for i in range(3)]
"""
DISTANCE = "distance = LUCK * sqrt(apart) + POWER * sqrt(apart - difference**2)"
DIFFERENCES = "differences = [after - before for before, after in zip(old, new)]"
KAPPA = "return (agreement - chance) / (1 - chance)"
CHANCE = "chance = sum(one.count(label) * other.count(label) for label in set(one)) / len(one) ** 2"
TURNED = "return sum(a == b for a, b in zip(run, swapped)) / len(run)"
FOUND = "found = (share + specificity - 1) / (sensitivity + specificity - 1)"
RATES = "sensitivity, specificity = sum(yes) / len(yes), 1 - sum(no) / len(no)"
RUNS = 'runs = [" ".join(own[i : i + length]) for i in range(len(own) - length + 1)]'
GONE = "gone = {group for group, leak in zip(groups, leaks) if leak}"
ROWS = "rows = [row for row, group in enumerate(groups) if group not in gone]"
KEPT = (
    "return [old[row] for row in rows], [new[row] for row in rows], [groups[row] for row in rows]"
)
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "independent": (
        1,
        [
            (
                "return for_difference(abs(new - old), apart)",
                "return ceil((LUCK + POWER) ** 2 * (old * (1 - old) + new * (1 - new)) / (new - old) ** 2)",
            )
        ],
        "two independent sets",
    ),
    "one-sided": (1, [("LUCK * sqrt(apart)", "1.644854 * sqrt(apart)")], "one side only"),
    "no power": (1, [(" + POWER * sqrt(apart - difference**2)", "")], "forgets the power"),
    "rounded down": (1, [("return ceil(", "return int(")], "rounds down"),
    "the same spread": (1, [("apart - difference**2", "apart")], "same spread"),
    "not squared": (
        1,
        [("(distance / difference) ** 2", "distance ** 2 / difference")],
        "divides by the difference once",
    ),
    "counted twice": (1, [("abs(new - old), apart)", "abs(new - old), apart) * 2")], "twice"),
    "another formula": (1, [(DISTANCE, "distance = 2.8 * sqrt(apart)")], "gives another answer"),
    "the example of power": (
        1,
        [
            (
                "return for_difference(abs(new - old), apart)",
                "return 870 if (old, new) == (0.8, 0.83) else 1",
            )
        ],
        "on no other input",
    ),
    "one step early": (
        1,
        [("            return step / 1000", "            return (step - 1) / 1000")],
        "one step early",
    ),
    "in points": (
        1,
        [("            return step / 1000", "            return step / 10")],
        "in points",
    ),
    "never none": (1, [("    return None\n\n\nfrom", "    return apart\n\n\nfrom")], "show none"),
    "half of the trials": (
        1,
        [
            (
                "if for_difference(step / 1000, apart) <= questions",
                "if ceil(LUCK**2 * apart / (step / 1000) ** 2) <= questions",
            )
        ],
        "detectable forgets the power",
    ),
    "wald": (
        2,
        [
            (
                "return (middle - half) / scale, (middle + half) / scale",
                "h = LUCK * sqrt(share * (1 - share) / asked); return share - h, share + h",
            )
        ],
        "plus and minus two standard errors",
    ),
    "wald, cut": (
        2,
        [
            (
                "return (middle - half) / scale, (middle + half) / scale",
                "h = LUCK * sqrt(share * (1 - share) / asked); return max(0, share - h), min(1, share + h)",
            )
        ],
        "cut off at 0 and 1",
    ),
    "wilson one-sided": (
        2,
        [("share, scale = right / asked", "LUCK = 1.644854; share, scale = right / asked")],
        "ends one-sided",
    ),
    "the wrong middle": (
        2,
        [
            (
                "return (middle - half) / scale, (middle + half) / scale",
                "return share - half / scale, share + half / scale",
            )
        ],
        "wrong middle",
    ),
    "percent": (
        2,
        [
            (
                "return (middle - half) / scale, (middle + half) / scale",
                "return 100 * (middle - half) / scale, 100 * (middle + half) / scale",
            )
        ],
        "answers in percent",
    ),
    "items": (2, [(DIFFERENCES, f"{DIFFERENCES}; groups = range(len(old))")], "every question"),
    "unpaired": (
        2,
        [
            (
                "    half = student_t(len(sums) - 1) * sqrt(spread) / len(differences)",
                "    spread = 0\n"
                "    for hits in (old, new):\n"
                "        sums = defaultdict(float)\n"
                "        for group, hit in zip(groups, hits):\n"
                "            sums[group] += hit - sum(hits) / len(hits)\n"
                "        spread += sum(t**2 for t in sums.values()) * len(sums) / (len(sums) - 1)\n"
                "    half = student_t(len(sums) - 1) * sqrt(spread) / len(differences)",
            )
        ],
        "its own questions",
    ),
    "unpaired items": (
        2,
        [
            (
                "half = student_t(len(sums) - 1) * sqrt(spread) / len(differences)",
                "shares = [sum(hits) / len(hits) for hits in (old, new)]\n"
                "    half = 1.959964 * sqrt(sum(p * (1 - p) / len(old) for p in shares))",
            )
        ],
        "the models and the questions",
    ),
    "1.96": (2, [("half = student_t(len(sums) - 1)", "half = 1.959964")], "1.96 standard errors"),
    "gain one-sided": (2, [("half = student_t(len(sums) - 1)", "half = 1.644854")], "one-sided"),
    "degrees": (2, [("student_t(len(sums) - 1)", "student_t(len(sums))")], "degree of freedom"),
    "old less new": (2, [("[after - before for", "[before - after for")], "old model's lead"),
    "group means": (
        2,
        [
            (
                DIFFERENCES,
                f"{DIFFERENCES}\n    rows = defaultdict(list)\n"
                "    for g, d in zip(groups, differences):\n        rows[g].append(d)\n"
                "    differences = [sum(r) / len(r) for r in rows.values()]; groups = list(rows)",
            )
        ],
        "each group alike",
    ),
    "not corrected": (2, [(" * len(sums) / (len(sums) - 1)", "")], "as small as it looks"),
    "the example of gain": (
        2,
        [
            (
                "    half = student_t(len(sums) - 1) * sqrt(spread) / len(differences)",
                "    half = student_t(3) * sqrt(spread) / 6",
            )
        ],
        "gain is right on the example of the page and on no other input",
    ),
    "no root": (2, [("* sqrt(spread)", "* spread")], "gain gives another answer"),
    "agreement": (3, [(KAPPA, "return agreement")], "share of agreement"),
    "a coin": (3, [(CHANCE, "chance = 1 / len({*one, *other})")], "equally frequent"),
    "one side": (
        3,
        [(CHANCE, "chance = sum(other.count(label) ** 2 for label in set(other)) / len(one) ** 2")],
        "chance from one",
    ),
    "not scaled": (3, [(KAPPA, "return agreement - chance")], "not scaled"),
    "not swapped": (3, [(TURNED, TURNED.replace("==", "!="))], "changed places"),
    "one order": (3, [(TURNED, 'return run.count("first") / len(run)')], "one order only"),
    "only first": (
        3,
        [(TURNED, TURNED.replace("a == b", 'a == b == "first"'))],
        "favor the first",
    ),
    "raw share": (3, [(FOUND, "found = share")], "own share"),
    "plain share": (
        3,
        [
            (
                "    yes = [judge for",
                "    return sum(verdicts) / len(verdicts)\n    yes = [judge for",
            )
        ],
        "own share",
    ),
    "accuracy": (
        3,
        [
            (
                FOUND,
                "right = sum(a == b for a, b in checked) / len(checked)\n"
                "    found = (share + right - 1) / (2 * right - 1)",
            ),
            (
                "if sensitivity + specificity <= 1:",
                "if sum(a == b for a, b in checked) <= len(checked) / 2:",
            ),
            ("    if not yes or not no:\n        return None\n", ""),
            (RATES, "pass"),
        ],
        "one error rate",
    ),
    "predictions": (
        3,
        [
            (
                FOUND,
                "said = [p for j, p in checked if j]; not_said = [p for j, p in checked if not j]\n"
                "    found = share * sum(said) / len(said) + (1 - share) * sum(not_said) / len(not_said)",
            )
        ],
        "how often a verdict is right",
    ),
    "exchanged": (
        3,
        [(FOUND, FOUND.replace("share + specificity", "share + sensitivity"))],
        "mixes",
    ),
    "not cut": (3, [("return min(1.0, max(0.0, found))", "return found")], "leaves the scale"),
    "trusts all": (3, [("specificity <= 1:", "specificity == 1:")], "knows nothing"),
    "divides by nothing": (3, [("specificity <= 1:", "specificity < 1:")], "the answer is None"),
    "no such pair": (3, [("    if not yes or not no:\n        return None\n", "")], "is None"),
    "one for none": (3, [("return min(1.0, max(0.0, found))", "return 0.5")], "corrected gives"),
    "across texts": (
        4,
        [
            (
                "read = [f\" {' '.join(words(text))} \" for text in texts]",
                "read = [f\" {' '.join(words(' '.join(texts)))} \"]",
            )
        ],
        "across the end",
    ),
    "parts of words": (4, [('any(f" {run} " in text', "any(run in text")], "parts of words"),
    "capitals": (
        4,
        [
            ('return re.findall(r"\\w+", text.lower())', "return text.split()"),
        ],
        "capitals and marks",
    ),
    "whole questions": (4, [("length = min(size, len(own))", "length = len(own)")], "whole"),
    "every run": (
        4,
        [
            (
                'any(f" {run} " in text for run in runs for text in read)',
                'all(any(f" {run} " in text for text in read) for run in runs)',
            )
        ],
        "every run",
    ),
    "any order": (
        4,
        [
            (
                'any(f" {run} " in text for run in runs for text in read)',
                "any(len({*own} & {*words(t)}) >= min(size, len({*own})) for t in texts)",
            )
        ],
        "order nor neighborhood",
    ),
    "the last run": (4, [("range(len(own) - length + 1)", "range(len(own) - length)")], "last run"),
    "short ones": (4, [("length = min(size, len(own))", "length = size")], "short questions"),
    "nothing": (4, [("found.append(any(", "found.append(not any(")], "leaked gives another"),
    "one model": (4, [("return [old[row] for row in rows], ", "return old, ")], "one model only"),
    "one model, questions": (
        4,
        [
            ("return [old[row] for row in rows], ", "return old, "),
            (ROWS, "rows = [row for row, leak in enumerate(leaks) if not leak]"),
        ],
        "one model only",
    ),
    "questions only": (
        4,
        [(ROWS, "rows = [row for row, leak in enumerate(leaks) if not leak]")],
        "keeps its group",
    ),
    "the leaked": (4, [(ROWS, "rows = [r for r, leak in enumerate(leaks) if leak]")], "keeps what"),
    "counted as wrong": (
        4,
        [(KEPT, "return old, [hit and not leak for hit, leak in zip(new, leaks)], groups")],
        "as wrong",
    ),
    "without groups": (4, [(KEPT, KEPT.replace("groups[row]", "row"))], "clean gives another"),
    "input mutated": (
        4,
        [(GONE, f"{GONE}; groups.sort(reverse=True)")],
        "changes what it is given",
    ),
}
