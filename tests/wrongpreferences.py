"""Plausible wrong ways to solve the lab on preferences, and what each is told."""

CHOSEN = "vote = 0.5 if chosen is None else float(chosen == one)"
SORTED = "one, other = sorted((first, second))"
APPEND = "votes.setdefault((request, one, other), []).append(vote)"
RETURN_VOTES = "    return votes\n"
SEVERAL = "several = [one for one in votes if len(one) > 1]"
AGREE = "agreement = fmean(fmean(a == b for a, b in combinations(one, 2)) for one in several)"
CHANCE = "chance = sum((count / counts.total()) ** 2 for count in counts.values())"
KAPPA = "return (agreement - chance) / (1 - chance)"
NUMBERS = "numbers = {request: n for n, request in enumerate(dict.fromkeys(k[0] for k in keys), 1)}"
LEARN = "learn = [key for key in keys if numbers[key[0]] % 4]"
HELD = "return learn, [key for key in keys if numbers[key[0]] % 4 == 0]"
SURPRISE = "return max(-margin, 0.0) + log1p(exp(-abs(margin)))"
LOSS = "return fmean(share * surprise(m) + (1 - share) * surprise(-m) for m, share in pairs)"
ORDER = "order = sorted(range(size), key=lambda place: -rewards[place])"
WINS = "wins = [comb(size - 1 - rank, n - 1) for rank in range(size)]"
BEST = "return sum(win * values[place] for win, place in zip(wins, order)) / comb(size, n)"
SIZE = "size = len(rewards)"
COST = "return log(n) - (n - 1) / n"
TOTAL = "return sum(logprobs[prompt:length])"
MARGIN = "beta * ((chosen - chosen_before) - (rejected - rejected_before))"
DPO = "return loss(margins, [1.0] * len(margins))"
TWINS = 'return [(answer, f"{answer} {phrase}") for answer in different if phrase not in answer]'
DIFFERENT = "different = dict.fromkeys(answers)"
ERROR = "return fmean(differences), stdev(differences) / sqrt(len(differences))"
HALF = "half = student_t(len(one) - 1) * error"
GAP = "return value, value - half, value + half"
MEAN = "best = max(scores, key=lambda n: fmean(scores[n]))"
NEAR = "if shortfall <= error:"
MIN = "return min(near)"
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "order of reading": (1, [(SORTED, "one, other = first, second")], "counts as another pair"),
    "places": (1, [("float(chosen == one)", 'float(choice == "first")')], "goes to a place"),
    "backwards": (1, [("chosen == one", "chosen == other")], "counts for the other answer"),
    "no ties": (1, [(CHOSEN, f'{CHOSEN}\n        if choice == "tie":\n            continue')], "ties are"),
    "ties lose": (1, [("vote = 0.5 if chosen is None else", "vote =")], "a tie counts as a loss"),
    "copies": (1, [("        if first == second:\n            continue\n", "")], "twice the same"),
    "last vote": (1, [(APPEND, "votes[request, one, other] = [vote]")], "only the last vote"),
    "majority": (
        1,
        [
            (
                RETURN_VOTES,
                "    side = lambda s: 0.5 if s == 0.5 else float(s > 0.5)\n"
                "    return {key: [side(fmean(own))] for key, own in votes.items()}\n",
            )
        ],
        "only the majority",
    ),
    "all requests": (
        1,
        [
            (
                SORTED,
                f"{SORTED}\n        known = [k[0] for k in votes if k[1:] == (one, other)]\n"
                "        request = known[0] if known else request",
            )
        ],
        "votes of different requests",
    ),
    "no request": (1, [("(request, one, other), []", "(one, other), []")], "request is missing"),
    "alphabet": (
        1,
        [("dict.fromkeys(k[0] for k in keys)", "sorted({k[0] for k in keys})")],
        "of the alphabet",
    ),
    "cut margins": (
        2,
        [(SURPRISE, f"margin = max(-500.0, min(500.0, margin)); {SURPRISE}")],
        "large margins are cut off",
    ),
    "own length": (3, [(TOTAL, "return sum(logprobs[prompt : prompt + length])")], "answer alone"),
    "both ends": (3, [(TOTAL, "return sum(logprobs[prompt - 1 : length - 1])")], "shifted by one"),
    "rejected added": (3, [("- (rejected -", "+ (rejected -")], "is added"),
    "half of all": (3, [("[1.0] * len", "[0.5] * len")], "half of the people"),
    "at the end": (4, [("phrase not in answer", "not answer.endswith(phrase)")], "that end in the phrase"),
    "spread": (4, [(NEAR, "if shortfall <= error * sqrt(len(own)):")], "the standard deviation stands"),
    "best left out": (
        4,
        [(NEAR, "if shortfall < error:"), (MIN, "return min(near, default=None)")],
        "the best one itself",
    ),
    "one vote": (1, [(CHOSEN, "vote = 1.0")], "merge gives another answer"),
    "no chance": (1, [(KAPPA, "return agreement")], "chance is not taken off"),
    "one half": (1, [(CHANCE, "chance = 0.5")], "one half"),
    "one third": (1, [(CHANCE, "chance = 1 / 3")], "one third"),
    "not divided": (1, [(KAPPA, "return agreement - chance")], "is not divided"),
    "ties out": (
        1,
        [
            (
                SEVERAL,
                "votes = [[v for v in one if v != 0.5] for one in votes]\n"
                f"    {SEVERAL}\n"
                "    if len({v for one in several for v in one}) < 2:\n        return 1.0",
            )
        ],
        "ties are left out before",
    ),
    "single votes": (
        1,
        [
            (SEVERAL, "several = votes"),
            (AGREE, AGREE.replace("combinations(one, 2)", "combinations(one * (1 + (len(one) < 2)), 2)")),
        ],
        "a single vote counts",
    ),
    "chance of all": (1, [("for one in several for vote", "for one in votes for vote")], "nobody was"),
    "couples": (
        1,
        [(AGREE, "agreement = fmean(a == b for one in several for a, b in combinations(one, 2))")],
        "weigh more",
    ),
    "all the same": (
        1,
        [(AGREE, "agreement = fmean(len(set(one)) == 1 for one in several)")],
        "on which all say the same",
    ),
    "another kappa": (1, [(KAPPA, "return (agreement - chance) / chance")], "beyond_chance gives"),
    "by pairs": (
        1,
        [
            (LEARN, "learn = [key for n, key in enumerate(keys, 1) if n % 4]"),
            (HELD, "return learn, keys[3::4]"),
        ],
        "a request, with its answers, is on both sides.",
    ),
    "neighbors": (
        1,
        [
            (
                LEARN,
                "from itertools import groupby\n"
                "    runs = [list(run) for _, run in groupby(keys, key=lambda k: k[0])]\n"
                "    numbered = [(n % 4 == 0, k) for n, run in enumerate(runs, 1) for k in run]\n"
                "    pick = lambda want: [k for held, k in numbered if held == want]\n"
                "    return pick(False), pick(True)",
            )
        ],
        "because it comes again later",
    ),
    "by answers": (
        1,
        [
            ("k[0] for k in keys", "k[1] for k in keys"),
            (LEARN, LEARN.replace("key[0]", "key[1]")),
            (HELD, HELD.replace("key[0]", "key[1]")),
        ],
        "an answer is on both sides",
    ),
    "too early": (
        1,
        [(LEARN, LEARN.replace("% 4]", "% 4 != 1]")), (HELD, HELD.replace("== 0", "== 1"))],
        "counting begins too early",
    ),
    "one pair each": (
        1,
        [
            (
                LEARN,
                "keys = [k for n, k in enumerate(keys) if k[0] not in [one[0] for one in keys[:n]]]\n"
                f"    {LEARN}",
            )
        ],
        "of each request one pair",
    ),
    "sides": (1, [(HELD, f"{HELD}, learn".replace("return learn, ", "return "))], "swapped"),
    "half": (1, [(LEARN, LEARN.replace("% 4]", "% 2]"))], "split gives another answer"),
    "added up": (2, [(LOSS, LOSS.replace("fmean(", "sum("))], "losses are added up"),
    "bits": (2, [(LOSS, f"{LOSS} / log(2)")], "the base of 2"),
    "wrong sign": (2, [(SURPRISE, f"margin = -margin; {SURPRISE}")], "sign of the margin"),
    "without shares": (2, [(LOSS, "return fmean(surprise(m) for m, _ in pairs)")], "is not used"),
    "rounded shares": (
        2,
        [(LOSS, f"pairs = [(m, s if s == 0.5 else float(s > 0.5)) for m, s in pairs]; {LOSS}")],
        "majority counts as everybody",
    ),
    "undecided out": (
        2,
        [(LOSS, f"pairs = [(m, s) for m, s in pairs if s != 0.5]; {LOSS} if pairs else 0.0")],
        "are divided are left out",
    ),
    "one part": (2, [(" + (1 - share) * surprise(-m)", "")], "only the part of those"),
    "naive": (2, [(SURPRISE, "return -log(1 / (1 + exp(-margin)))")], "breaks down where a margin"),
    "naive, log1p": (2, [(SURPRISE, "return log1p(exp(-margin))")], "breaks down where a margin"),
    "infinite": (
        2,
        [
            (
                SURPRISE,
                "import numpy as np\n    np.seterr(all='ignore')\n"
                "    return float(-np.log(1 / (1 + np.exp(-np.float64(margin)))))",
            )
        ],
        "is no number where a margin",
    ),
    "clipped": (
        2,
        [
            (
                SURPRISE,
                "p = 1 / (1 + exp(-max(-700.0, min(700.0, margin))))\n"
                "    return -log(min(max(p, 1e-9), 1 - 1e-9))",
            )
        ],
        "large margins are cut off",
    ),
    "no logarithm": (
        2,
        [
            (
                LOSS,
                "return fmean(-log(1 - abs(s - exp(-surprise(m))) or 1e-300) for m, s in pairs)",
            )
        ],
        "without a logarithm of each",
    ),
    "squares": (2, [(LOSS, "return fmean((exp(-surprise(m)) - s) ** 2 for m, s in pairs)")], "loss gives"),
    "by the value": (2, [("-rewards[place]", "-values[place]")], "chosen by its value"),
    "the reward itself": (2, [("win * values[place]", "win * rewards[place]")], "the reward is reported"),
    "the lowest": (2, [("-rewards[place]", "rewards[place]")], "the lowest reward"),
    "all of them": (2, [(SIZE, f"{SIZE}; n = size")], "whatever n is"),
    "the first n": (2, [(SIZE, "rewards, values = rewards[:n], values[:n]; size = n")], "only the first n"),
    "blocks": (
        2,
        [
            (
                BEST,
                "starts = range(0, size - n + 1, n)\n"
                "    return fmean(values[max(range(i, i + n), key=lambda p: rewards[p])] for i in starts)",
            )
        ],
        "cut into blocks",
    ),
    "with replacement": (
        2,
        [
            (WINS, "wins = [(size - rank) ** n - (size - rank - 1) ** n for rank in range(size)]"),
            (BEST, BEST.replace("comb(size, n)", "size**n")),
        ],
        "with replacement",
    ),
    "later ones": (2, [("-rewards[place])", "(-rewards[place], -place))")], "the later answer wins"),
    "mean of the best": (
        2,
        [(BEST, "return fmean(values[place] for place in order[:n])")],
        "n best answers are averaged",
    ),
    "ranks shifted": (2, [("size - 1 - rank", "size - rank")], "best_of gives another answer"),
    "only the logarithm": (2, [(COST, "return log(n)")], "second part is missing"),
    "plus": (2, [(COST, "return log(n) + (n - 1) / n")], "second part has the wrong sign"),
    "cost in bits": (2, [(COST, "return log(n, 2) - (n - 1) / n")], "the base of 2"),
    "parentheses": (2, [(COST, "return log(n) - n - 1 / n")], "parentheses"),
    "work": (2, [(COST, "return float(n)")], "that of writing"),
    "another cost": (2, [(COST, "return n - 1")], "cost gives another answer"),
    "mean of tokens": (3, [(TOTAL, "return fmean(logprobs[prompt:length])")], "the mean is taken"),
    "request": (3, [(TOTAL, "return sum(logprobs[:length])")], "the request is counted, too"),
    "everything": (3, [(TOTAL, "return sum(logprobs)")], "request and padding"),
    "padding": (3, [(TOTAL, "return sum(logprobs[prompt:])")], "padding is counted"),
    "first token": (3, [(TOTAL, "return sum(logprobs[prompt + 1 : length])")], "the first token"),
    "last token": (3, [(TOTAL, "return sum(logprobs[prompt : length - 1])")], "the last token"),
    "shifted": (3, [(TOTAL, "return sum(logprobs[prompt - 1 : length])")], "too early"),
    "probability": (3, [(TOTAL, "return exp(sum(logprobs[prompt:length]))")], "it is a probability"),
    "a slice of length": (3, [(TOTAL, "return sum(logprobs[prompt : 2 * prompt])")], "total gives"),
    "no start": (3, [(MARGIN, "beta * (chosen - rejected)")], "the start is not used"),
    "start swapped": (3, [(MARGIN, f"-{MARGIN}")], "the sign is wrong"),
    "swapped with the start": (
        3,
        [("in zip(policy, start)", "in zip(start, policy)")],
        "the sign is wrong",
    ),
    "without beta": (3, [("beta * ((", "((")], "beta is left out"),
    "beta outside": (3, [("beta * ((", "(("), (DPO, f"{DPO} * beta")], "beta stands outside"),
    "divided by beta": (3, [("beta * ((", "1 / beta * ((")], "divided by beta"),
    "dpo added up": (3, [(DPO, f"{DPO} * len(margins)")], "losses are added up"),
    "chosen only": (3, [(" - (rejected - rejected_before)", "")], "only the chosen answers"),
    "the margin": (3, [(DPO, "return fmean(margins)")], "the margin comes back"),
    "mean first": (3, [(DPO, "return loss([fmean(margins)], [1.0])")], "mean margin is taken"),
    "dpo naive": (3, [(DPO, "return fmean(-log(1 / (1 + exp(-m))) for m in margins)")], "breaks down"),
    "hinge": (3, [(DPO, "return fmean(max(0, 1 - m) for m in margins)")], "dpo gives another answer"),
    "twice the phrase": (4, [(" if phrase not in answer]", "]")], "have the phrase already"),
    "twice, and copies": (
        4,
        [(" if phrase not in answer]", "]"), (DIFFERENT, "different = answers")],
        "have the phrase already",
    ),
    "copies of answers": (4, [(DIFFERENT, "different = answers")], "counted several times"),
    "uncontrolled": (
        4,
        [
            (
                TWINS,
                "lack = [a for a in different if phrase not in a]\n"
                "    return list(zip(lack, [a for a in different if phrase in a]))",
            )
        ],
        "compared with other answers",
    ),
    "instead": (
        4,
        [
            (
                TWINS,
                'cut = lambda a: ". ".join([*a.split(". ")[:-1], phrase])\n'
                "    return [(a, cut(a)) for a in different if phrase not in a]",
            )
        ],
        "takes the place of",
    ),
    "no space": (4, [('f"{answer} {phrase}"', "answer + phrase")], "the space"),
    "in front": (4, [('f"{answer} {phrase}"', 'f"{phrase} {answer}"')], "stands in front"),
    "twin first": (
        4,
        [('(answer, f"{answer} {phrase}")', '(f"{answer} {phrase}", answer)')],
        "comes first",
    ),
    "no twins": (4, [(TWINS, "return list(different)")], "twins gives another answer"),
    "unpaired": (
        4,
        [(HALF, "half = student_t(len(one) - 1) * sqrt((stdev(one) ** 2 + stdev(other) ** 2) / len(one))")],
        "nothing to do with each other",
    ),
    "gap reversed": (4, [("error = apart(one, other)", "error = apart(other, one)")], "wrong way"),
    "single requests": (4, [(HALF, f"{HALF} * sqrt(len(one))")], "of single requests"),
    "one error": (4, [(HALF, "half = error")], "one standard error wide"),
    "normal": (4, [(HALF, "half = 1.96 * error")], "normal distribution"),
    "divided by n": (4, [(HALF, f"{HALF} * sqrt((len(one) - 1) / len(one))")], "divided by n"),
    "degrees": (4, [("student_t(len(one) - 1)", "student_t(len(one))")], "one degree"),
    "no root": (4, [(HALF, f"{HALF} / sqrt(len(one))")], "the root is missing"),
    "one end": (4, [(GAP, "return value, value - half")], "gap gives another answer"),
    "best mean": (4, [(MIN, "return best")], "highest mean is taken"),
    "largest": (4, [(MIN, "return max(scores)")], "the largest n"),
    "own error": (
        4,
        [(NEAR, "error = stdev(scores[best]) / sqrt(len(own))\n        if shortfall <= error:")],
        "the best one alone",
    ),
    "first fall": (
        4,
        [
            (
                MIN,
                "order = sorted(scores)\n"
                "    for n, more in zip(order, order[1:]):\n"
                "        if fmean(scores[more]) < fmean(scores[n]):\n"
                "            return n\n"
                "    return order[-1]",
            )
        ],
        "the first fall",
    ),
    "two errors": (4, [(NEAR, "if shortfall <= 2 * error:")], "two standard errors"),
    "order of keys": (4, [(MIN, "return near[0]")], "order of the dictionary"),
    "least liked": (4, [(MIN, "return min(scores, key=lambda n: fmean(scores[n]))")], "the least liked"),
    "anything": (4, [(MIN, "return 1")], "stop gives another answer"),
    "input changed": (
        1,
        [("    votes = {}\n", "    votes = {}; rows.sort()\n")],
        "changes what it is given",
    ),
}  # fmt: skip
