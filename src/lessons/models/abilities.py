"""What a language model of the course can do, on items that its training never contained."""

# --8<-- [start:imports]
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import torch
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lessons.intervals import Score, bootstrap, clustered, mean, share
from lessons.storage import checkpoint
from lessons.world import sentences, stories, sums, tasks

# --8<-- [end:imports]


# --8<-- [start:model]
@dataclass(frozen=True)
class Solver:
    """A model with its tokenizer, asked in batches and in fp32."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    batch: int = 100

    def _batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Group texts of similar length, so that little is padded."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        return [order[i : i + self.batch] for i in range(0, len(order), self.batch)]

    @torch.no_grad()
    def answers(self, prompts: Sequence[str], room: int, banned: str = "") -> list[str]:
        """Continue prompts greedily, each up to the end of its line.

        Args:
            prompts: texts without a blank at the end.
            room: the most tokens an answer may have.
            banned: a text whose first token may not occur in an answer.
        """
        ends = [self.tokenizer.eos_token_id, self.tokenizer.convert_tokens_to_ids("Ċ")]
        bad = self.tokenizer(banned)["input_ids"][:1] or None
        completions = [""] * len(prompts)
        for rows in self._batches(prompts):
            batch = self.tokenizer(
                [prompts[row] for row in rows],
                padding=True,
                padding_side="left",
                return_tensors="pt",
            )
            ids = self.model.generate(  # type: ignore[operator]
                **batch,
                max_new_tokens=room,
                do_sample=False,
                eos_token_id=ends,
                suppress_tokens=bad,
            )
            texts = self.tokenizer.batch_decode(
                ids[:, batch["input_ids"].shape[1] :], skip_special_tokens=True
            )
            for row, text in zip(rows, texts, strict=True):
                completions[row] = text.split("\n")[0].strip()
        return completions

    @torch.no_grad()
    def log_probabilities(self, prompts: Sequence[str], endings: Sequence[str]) -> list[float]:
        """Score how likely each prompt is to go on with its ending, in nats."""
        texts = [prompt + ending for prompt, ending in zip(prompts, endings, strict=True)]
        sums = [0.0] * len(texts)
        for rows in self._batches(texts):
            batch = self.tokenizer(
                [texts[row] for row in rows],
                padding=True,
                padding_side="right",
                return_tensors="pt",
            )
            ids = batch["input_ids"]  # (rows, tokens)
            logits = self.model(**batch).logits[:, :-1].log_softmax(-1)
            scores = logits.gather(-1, ids[:, 1:, None])[..., 0]  # (rows, tokens - 1)
            for row, score, mask in zip(rows, scores, batch["attention_mask"], strict=True):
                start = len(self.tokenizer(prompts[row])["input_ids"])
                sums[row] = score[start - 1 : int(mask.sum()) - 1].sum().item()
        return sums


# --8<-- [end:model]


# --8<-- [start:translation]
def bleu(answers: Sequence[str], references: Sequence[str]) -> Score:
    """Score translations with BLEU, 0 to 100 (Papineni et al. 2002), over all of them together.

    The counts of a sentence are taken once, so that drawing sentences again costs only sums.
    """
    metric = BLEU(effective_order=True)  # changes nothing but a warning: sentences are only counted
    each = [metric.sentence_score(a, [r]) for a, r in zip(answers, references, strict=True)]
    counts = torch.tensor([[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in each])

    def score(rows: Sequence[int]) -> float:
        *ngrams, length, wanted = counts[list(rows)].sum(0).tolist()
        return float(BLEU.compute_bleu(ngrams[:4], ngrams[4:], length, wanted).score)

    n = len(each)
    return Score(score(range(n)), *bootstrap(score, n), n, n)


def translation(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Translate held-out sentences; the baseline leaves them in English."""
    rng = random.Random(f"translation {seed}")
    pairs = [sentences.sentence(rng, "held-out") for _ in range(n)]
    answers = solver.answers(
        [sentences.translation_prompt(pair.english) for pair in pairs], room=48
    )
    french = [pair.french for pair in pairs]
    return {
        "translation_exact": share([a == f for a, f in zip(answers, french, strict=True)]),
        "translation_bleu": bleu(answers, french),
        "translation_bleu_baseline": bleu([pair.english for pair in pairs], french),
    }


