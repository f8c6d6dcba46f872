"""Plausible wrong solutions of the lab on cleaning, and a right one by another road."""

OTHER = r"""
import numpy as np
from lessons.data_preparation.duplicates import MinHash


def tidy(text):
    parts = []
    while (tag := TAG.search(text)):
        parts.append(text[: tag.start()])
        text = text[tag.end() :]
    text = unescape("".join([*parts, text]))
    only = {name: False for name in ftfy.TextFixerConfig._fields if "fix" in name}
    only |= {"fix_encoding": True, "unescape_html": False, "uncurl_quotes": False}
    only |= {"remove_terminal_escapes": False, "remove_control_chars": False}
    return ftfy.fix_text(text, ftfy.TextFixerConfig(**only, normalization="NFC"))


def score(found, there):
    true = sum(place in there for place in found)
    return true / max(1, len(found)) if found else 1.0, true / len(there) if there else 1.0


def keep(texts, least):
    runs = [shingles(text, 3) for text in texts]
    sketch = [MinHash(64)(run) for run in runs]
    near = {place: set() for place in range(len(texts))}
    for one in near:
        for other in near:  # worth comparing: the sketches meet somewhere
            if (sketch[one] == sketch[other]).any() and jaccard(runs[one], runs[other]) >= least:
                near[one].add(other)
    first, seen = [], set()
    for place in near:
        waiting = [place]
        if place not in seen:
            first.append(place)
        while waiting:
            if (one := waiting.pop()) not in seen:
                seen.add(one)
                waiting += near[one]
    return first


def mask(text):
    def is_phone(word):
        return re.fullmatch(r"(\+\d-)?(\(\d{3}\) |\d{3}-)?\d{3}-\d{4}|\d\d( \d\d){4}", word)

    text = re.sub(r"[^\s,()@]+@\w[\w-]*(\.[\w-]*\w)+", "[mail]", text)
    pattern = r"\(\d{3}\) [\d-]+|\d\d(?: \d\d)+|\+?\w[\w.-]*\w"
    return re.sub(pattern, lambda m: "[phone]" if is_phone(m[0]) else m[0], text)


def leaks(train, test, share):
    where = {}
    for number, item in enumerate(test):
        for run in shingles(item, 3):
            where.setdefault(run, []).append(number)
    sizes = [len(shingles(item, 3)) for item in test]
    out = []
    for place, text in enumerate(train):
        counts = [0] * len(test)
        for run in shingles(text, 3):
            for number in where.get(run, []):
                counts[number] += 1
        if any(count >= share * size for count, size in zip(counts, sizes)):
            out.append(place)
    return out


def decide(develop, hidden, price):
    (found, there), costs = develop, []
    for share in sorted(found, reverse=True):
        missed, wrong = set(there) - set(found[share]), set(found[share]) - set(there)
        costs.append((price * len(missed) + len(wrong), share))
    lowest = next(share for cost, share in costs if cost == min(costs)[0])
    return (lowest, *score(hidden[0][lowest], hidden[1]))
"""
TIDY = 'normalize("NFC", ftfy.fix_encoding(readable))'
JOIN = """low, high = sorted((group[first], group[second]))
            group = [low if number == high else number for number in group]"""
