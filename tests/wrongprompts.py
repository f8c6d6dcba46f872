"""Ways to solve the lab on prompts: another right one, and plausible wrong ones with what they are told."""

OTHER = """
from collections import Counter
from fractions import Fraction
from statistics import NormalDist


def split(messages):
    groups = []
    for message in messages:
        bag = Counter(numbers(message))
        if all(bag != known for known, _ in groups):
            groups.append((bag, message))
    texts = [message for _, message in groups]
    develop = [texts[n] for n in range(3, len(texts), 4)]
    return develop, [text for text in texts if text not in develop]


def right(answer, total):
    if "answer is" in answer:
        found = re.search(r"\\d+", answer.split("answer is")[-1])
        return found is not None and int(found.group()) == total
    return [int(found) for found in re.findall(r"\\d+", answer)] == [total]


def disagree(new, old):
    return sum(a > b for a, b in zip(new, old)), sum(a < b for a, b in zip(new, old))


def p_value(new, old):
    gained, lost = disagree(new, old)
    chances = [Fraction(comb(gained + lost, k), 2 ** (gained + lost)) for k in range(gained + lost + 1)]
    return float(sum(chance for chance in chances if chance <= chances[gained]))


def interval(new, old):
    steps = [a - b for a, b in zip(new, old)] + [1, -1]
    mean = sum(steps) / len(steps)
    spread = sum((step - mean) ** 2 for step in steps) / len(steps)
    half = NormalDist().inv_cdf(0.975) * sqrt(spread / len(steps))
    return mean - half, mean + half


def pick(hits, develop, usual):
    best, most = usual, sum(hits[usual][n] for n in develop)
    for name, row in hits.items():
        if (count := sum(row[n] for n in develop)) > most:
            best, most = name, count
    return best


def decide(asked, planned, p, low, high, worth):
    enough = asked >= planned
    if enough and high >= worth and p < 0.05 and low > 0:
        return "change"
    return "keep" if enough and high < worth else "not enough data"
"""
KEY = "tuple(sorted(numbers(message)))"
KEEPS = "first.setdefault(tuple(sorted(numbers(message))), message)"
LAST = '_, words, after = answer.rpartition("answer is")'
TAIL = "tail = sum(comb(n, k) for k in range(max(gained, lost), n + 1))"
P = "return min(1.0, 2 * tail / 2**n)"
BEST = "(sum(hits[name][n] for n in develop), name == usual)"
PLAN = "(Z * sqrt(apart) + POWER * sqrt(apart - gain**2)) / gain) ** 2"
PROVEN = 'return "change" if p < 0.05 and low > 0 else "not enough data"'
TOO_LITTLE = '    if high < worth:\n        return "keep"\n'
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "copies in other words": (1, [(KEY, "message")], "in another wording"),
    "copies in other letters": (
        1,
        [(KEY, 're.sub(r"\\W", "", message.lower())')],
        "spaces, signs and capitals are not all",
    ),
    "swapped numbers": (1, [(KEY, "tuple(numbers(message))")], "its numbers swapped"),
    "same total": (1, [(KEY, "sum(numbers(message))")], "the same total"),
    "sets": (1, [(KEY, "frozenset(numbers(message))")], "occurs twice in a sum counts once"),
    "digits": (
        1,
        [(KEY, '"".join(sorted("".join(filter(str.isdigit, message))))')],
        "digit by digit",
    ),
    "last wording": (1, [(KEEPS, f"first[{KEY}] = message")], "the last wording"),
    "copies on one side": (
        1,
        [
            (
                "return distinct[3::4], test",
                "key = lambda one: tuple(sorted(numbers(one)))\n"
                "    kept = {key(one) for one in distinct[3::4]}\n"
                "    return [m for m in messages if key(m) in kept], "
                "[m for m in messages if key(m) not in kept]",
            )
        ],
        "each side still holds copies",
    ),
    "apart first": (
        1,
        [
            (
                "return distinct[3::4], test",
                "key = lambda one: tuple(sorted(numbers(one)))\n"
                "    once = lambda side: list({key(m): m for m in side[::-1]}.values())\n"
                "    sort = lambda side: sorted(once(side), key=side.index)\n"
                "    return sort(messages[3::4]), sort([m for n, m in enumerate(messages, 1) if n % 4])",
            )
        ],
        "put apart first",
    ),
    "tested too": (1, [("[3::4], test", "[3::4], distinct")], "in the test, too"),
    "counted from zero": (
        1,
        [("distinct, 1)", "distinct)"), ("[3::4]", "[::4]")],
        "begins too early",
    ),
    "swapped sides": (1, [("return distinct[3::4], test", "return test, distinct[3::4]")], "sides"),
    "one list": (1, [("return distinct[3::4], test", "return test")], "two lists"),
    "lost sums": (1, [("[3::4], test", "[3::4], test[1:]")], "loses sums"),
    "leaked otherwise": (1, [("return distinct[3::4]", "return distinct[2::4]")], "on both sides"),
    "other sums": (1, [("% 4]", "% 2]"), ("[3::4]", "[1::2]")], "puts other messages apart"),
    "messages sorted": (1, [("first = {}", "first = {}; messages.sort()")], "changes what it is"),
    "digits somewhere": (2, [(LAST, "return str(total) in answer")], "the digits stand somewhere"),
    "any number": (2, [(LAST, "return total in numbers(answer)")], "any of its numbers"),
    "last number": (2, [(LAST, "return numbers(answer)[-1:] == [total]")], "the last number"),
    "first number": (2, [(LAST, "return numbers(answer)[:1] == [total]")], "the first number"),
    "end of the text": (
        2,
        [(LAST, 'return answer.rstrip(". ").endswith(str(total))')],
        "the end of the text",
    ),
    "number alone": (2, [(LAST, 'return answer.strip(" .") == str(total)')], "the number alone"),
    "words only": (2, [("(not words and len(found) > 1)", "not words")], "only answers with"),
    "first statement": (
        2,
        [
            (
                LAST,
                'words = "answer is" in answer\n    after = answer.split("answer is", 1)[-1]',
            )
        ],
        "not the last",
    ),
    "first digits": (
        2,
        [("return found[0] == total", "return after.strip().startswith(str(total))")],
        "only the first digits",
    ),
    "a number for an answer": (2, [("return found[0] == total", "return found[0]")], "True or Fal"),
    "cut off counts": (2, [(" or (not words and len(found) > 1)", "")], "reads another result"),
    "all right answers": (
        3,
        [
            (
                "pairs.count((True, False)), pairs.count((False, True))\n\n\ndef p",
                "sum(new), sum(old)\n\n\ndef p",
            )
        ],
        "all right answers are counted",
    ),
    "ties are wins": (
        3,
        [("return pairs.count((True, False))", "return sum(a >= b for a, b in pairs)")],
        "ties count as wins",
    ),
    "swapped counts": (
        3,
        [
            (
                "pairs.count((True, False)), pairs.count((False, True))",
                "pairs.count((False, True)), pairs.count((True, False))",
            )
        ],
        "gained and lost are swapped",
    ),
    "agreements": (
        3,
        [("(True, False)", "(True, True)"), ("(False, True)", "(False, False)")],
        "agreements are counted",
    ),
    "disagreements together": (
        3,
        [("return pairs.count((True, False)),", "return len(pairs),")],
        "counts other questions",
    ),
    "unpaired test": (
        3,
        [
            (
                TAIL,
                "from statistics import NormalDist\n"
                "    m = len(new); share = (sum(new) + sum(old)) / 2 / m\n"
                "    error = sqrt(2 * share * (1 - share) / m)\n"
                "    if not error:\n        return 1.0\n"
                "    return 2 * NormalDist().cdf(-abs(sum(new) - sum(old)) / m / error)",
            )
        ],
        "p is of an unpaired test",
    ),
    "one-sided": (3, [(P, "return tail / 2**n")], "one-sided by mistake"),
    "one-sided, new": (
        3,
        [("range(max(gained, lost), n + 1)", "range(gained, n + 1)"), (P, "return tail / 2**n")],
        "direction of the new prompt",
    ),
    "ties won in p": (
        3,
        [(TAIL, f"gained = len(new) - lost; n = len(new)\n    {TAIL}")],
        "p counts ties as wins",
    ),
    "ties shared in p": (
        3,
        [(TAIL, f"more = (len(new) - n) // 2; gained += more; lost += more; n = len(new)\n    {TAIL}")],
        "half for each side",
    ),
    "p above 1": (3, [(P, "return 2 * tail / 2**n")], "p is more than 1"),
    "normal": (
        3,
        [(TAIL, "from math import erfc\n    return erfc(abs(gained - lost) / sqrt(2 * n)) if n else 1.0")],
        "normal approximation.",
    ),
    "normal, corrected": (
        3,
        [
            (
                TAIL,
                "from math import erfc\n"
                "    return erfc(max(0, abs(gained - lost) - 1) / sqrt(2 * n)) if n else 1.0",
            )
        ],
        "with a correction",
    ),
    "p from nothing": (3, [(P, "return 2.5")], "p is no chance"),
    "p of the point": (
        3,
        [(P, "return comb(n, gained) / 2**n")],
        "p_value gives another chance",
    ),
    "unpaired interval": (
        3,
        [
            (
                "    half = Z",
                "    n -= 2; one, other = sum(new) / n, sum(old) / n\n"
                "    half = Z * sqrt((one * (1 - one) + other * (1 - other)) / n)\n"
                "    return one - other - half, one - other + half\n    half = Z",
            )
        ],
        "interval is of unpaired answers",
    ),
    "two intervals": (
        3,
        [
            (
                "    half = Z",
                "    from lessons.intervals import wilson\n"
                "    (a, b), (c, d) = wilson(sum(new), len(new)), wilson(sum(old), len(old))\n"
                "    return a - d, b - c\n    half = Z",
            )
        ],
        "two separate intervals",
    ),
    "nothing added": (
        3,
        [("len(new) + 2", "len(new)"), ("(gained + 1) / n, (lost + 1)", "gained / n, lost")],
        "nothing is added",
    ),
    "Z rounded": (3, [("Z * sqrt((one", "1.96 * sqrt((one")], "a rounded Z"),
    "90%": (3, [("Z * sqrt((one", "1.644854 * sqrt((one")], "90% only"),
    "wrong sign": (
        3,
        [("one - other - half, one - other + half", "other - one - half, other - one + half")],
        "wrong sign",
    ),
    "square forgotten": (3, [(" - (one - other) ** 2", "")], "forgets the square"),
    "one end": (3, [("half, one - other + half", "half")], "two ends"),
    "root forgotten": (3, [("sqrt((one + other - (one - other) ** 2) / n)", "1 / n")], "other ends"),
    "chosen on the test": (
        4,
        [("for n in develop)", "for n in set(range(len(hits[usual]))) - set(develop))")],
        "chosen on the test",
    ),
    "chosen on all": (
        4,
        [("sum(hits[name][n] for n in develop)", "sum(hits[name])")],
        "on all questions",
    ),
    "a tie changes": (4, [(BEST, "sum(hits[name][n] for n in develop)")], "the usual one loses"),
    "losses forgotten": (
        4,
        [(BEST, "sum(hits[name][n] and not hits[usual][n] for n in develop)")],
        "what a prompt loses",
    ),
    "a score": (4, [("return max(hits, key", "return len(hits); max(hits, key")], "name of a prompt"),
    "the worst": (4, [("return max(hits", "return min(hits")], "another prompt"),
    "rounded down": (4, [("return ceil((", "return int((")], "rounded down"),
    "one of two trials": (4, [("+ POWER * sqrt(apart - gain**2)", "")], "one of two trials"),
    "plan one-sided": (4, [("return ceil(((Z *", "return ceil(((1.644854 *")], "one-sided test"),
    "not squared": (4, [(PLAN, PLAN.removesuffix(" ** 2"))], "forgets to square"),
    "disagreements planned": (4, [("return ceil(((", "return ceil(apart * ((")], "the disagreements"),
    "a broken plan": (4, [("return ceil(((", "return float(((")], "a whole number"),
    "another plan": (4, [("apart - gain**2", "apart")], "plans another number"),
    "peeking": (4, [("asked < planned", "False")], "before the planned number"),
    "no proof": (4, [(PROVEN, PROVEN.replace("not enough data", "keep"))], "proof of none"),
    "any direction": (
        4,
        [(TOO_LITTLE, '    if p < 0.05:\n        return "change"\n' + TOO_LITTLE)],
        "whatever its direction",
    ),
    "any gain": (
        4,
        [(TOO_LITTLE, '    if p < 0.05 and low > 0:\n        return "change"\n' + TOO_LITTLE)],
        "too small to be worth it",
    ),
    "the middle": (
        4,
        [(TOO_LITTLE, '    return "change" if (low + high) / 2 >= worth else "keep"\n')],
        "the middle of the interval",
    ),
    "too strict": (4, [("low > 0", "low >= worth")], "even the low end"),
    "a fourth answer": (4, [("else \"not enough data\"", "else None")], "none of its three"),
    "the wrong way round": (4, [("high < worth", "high > worth")], "takes another way"),
    "divided after the root": (3, [("** 2) / n)", "** 2)) / n")], "divides after the root"),
    "n and no more": (3, [("** 2) / n)", "** 2) / (n - 2))")], "divides by n below the root"),
    "rounded to the nearest": (4, [("return ceil((", "return round((")], "rounded to the nearest"),
    "only the gain squared": (
        4,
        [(PLAN, "(" + PLAN.replace(" / gain) ** 2", ") / gain**2)"))],
        "squares only the gain",
    ),
    "gain not squared": (4, [("apart - gain**2", "apart - gain")], "and not its square"),
    "one more than planned": (4, [("asked < planned", "asked <= planned")], "do not count as enough"),
    "just worth it": (4, [("high < worth", "high <= worth")], "just worth it"),
}  # fmt: skip
