"""What it costs to ask `instruct` in another form than the one it was tuned in, or with words in front.

Recorded for the page on prompting. It lies here because it asks a model that fine-tuning makes.
"""

import random
import re
from functools import cache

from lessons.fine_tuning.instruction_tuning import instruct, load
from lessons.intervals import Score, clustered
from lessons.models.abilities import Solver
from lessons.world.answers import is_right
from lessons.world.guidelines import Instruction, is_good
from lessons.world.instructions import instructions
from lessons.world.lexicon import KINDS
from lessons.world.sentences import sentence

TEMPLATES = {  # name -> text in which {} stands for what the user writes
    "own": "User: {}\nAssistant:",
    "Human and AI": "Human: {}\nAI:",
    "one line": "User: {} Assistant:",
    "none": "{}",
    "lower case": "user: {}\nassistant:",
    "space at the end": "User: {}\nAssistant: ",
    "ChatML": "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n",
    "Llama 2": "[INST] {} [/INST]",
    "Alpaca": "### Instruction:\n{}\n\n### Response:\n",
    "system, French": "System: Answer in French.\nUser: {}\nAssistant:",
    "system, English": "System: Answer in English.\nUser: {}\nAssistant:",
    "system, helpful": "System: You are a helpful assistant.\nUser: {}\nAssistant:",
    "system, 3 random words": "System: WORDS3.\nUser: {}\nAssistant:",
    "system, 5 random words": "System: WORDS5.\nUser: {}\nAssistant:",
}
LETTERS = re.compile(r"[^\W\d_]+")
NOUNS = tuple(noun.english for nouns in KINDS.values() for noun in nouns)
NO_TONGUE = ("translate", "add")  # asked for French anyway, or answered by a number


def message(asked: Instruction) -> str:
    """Return what the user writes, without any form around it."""
    return asked.prompt.removeprefix("User: ").removesuffix("\nAssistant:")


def fill(template: str, content: str, rng: random.Random) -> str:
    """Put a message into a template, and random nouns where it asks for them.

    Args:
        template: one of the texts of `TEMPLATES`.
        content: what the user writes.
        rng: source of the nouns; ``WORDS3`` becomes three, the first with a capital.
    """

    def nouns(match: re.Match[str]) -> str:
        return " ".join(rng.sample(NOUNS, int(match[1]))).capitalize()

    return re.sub(r"WORDS(\d)", nouns, template).replace("{}", content)


@cache
def vocabularies() -> tuple[frozenset[str], frozenset[str]]:
    """List the words that only French texts of the world have, and those that only English ones have."""
    rng = random.Random("vocabularies")
    pairs = [sentence(rng, split) for split in ("train", "held-out") for _ in range(5000)]
    french = frozenset(LETTERS.findall(" ".join(pair.french for pair in pairs).lower()))
    others = [asked.good for asked in instructions(0, 2000) if asked.kind != "translate"]
    texts = [*others, *(pair.english for pair in pairs)]
    english = frozenset(LETTERS.findall(" ".join(texts).lower()))
    return french - english, english - french


def is_french(text: str) -> bool:
    """Say whether a text has a word that only French has, and none that only English has."""
    french, english = vocabularies()
    words = set(LETTERS.findall(text.lower()))
    return bool(words & french) and not words & english


def fact(asked: Instruction) -> str:
    """Name what is asked: the same fact in other words is one question, else the text itself."""
    same = asked.kind in ("opposite", "plural", "add")
    return f"{asked.kind} {asked.truth}" if same else message(asked)


def prompts(template: str, n: int, seed: int) -> list[str]:
    """Write ``n`` held-out instructions in one of `TEMPLATES`."""
    rng = random.Random(f"templates {seed}")
    asked = instructions(seed, n, "held-out")
    return [fill(TEMPLATES[template], message(request), rng) for request in asked]


@cache
def tuned() -> Solver:
    """Load `instruct`, once."""
    return load(instruct())


@cache
def answered(template: str, n: int, seed: int) -> tuple[tuple[str, bool], ...]:
    """Answer ``n`` held-out instructions greedily: each answer, and whether it is right."""
    answers = tuned().answers(prompts(template, n, seed), room=80)
    found = []
    for asked, answer in zip(instructions(seed, n, "held-out"), answers, strict=True):
        right = (
            is_right(message(asked), answer) if asked.kind == "request" else is_good(asked, answer)
        )
        found.append((answer, right))
    return tuple(found)


def template_cell(template: str, n: int, seed: int) -> dict[str, float]:
    """Ask `instruct` in one form, and count right answers.

    Args:
        template: one of `TEMPLATES`.
        n: held-out instructions, the same ones in each form.
        seed: number that fixes them, and the random words.

    Returns:
        ``right``, the share of right answers; ``lost``, how much less that is than in the model's own
        form, question by question; ``french``, the share of answers in French where nobody asked for a
        translation and the answer is no sum; ``empty``, the share of answers without a letter or digit;
        ``tokens``, the mean length of a prompt.
    """
    asked = instructions(seed, n, "held-out")
    own, given = answered("own", n, seed), answered(template, n, seed)
    facts = [fact(request) for request in asked]
    hits = [right for _, right in given]
    lost = [float(a) - float(b) for (_, a), b in zip(own, hits, strict=True)]
    spoken = [
        (is_french(answer), about)
        for request, about, (answer, _) in zip(asked, facts, given, strict=True)
        if request.kind not in NO_TONGUE
    ]
    scores: dict[str, Score] = {
        "right": clustered(hits, facts),
        "lost": clustered(lost, facts),
        "french": clustered(*map(list, zip(*spoken, strict=True))),
    }
    ids = tuned().tokenizer(prompts(template, n, seed))["input_ids"]
    return {
        **{
            f"{name}.{part}": v for name, score in scores.items() for part, v in vars(score).items()
        },
        "empty": sum(not re.search(r"\w", answer) for answer, _ in given) / n,
        "tokens": sum(map(len, ids)) / n,
    }