PLACES = "[place for place, number in enumerate(group)"
MAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"
CHOICE = "best = min(found, key=lambda share: (cost(share), -share))"
TOLD = "return best, *score(hidden[0][best], hidden[1])"
SUB = 're.sub(PHONE, "[phone]", re.sub(MAIL, "[mail]", text))'
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "accents stripped": (1, [(TIDY, f'{TIDY}.encode("ascii", "ignore").decode()')], "English one"),
    "small letters": (1, [(TIDY, f"{TIDY}.lower()")], "all letters small"),
    "wrong order": (
        1,
        [('unescape(TAG.sub("", text))', 'TAG.sub("", unescape(text))')],
        "eats tags",
    ),
    "everything in brackets": (
        1,
        [("TAG.sub(", 'type(TAG.pattern) and __import__("re").sub("<[^>]*>",')],
        "from < to >",
    ),
    "too much repaired": (1, [("ftfy.fix_encoding", "ftfy.fix_text")], "straightens quotes"),
    "NFKC": (1, [('"NFC"', '"NFKC"')], "(NFKC)"),
    "no text": (1, [(TIDY, f"{TIDY}.encode()")], "does not return a text"),
    "right on the example": (1, [(f"return {TIDY}", 'return "Le café"')], "on no other input"),
    "title": (1, [(TIDY, f'{TIDY}.replace("x", "X")')], "in which nothing is broken"),
    "nothing broken": (
        1,
        [(TIDY, f'({TIDY} if "é" not in text else text.strip("<p>"))')],
        "otherwise",
    ),
    "both copies removed": (
        2,
        [("if place == number]", "if group.count(number) == 1]")],
        "both copies",
    ),
    "exact copies only": (
        2,
        [("jaccard(runs[first], runs[second]) >= least", "texts[first] == texts[second]")],
        "exact copies only",
    ),
    "not transitive": (2, [(JOIN, "group[second] = group[first]")], "does not join groups"),
    "words": (
        2,
        [("[shingles(text, 3) for text in texts]", "[shingles(text, 1) for text in texts]")],
        "single words",
    ),
    "texts for positions": (
        2,
        [(PLACES, PLACES.replace("[place", "[texts[place]"))],
        "list of positions",
    ),
    "order lost": (
        2,
        [("return [place for", "return [len(texts) - 1 - place for")],
        "loses the order",
    ),
    "other groups": (
        2,
        [("if place == number]", "if place == number][:2]")],
        "keep puts other texts",
    ),
    "precision and recall swapped": (
        2,
        [("return precision, recall", "return recall, precision")],
        "recall first",
    ),
    "zero": (
        2,
        [("if found else 1.0", "if found else 0.0"), ("if there else 1.0", "if there else 0.0")],
        "gives 0 where",
    ),
    "one number": (2, [("return precision, recall", "return precision")], "two numbers"),
    "a mean": (2, [("return precision, recall", "return recall, recall")], "other numbers"),
    "numbers eaten": (
        3,
        [(SUB, r're.sub(r"\d+", "[phone]", re.sub(MAIL, "[mail]", text))')],
        "eats every number",
    ),
    "inside numbers": (3, [(r"(?<![\w.-])", ""), (r"(?!\w|[-.]\d)", "")], "inside longer numbers"),
    "everything around": (3, [(MAIL, r"\S+@\S+")], "everything around an @"),
    "English names": (3, [(MAIL, MAIL.replace(r"\w", "A-Za-z0-9_"))], "English letters"),
    "a period, too": (3, [(MAIL, r"[\w.+-]+@[\w-]+\.[\w.-]+")], "the period behind an address"),
    "a hole": (3, [('"[phone]"', '""'), ('"[mail]"', '""')], "leaves nothing"),
    "bytes": (3, [(SUB, f"{SUB}.encode()")], "does not return a text"),
    "years, too": (
        3,
        [(SUB, rf're.sub("\\d\\d\\d\\d", "[year]", {SUB})')],
        "without personal data",
    ),
    "other brackets": (3, [(SUB, f'{SUB}.replace("[mail]", "<mail>")')], "something else"),
    "the test changed": (
        4,
        [
            ("for place, text in enumerate(texts)", "for place, item in enumerate(items)"),
            ("share for item in items)", "share for text in texts)"),
        ],
        "names texts of the test",
    ),
    "by the text's length": (
        4,
        [("/ len(item) >=", "/ len(text) >=")],
        "runs of the training text",
    ),
    "whole items only": (
        4,
        [(">= share for item in items", ">= 1 for item in items")],
        "letter for letter",
    ),
    "more than the share": (4, [(">= share for item", "> share for item")], "exactly the share"),
    "texts for places": (4, [("        place\n", "        train[place]\n")], "list of positions"),
    "other leaks": (4, [(">= share for item", ">= share / 2 for item")], "other texts"),
    "chosen on the hidden part": (
        4,
        [("found, there = develop", "found, there = hidden")],
        "chooses on the hidden part",
    ),
    "told of development": (
        4,
        [(TOLD, "return best, *score(develop[0][best], develop[1])")],
        "that it chose on",
    ),
    "no price": (4, [("return price * (", "return (")], "look at the price"),
    "smallest first": (4, [("-share))", "share))")], "smallest of equally cheap"),
    "a share alone": (4, [(TOLD, "return best")], "three numbers"),
    "most expensive": (4, [(CHOICE, CHOICE.replace("min(", "max("))], "another share"),
    "input mutated": (
        2,
        [("runs = [shingles", "texts.sort(); runs = [shingles")],
        "changes what it is given",
    ),
}
