"""Ways to solve the lab on classifiers: another right one, and plausible wrong ones with what is said."""

OTHER = """
from itertools import zip_longest
from math import fsum, inf


def group(authors, contents):
    links = {}
    for place, (author, text) in enumerate(zip(authors, contents)):
        links.setdefault("by " + author, set()).add(place)
        if text.count(" ") > COPY - 2:
            links.setdefault("says " + text, set()).add(place)
    found = list(range(len(authors)))
    again = True
    while again:
        again = False
        for places in links.values():
            least = min(found[place] for place in places)
            for place in places:
                again = again or found[place] != least
                found[place] = least
    return found


def split(labels, groups, order):
    part_of = {}
    for label in set(labels):
        wanted = [one for one in order if labels[groups.index(one)] == label]
        sizes = {one: groups.count(one) for one in wanted}
        for part in (2, 1):
            had = 0
            while wanted and 5 * had < labels.count(label):
                one = wanted.pop(0)
                part_of[one] = part
                had += sizes[one]
    parts = [[], [], []]
    for place in reversed(range(len(labels))):
        parts[part_of.get(groups[place], 0)].append(place)
    return parts


def batch(rows, pad):
    columns = list(zip_longest(*rows))
    ids = [[pad if one is None else one for one in row] for row in zip(*columns)]
    return ids, [[0 if one is None else 1 for one in row] for row in zip(*columns)]


def pooled(vectors, mask):
    total = [0.0] * len(vectors[0])
    for vector, one in zip(vectors, mask):
        total = [a + one * b for a, b in zip(total, vector)]
    return tuple(value / sum(mask) for value in total)


def loss(scores, labels, weights):
    total = 0
    for row, label in zip(scores, labels):
        odds = [score - row[label] for score in row]
        top = max(odds)
        total += weights[label] * (top + log(fsum(exp(one - top) for one in odds)))
    return total / fsum(weights[label] for label in labels)


def start(outputs, inputs, rank, seed):
    luck = Random(f"start {seed}")
    width = (3 / inputs) ** 0.5
    return (
        [[luck.uniform(-width, width) for _ in range(inputs)] for _ in range(rank)],
        [[0] * rank] * outputs,
    )


def merged(W, A, B, alpha):
    result = []
    for i, row in enumerate(W):
        result.append([
            value + alpha * sum(B[i][k] * A[k][j] for k in range(len(A))) / len(A)
            for j, value in enumerate(row)
        ])
    return result


def adapted(W, A, B, alpha, x):
    return [sum(a * b for a, b in zip(row, x)) for row in merged(W, A, B, alpha)]


def pick(validation):
    best, least = "", inf
    for name, values in validation.items():
        if sum(values) / len(values) < least:
            best, least = name, sum(values) / len(values)
    return best


def costs(runs, truth, prices):
    return [
        sum(prices[label][run[place]] for run in runs) / len(runs)
        for place, label in enumerate(truth)
    ]


def profit(before, after, groups, messages, price):
    saved = [messages * (old - new) - price for old, new in zip(before, after)]
    found = clustered(saved, [f"group {number}" for number in groups])
    return [found.value, found.low, found.high]
"""
LONG = """        if len(text.split()) >= COPY:
            keys.append(("text", text))
"""
JOIN = """            groups = [small if number == large else number for number in groups]
"""
GROUPS = "    groups, seen = list(range(len(authors))), {}\n"
BUNDLES = """    for place, number in enumerate(groups):
        members[number].append(place)
"""
SCALE = "    scale = alpha / len(A)\n"
ADD = "[a + alpha / len(A) * b for a, b in zip(times(W, x), added, strict=True)]"
ZERO = "[[0.0] * rank for _ in range(outputs)]"
GAUSS = "luck.gauss(0, inputs**-0.5)"
MASK = "[[1] * len(row) + [0] * (longest - len(row)) for row in rows]"
FILLED = "[row + [pad] * (longest - len(row)) for row in rows]"
LONGEST = "longest = max(len(row) for row in rows)"
SHORTEST = "longest = min(len(row) for row in rows)\n    rows = [row[:longest] for row in rows]"
REAL = "real = [vector for vector, one in zip(vectors, mask, strict=True) if one]"
MEAN = "return [sum(column) / len(real) for column in zip(*real, strict=True)]"
WEIGHTS = "sum(weights[label] for label in labels)"
DRAWN = "A = [[luck.gauss(0, inputs**-0.5) for _ in range(inputs)] for _ in range(rank)]"
ONE_ROW = "A = [[luck.gauss(0, inputs**-0.5) for _ in range(inputs)]] * rank"
PRODUCT = "product = [times(columns, row) for row in B]"
TURNED = "product = list(zip(*[times(columns, row) for row in B]))"
EACH = "zip(row, added, strict=True)]\n        for row"
SINGLE = """    for place in sorted(range(len(labels)), key=lambda p: order.index(groups[p])):
        members[place] = [place]
"""
VOTE = "prices[t][max(sorted(set(column)), key=column.count)]"
COUNTED = "total, full = Counter(labels[n] for n in order), Counter()"
WRONG = {
    "authors only": (1, [(LONG, "")], "looks at authors only"),
    "copies only": (
        1,
        [('keys = [("author", author)]', "keys = []")],
        "looks at copies only",
    ),
    "short copies": (1, [("if len(text.split()) >= COPY:", "if text:")], "takes short texts"),
    "characters": (1, [("len(text.split()) >= COPY", "len(text) >= COPY")], "counts characters"),
    "more than COPY": (
        1,
        [("len(text.split()) >= COPY", "len(text.split()) > COPY")],
        "asks for more words",
    ),
    "one step": (1, [(JOIN, "            groups[place] = small\n")], "stops after one step"),
    "running numbers": (
        1,
        [("    return groups\n", "    return [sorted(set(groups)).index(n) for n in groups]\n")],
        "counts the groups",
    ),
    "torn groups": (
        1,
        [
            ("members = {number: [] for number in order}", "members = {}"),
            (BUNDLES, SINGLE),
        ],
        "tears groups apart",
    ),
    "labels together": (
        1,
        [
            ("full[p, label] < total[label] / 5", "full[p] < len(labels) / 5"),
            ("full[part, label]", "full[part]"),
        ],
        "does not look at the labels",
    ),
    "groups counted": (
        1,
        [
            ("total, full = Counter(labels), Counter()", COUNTED),
            ("full[part, label] += len(places)", "full[part, label] += 1"),
        ],
        "counts groups",
    ),
    "under": (
        1,
        [("full[p, label] < total[label] / 5", "full[p, label] + len(places) <= total[label] / 5")],
        "leaves out a group that does not fit",
    ),
    "order ignored": (
        1,
        [("for number in order}", "for number in sorted(order)}")],
        "in another order",
    ),
    "validation in training": (
        1,
        [('return sorted(parts["learn"])', 'return sorted(parts["learn"] + parts["choose"])')],
        "leaves the validation messages",
    ),
    "mask by id": (
        2,
        [(MASK, "[[int(one != pad) for one in row] for row in ids]")],
        "finds the padding by its id",
    ),
    "left": (
        2,
        [
            (FILLED, "[[pad] * (longest - len(row)) + row for row in rows]"),
            (MASK, "[[0] * (longest - len(row)) + [1] * len(row) for row in rows]"),
        ],
        "fills up on the left",
    ),
    "cut": (2, [(LONGEST, SHORTEST)], "cuts long rows"),
    "all real": (
        2,
        [
            (
                "[1] * len(row) + [0] * (longest - len(row)) for row in rows",
                "[1] * longest for row in rows",
            )
        ],
        "all is real",
    ),
    "mean of all": (
        2,
        [("zip(vectors, mask, strict=True) if one]", "zip(vectors, mask, strict=True)]")],
        "averages the padding",
    ),
    "last place": (2, [(MEAN, "return vectors[-1]")], "takes the last place"),
    "last real": (2, [(MEAN, "return real[-1]")], "last real token only"),
    "over all": (
        2,
        [("sum(column) / len(real)", "sum(column) / len(mask)")],
        "divides by all places",
    ),
    "left only": (2, [(REAL, "real = vectors[: sum(mask)]")], "text to be on the left"),
    "no weights": (
        2,
        [("total += weights[label] * (", "total += ("), (WEIGHTS, "len(labels)")],
        "forgets the weights",
    ),
    "by count": (
        2,
        [("return total / sum(weights[label] for label in labels)", "return total / len(labels)")],
        "divides by the number of messages",
    ),
    "sign": (2, [("return total / sum(weights", "return -total / sum(weights")], "wrong sign"),
    "bits": (
        2,
        [
            ("everything = log(sum(", "everything = log2(sum("),
            ("from math import exp, log", "from math import exp, log, log2"),
            ("(everything - (row[label] - high))", "(everything - (row[label] - high) / log(2))"),
        ],
        "counts in bits",
    ),
    "overflow": (2, [("high = max(row)", "high = 0")], "more than a computer can hold"),
    "both zero": (3, [(GAUSS, "0.0")], "both matrices start at zero"),
    "both drawn": (
        3,
        [(ZERO, f"[[{GAUSS} for _ in range(rank)] for _ in range(outputs)]")],
        "B does not start at zero",
    ),
    "equal rows": (3, [(DRAWN, ONE_ROW)], "numbers of A repeat"),
    "no seed": (3, [("Random(seed)", "Random()")], "draws other numbers each time"),
    "one seed": (3, [("Random(seed)", "Random(0)")], "ignores the seed"),
    "turned shapes": (
        3,
        [
            (
                "for _ in range(inputs)] for _ in range(rank)]",
                "for _ in range(rank)] for _ in range(inputs)]",
            )
        ],
        "do not fit",
    ),
    "B first": (3, [(f"return A, {ZERO}", f"return {ZERO}, A")], "returns B first"),
    "variance": (3, [(GAUSS, "luck.gauss(0, 1 / inputs)")], "another spread"),
    "spread by rank": (3, [(GAUSS, "luck.gauss(0, rank**-0.5)")], "another spread"),
    "large numbers": (3, [(GAUSS, "luck.gauss(0, 100)")], "too large"),
    "alpha alone": (3, [(ADD, ADD.replace(" / len(A)", ""))], "does not divide alpha by the rank"),
    "no scale": (3, [(ADD, ADD.replace("alpha / len(A) * ", ""))], "forgets the scale"),
    "other side": (3, [(ADD, ADD.replace("len(A)", "len(x)"))], "another size than the rank"),
    "addition only": (3, [(ADD, ADD.replace("[a + ", "["))], "leaves out the frozen part"),
    "all scaled": (
        3,
        [(ADD, ADD.replace("[a + alpha / len(A) * b", "[alpha / len(A) * (a + b)"))],
        "scales the frozen part",
    ),
    "merged alone": (
        3,
        [("[a + scale * b for a", "[scale * b for a")],
        "returns the addition alone",
    ),
    "merged unscaled": (3, [(SCALE, "    scale = 1\n")], "merged forgets the scale"),
    "merged turned": (
        3,
        [
            (PRODUCT, TURNED),
            ("zip(W, product, strict=True)", "zip(W, product)"),
            (EACH, EACH.replace(", strict=True", "")),
        ],
        "merged turns the addition",
    ),
    "highest": (4, [("return min(validation", "return max(validation")], "most expensive setting"),
    "best run": (4, [("mean(validation[name]))", "min(validation[name]))")], "best single run"),
    "first run": (4, [("mean(validation[name]))", "validation[name][0])")], "first run"),
    "last tie": (
        4,
        [("min(validation, key", "min(reversed(validation), key")],
        "last of equally good",
    ),
    "table turned": (4, [("prices[t][a]", "prices[a][t]")], "turns the table"),
    "summed": (4, [("[mean(prices[t][a]", "[sum(prices[t][a]")], "adds up the runs"),
    "vote": (4, [("mean(prices[t][a] for a in column)", VOTE)], "lets the runs vote"),
    "mistakes": (4, [("prices[t][a]", "float(t != a)")], "counts mistakes"),
    "each alone": (
        4,
        [("[str(number) for number in groups]", "[str(n) for n in range(len(groups))]")],
        "takes each message for a customer",
    ),
    "profit sign": (4, [("[old - new for old", "[new - old for old")], "wrong sign"),
    "no price": (4, [("messages * one - price", "messages * one")], "forgets the price"),
    "price each": (
        4,
        [("messages * one - price", "messages * (one - price)")],
        "pays for each message",
    ),
    "one message": (4, [("messages * one - price", "one - price")], "one message only"),
}