# --8<-- [end:translation]


# --8<-- [start:stories]
def questions(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Answer questions on held-out stories; the baseline answers with the story's first name."""
    rng = random.Random(f"questions {seed}")
    drawn_stories = [stories.story(rng, "held-out") for _ in range(n)]
    asked = [rng.choice(story.questions) for story in drawn_stories]
    prompts = [
        stories.question_prompt(s.text, q) for s, (q, _) in zip(drawn_stories, asked, strict=True)
    ]
    answers = solver.answers(prompts, room=24)
    return {
        "question_exact": share([a == true for a, (_, true) in zip(answers, asked, strict=True)]),
        "question_exact_baseline": share(
            [story.hero == true for story, (_, true) in zip(drawn_stories, asked, strict=True)]
        ),
    }


def summaries(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Sum up held-out stories, by ROUGE-L (Lin 2004); the baseline takes the first sentence."""
    rng = random.Random(f"summaries {seed}")
    drawn_stories = [stories.story(rng, "held-out") for _ in range(n)]
    answers = solver.answers(
        [stories.summary_prompt(story.text) for story in drawn_stories], room=64
    )
    first = [story.text.split(". ")[0] + "." for story in drawn_stories]
    rouge = RougeScorer(["rougeL"])

    def score(texts: Sequence[str]) -> Score:
        pairs = zip(drawn_stories, texts, strict=True)
        return mean([rouge.score(s.summary, text)["rougeL"].fmeasure for s, text in pairs])

    return {
        "summary_rouge_l": score(answers),
        "summary_exact": share(
            [a == s.summary for a, s in zip(answers, drawn_stories, strict=True)]
        ),
        "summary_rouge_l_baseline": score(first),
    }


# --8<-- [end:stories]


# --8<-- [start:sums]
def arithmetic(solver: Solver, n: int, seed: int, count: int) -> dict[str, Score]:
    """Add ``count`` numbers whose sum is held out: directly, step by step, and as the model likes.

    Asked without a hint, the model may begin to write out steps by itself. So *direct* bans the token
    that begins them, and *free* is counted apart, with how often it was spontaneous.
    """
    rng = random.Random(f"sums {seed} {count}")
    numbers = [sums.terms(rng, "held-out", count) for _ in range(n)]
    totals = [str(sum(terms)) for terms in numbers]
    room = 16 * count
    plain = [sums.sum_prompt(terms) for terms in numbers]
    free = solver.answers(plain, room)
    direct = solver.answers(plain, room, banned=f" {sums.STEP_BY_STEP}")
    steps = solver.answers([sums.sum_prompt(terms, steps=True) for terms in numbers], room)
    same = [str(sorted(terms)) for terms in numbers]  # the same numbers in another order

    def right(given: Sequence[str]) -> Score:
        return clustered([a == t for a, t in zip(given, totals, strict=True)], same)

    return {
        f"sum{count}_direct": right(direct),
        f"sum{count}_steps": right([_last(answer) for answer in steps]),
        f"sum{count}_free": right([_last(answer) for answer in free]),
        f"sum{count}_spontaneous": clustered(
            [text.startswith(sums.STEP_BY_STEP[:3]) for text in free], same
        ),
    }


def _last(text: str) -> str:
    """Return the last number of an answer."""
    numbers: list[str] = re.findall(r"\d+", text)
    return numbers[-1] if numbers else ""


# --8<-- [end:sums]


# --8<-- [start:few_shot]
def episode(
    rng: random.Random, shown: tasks.Task, asked: tasks.Task, shots: int
) -> tuple[list[tuple[str, str]], tuple[str, str]]:
    """Draw examples, as many of each label as possible, and something else to ask about."""
    wanted = (
        [shown.labels[i % len(shown.labels)] for i in range(shots)]
        if shown.labels
        else [""] * shots
    )
    rng.shuffle(wanted)
    examples: list[tuple[str, str]] = []
    while len(examples) < shots:
        example = shown.example(rng)
        if wanted[len(examples)] in ("", example[1]) and example not in examples:
            examples.append(example)
    while (query := asked.example(rng)) in examples:
        pass
    return examples, query


FORM = tasks.Format("Input: ", "\nOutput: ")


def few_shot(
    solver: Solver, n: int, seed: int, name: str, shots: int,
    labels: Sequence[tuple[str, str]] = tasks.NEW_LABELS, form: tasks.Format = FORM,
) -> dict[str, Score]:  # fmt: skip
    """Label held-out words, with labels that training never uses, by the likelier of the two.

    The examples show other words, which training knows; with what labels is drawn anew each time.
    There are few held-out words, so the interval is one over words.
    """
    rng = random.Random(f"few-shot {seed} {name} {shots}")
    prompts, asked_about, true, false = [], [], [], []
    for _ in range(n):
        pair = rng.sample(rng.choice(labels), 2)
        same = rng.random()  # the same two categories get the same labels on both sides
        shown, asked = (
            tasks.LABELLED[name](random.Random(same), split, pair)
            for split in ("train", "held-out")
        )
        examples, (question, answer) = episode(rng, shown, asked, shots)
        prompts.append(form.prompt(examples, question))
        asked_about.append(question)
        true.append(f" {answer}")
        false.append(f" {pair[pair[0] == answer]}")
    right = solver.log_probabilities(prompts, true)
    wrong = solver.log_probabilities(prompts, false)
    hits = [r > w for r, w in zip(right, wrong, strict=True)]
    return {f"few_shot_{name}_{shots}": clustered(hits, asked_about)}


def formats(solver: Solver, n: int, seed: int, kind: str, shots: int) -> dict[str, Score]:
    """Do free-text tasks in formats of training, or in formats that it never uses (``kind`` new).

    There are few new formats, so the interval is one over formats, and each is scored by itself too.
    """
    rng = random.Random(f"formats {seed} {kind} {shots}")
    prompts, true, forms = [], [], []
    for _ in range(n):
        name = rng.choice(("plural", "french", "opposite", "copy"))
        form = rng.choice(tasks.new_formats()) if kind == "new" else tasks.train_format(rng, name)
        drawn = tasks.FREE[name](rng, "train")
        examples, (question, answer) = episode(rng, drawn, drawn, shots)
        prompts.append(form.prompt(examples, question))
        true.append(answer)
        forms.append(form)
    answers = solver.answers(prompts, room=12)
    hits = [f.answer(a) == t for f, a, t in zip(forms, answers, true, strict=True)]
    names = [f"{form.before}{form.middle}".replace("\n", " ").strip() for form in forms]
    scores = {f"format_{kind}_{shots}": clustered(hits, names)}
    if kind == "new":
        for name in sorted(set(names)):
            own = [hit for hit, its_format in zip(hits, names, strict=True) if its_format == name]
            scores[f"format_{kind}_{shots} {name}"] = share(own)
    return scores


# --8<-- [end:few_shot]


def measure(ability: str, n: int, seed: int, **rest: str | int) -> dict[str, float]:
    """Measure one ability of the shipped base model: a cell of the record that its card is made from."""
    folder = checkpoint("base")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)  # in eval mode
    solver = Solver(model, AutoTokenizer.from_pretrained(folder))
    scores: dict[str, Score] = ABILITIES[ability](solver, n, seed, **rest)
    return {
        f"{name}.{part}": value
        for name, score in scores.items()
        for part, value in asdict(score).items()
    }


ABILITIES: dict[str, Callable[..., dict[str, Score]]] = {
    "translation": translation,
    "questions": questions,
    "summaries": summaries,
    "arithmetic": arithmetic,
    "few_shot": few_shot,
    "formats": formats,
}
