"""Plausible wrong solutions of the lab on tokenizers, and a right one by another road."""

OTHER = """
import json
from lessons.tokenization.tokenizers import to_bytes, train_fast_bpe


def train(lines, merges):
    found = json.loads(train_fast_bpe(list(lines), 256 + merges).to_str())["model"]["merges"]
    return [tuple(to_bytes(side) for side in pair) for pair in found][:merges]
"""
RATE = "return sum(len(encode(merges, line)) for line in lines) / sum(len(line) for line in lines)"
BACK = 'return b"".join(tokens[number] for number in ids).decode("utf-8", "replace")'
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "copies on both sides": (
        1,
        [("distinct = list(dict.fromkeys(lines))", "distinct = lines")],
        "the same line occurs twice in the text",
    ),
    "held out and kept": (
        1,
        [("for number, line in enumerate(distinct, 1) if number % 10", "for line in distinct")],
        "are still in the training lines",
    ),
    "off by one": (
        1,
        [("distinct, 1)", "distinct)"), ("distinct[9::10]", "distinct[::10]")],
        "one line early",
    ),
    "sorted": (1, [("list(dict.fromkeys(lines))", "sorted(set(lines))")], "sorted first"),
    "one list": (1, [("return learn, distinct[9::10]", "return learn")], "two lists"),
    "lost lines": (1, [("return learn, ", "return learn[1:], ")], "loses lines"),
    "leaked otherwise": (
        1,
        [("return learn, distinct[9::10]", "return learn, distinct[8::10]")],
        "in the training lines, too",
    ),
    "a random part": (
        1,
        [("number % 10]", "number % 5]"), ("distinct[9::10]", "distinct[4::5]")],
        "puts other lines apart",
    ),
    "input mutated": (
        1,
        [("distinct = list(dict.fromkeys(lines))", "lines.sort(); distinct = lines")],
        "changes what it is given",
    ),
    "across words": (2, [("PIECES.findall(line)", "[line]")], "counted across words"),
    "spaces thrown away": (2, [("PIECES.findall(line)", "line.split()")], "spaces are gone"),
    "ties by what came first": (
        2,
        [(", ids[pair[0]], ids[pair[1]])", ",)")],
        "ties are broken by what was seen first",
    ),
    "ties the other way": (
        2,
        [(", ids[pair[0]], ids[pair[1]])", ", -ids[pair[0]], -ids[pair[1]])")],
        "highest ids",
    ),
    "words count once": (2, [("+= counts[piece]", "+= 1")], "each word counts once"),
    "counted once": (
        2,
        [
            (
                "        pairs = Counter()\n        for piece",
                "        pairs = Counter(); at = len(learned)\n        for piece",
            ),
            (
                "        words = {piece: join(tokens, best)",
                "        [pairs.pop(one, 0) for one in learned]\n        at = {piece: join(tokens, best)",
            ),
            ("if max(pairs", "[pairs.pop(one, 0) for one in learned]\n        if max(pairs"),
            ("vocabulary(learned)", "vocabulary([])"),
        ],
        "counted only once",
    ),
    "no end": (2, [("default=0) < 2", "default=0) < 1")], "occur once"),
    "one too few": (2, [("< merges:", "< merges - 1:")], "one merge too few"),
    "right on the example": (
        2,
        [
            (
                "    learned = []\n",
                '    return [(b"u", b"g"), (b"u", b"n"), (b"h", b"ug"), (b"p", b"un")]\n',
            )
        ],
        "on no other input",
    ),
    "texts": (
        2,
        [
            (
                "return learned",
                'return [(a.decode("latin-1"), b.decode("latin-1")) for a, b in learned]',
            )
        ],
        "the merges are texts",
    ),
    "another pair": (2, [("< merges:", "< 2 * merges:")], "takes another pair"),
    "stops too soon": (2, [("default=0) < 2", "default=0) < 3")], "so go on"),
    "least frequent": (
        2,
        [("(-pairs[pair],", "(abs(pairs[pair] - 3),")],
        "the most frequent pair does",
    ),
    "longest token": (
        3,
        [
            (
                "tokens = join(tokens, min(known, key=rank.get))",
                "tokens = join(tokens, max(known, key=rank.get))",
            )
        ],
        "cuts the text elsewhere",
    ),
    "spaces at the ends": (
        3,
        [("PIECES.findall(text)", "PIECES.findall(text.strip())")],
        "drops spaces",
    ),
    "across pieces": (3, [("PIECES.findall(text)", "[text]")], "joins across pieces"),
    "no merges": (3, [("if pair in rank]:", "if pair in ()]:")], "joins nothing"),
    "tokens for ids": (3, [("ids[token] for token", "token for token")], "does not return ids"),
    "decode alone": (
        3,
        [
            (
                BACK,
                'return "".join(tokens[number].decode("utf-8", "replace") for number in ids)',
            )
        ],
        "each token into a text by itself",
    ),
    "decode with spaces": (3, [('b"".join(tokens', 'b" ".join(tokens')], "puts spaces between"),
    "decode without spaces": (
        3,
        [('"utf-8", "replace")', '"utf-8", "replace").replace(" ", "")')],
        "loses spaces",
    ),
    "decode strips": (3, [('"utf-8", "replace")', '"utf-8", "replace").strip()')], "at the ends"),
    "decode squeezes": (
        3,
        [
            (
                BACK,
                'return " ".join(b"".join(tokens[n] for n in ids).decode("utf-8", "replace").split())',
            )
        ],
        "several become one",
    ),
    "decode leaves out": (3, [('"replace")', '"ignore")')], "no whole character"),
    "decode raises": (3, [('"utf-8", "replace")', '"utf-8")')], "UnicodeDecodeError"),
    "decode to bytes": (3, [('.decode("utf-8", "replace")', "")], "does not return a text"),
    "decode loses one space": (
        3,
        [('"utf-8", "replace")', '"utf-8", "replace").replace("  ", " ")')],
        "loses or adds spaces",
    ),
    "decode in capitals": (
        3,
        [('"utf-8", "replace")', '"utf-8", "replace").upper()')],
        "another text",
    ),
    "mean of rates": (
        4,
        [
            (
                RATE,
                "return sum(len(encode(merges, line)) / len(line) for line in lines) / len(lines)",
            )
        ],
        "mean of the lines' rates",
    ),
    "by bytes": (4, [("sum(len(line) for", "sum(len(line.encode()) for")], "divides by bytes"),
    "upside down": (
        4,
        [
            (
                RATE,
                "return sum(map(len, lines)) / sum(len(encode(merges, line)) for line in lines)",
            )
        ],
        "upside down",
    ),
    "by lines": (4, [("sum(len(line) for line in lines)", "len(lines)")], "another number"),
    "table's order": (
        4,
        [("pairwise(sorted(rates))", "pairwise(rates)"), ("max(rates)", "[*rates][-1]")],
        "order",
    ),
    "differences": (
        4,
        [("1 - rates[larger] / rates[size]", "rates[size] - rates[larger]")],
        "differences",
    ),
    "one size too far": (4, [("return size", "return larger")], "one size too far"),
    "always the largest": (
        4,
        [("            return size\n", "            pass\n")],
        "fewest tokens",
    ),
    "or equal": (4, [("< gain", "< 2 * gain")], "takes another size"),
}
