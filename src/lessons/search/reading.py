"""Does a small model read an answer out of the passage that has it? Recorded for the lab on search.

The rules by which answers are judged were written before any answer was. They look for the right word and
for none of its rivals, so they flatter: the word may stand in a false sentence.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons.search.passages import Passage, passages
from lessons.search.questions import questions

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

RULES = "lessons/search/reading.json"
ROOM = 40  # tokens of an answer
ENDS = [0, 2]  # SmolLM2's end of a text and end of a turn
NO_ANSWER = "Answer the question about Python in one short sentence.\n\nQuestion: {ask}"
READ = (
    "Answer the question about Python in one short sentence, from this passage.\n\nPassage:\n{text}\n\n"
    "Question: {ask}"
)


@dataclass(frozen=True)
class Rule:
    """What a right answer to a question says.

    Attributes:
        ask: the question, as `questions` has it.
        must: a pattern that stands in a right answer.
        never: a pattern that stands in none.
    """

    ask: str
    must: str
    never: str

    def right(self, answer: str) -> bool:
        """Judge an answer; capitals do not count."""
        if self.never and re.search(self.never, answer, re.IGNORECASE):
            return False
        return bool(re.search(self.must, answer, re.IGNORECASE))


def rules() -> list[Rule]:
    """Read the rules."""
    rows = json.loads((Path(__file__).parents[2] / RULES).read_text("utf-8"))
    return [Rule(row["ask"], row["must"], row["never"]) for row in rows]


def passage_for(ask: str, given: str) -> Passage | None:
    """Return the passage that a model gets to read.

    Args:
        ask: the question.
        given: ``right``, the first passage with the sentence that answers; ``wrong``, one of those that
            do not answer; or ``none``.

    Raises:
        ValueError: something else.
    """
    if given == "none":
        return None
    if given not in ("right", "wrong"):
        raise ValueError(f"no passage {given!r}: take right, wrong or none")
    question = next(one for one in questions() if one.ask == ask)
    every = passages()
    if given == "right":
        return next(one for one in every if question.said(one))
    others = [one for one in every if not question.owned(one) and not question.said(one)]
    return others[sum(map(ord, ask)) % len(others)]


def answers(
    model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", prompts: Sequence[str]
) -> list[str]:
    """Let a model answer each prompt in its chat template, one at a time, the likeliest tokens."""
    import torch

    found = []
    for prompt in prompts:
        turns = [{"role": "user", "content": prompt}]
        given: Any = tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        with torch.no_grad():
            ids = model.generate(  # type: ignore[operator]
                **given,
                max_new_tokens=ROOM,
                do_sample=False,
                eos_token_id=ENDS,
                pad_token_id=ENDS[1],
            )
        new = ids[0, given["input_ids"].shape[1] :]
        found.append(str(tokenizer.decode(new, skip_special_tokens=True)).strip())
    return found


def reading_cell(given: str) -> dict[str, float | str]:
    """Ask SmolLM2 each question, and judge its answers.

    Args:
        given: what it reads, as `passage_for`.

    Returns:
        Of each question N its answer, ``text.N``, and whether it is right, ``right.N``, 0 or 1.
    """
    from lessons.real_models import loading

    asked = rules()
    prompts = []
    for rule in asked:
        passage = passage_for(rule.ask, given)
        text = passage.text if passage else ""
        prompts.append((READ if passage else NO_ANSWER).format(text=text, ask=rule.ask))
    values: dict[str, float | str] = {}
    said = answers(*loading.causal("smollm2"), prompts)
    for number, (rule, answer) in enumerate(zip(asked, said, strict=True)):
        values |= {f"right.{number}": float(rule.right(answer)), f"text.{number}": answer}
    return values
