"""LoRA teaches a real model to answer with one word: in a wording that suits it, and in one that does not.

Asked in raw text, SmolLM2 reads a sentence on a movie and goes on with one of two words.
"""

import copy
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from peft import LoraConfig, PeftModel, TaskType, get_peft_model
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.fine_tuning.lora import old_name
from lessons.fine_tuning.real_labels import sentences
from lessons.real_models.loading import causal
from lessons.real_models.texts import ratings


@dataclass(frozen=True)
class Wording:
    """What stands before and behind a sentence, and the two words that may follow, one token each."""

    before: str
    behind: str
    words: tuple[str, str]  # against the movie, for it


WORDINGS = {  # as on the page on prompting
    "movie is": Wording("Review:", "\nThis movie is", (" bad", " good")),
    "sentiment": Wording("Review:", "\nSentiment:", (" negative", " positive")),
    "question": Wording(
        "Review:", "\nQuestion: Did the reviewer like the movie?\nAnswer:", (" No", " Yes")
    ),
    "label": Wording("Review:", "\nLabel (Positive or Negative):", (" Negative", " Positive")),
}
LOOKS = (16, 30)  # steps after which the test is asked
WARM = 3  # steps in which the rate rises


def last_logits(
    model: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> torch.Tensor:
    """Ask what follows each of several texts, read together.

    Short texts are filled up at their end, which changes nothing before it.

    Returns:
        The scores of all tokens behind the last one of each text, shape (texts, vocabulary).
    """
    rows = [tokenizer(text)["input_ids"] for text in texts]
    ends = torch.tensor([len(row) - 1 for row in rows])
    ids = torch.full((len(rows), int(ends.max()) + 1), tokenizer.pad_token_id)
    for line, row in zip(ids, rows, strict=True):
        line[: len(row)] = torch.tensor(row)
    inner: Any = model.get_base_model() if isinstance(model, PeftModel) else model
    hidden = inner.base_model(ids, use_cache=False).last_hidden_state
    logits: torch.Tensor = inner.get_output_embeddings()(hidden[torch.arange(len(rows)), ends])
    return logits


def asked(wording: Wording, texts: Sequence[str]) -> list[str]:
    """Put sentences into a wording, up to where the answer begins."""
    return [f"{wording.before} {text}{wording.behind}" for text in texts]


def tokens(tokenizer: PreTrainedTokenizerBase, wording: Wording) -> list[int]:
    """Return the tokens of the two words."""
    return [only for word in wording.words for (only,) in [tokenizer(word)["input_ids"]]]


@torch.no_grad()
def answered(
    model: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerBase, wording: Wording,
    texts: Sequence[str], labels: Sequence[int], batch: int = 30,
) -> dict[str, float]:  # fmt: skip
    """Measure how a model answers.

    Returns:
        ``accuracy``, by the likelier of the two words; ``centered``, the same where the threshold is not
        zero but the middle one of all log-odds, for which half of the sentences have to be good; ``good``,
        how often the likelier one is the second; ``form``, how often the likeliest of *all* tokens is one
        of the two; ``loss`` of the right word among all tokens, in nats.
    """
    ids, odds, form, losses = tokens(tokenizer, wording), list[float](), list[bool](), list[float]()
    prompts = asked(wording, texts)
    for i in range(0, len(prompts), batch):
        logits = last_logits(model, tokenizer, prompts[i : i + batch])
        odds += (logits[:, ids[1]] - logits[:, ids[0]]).tolist()
        form += [token in ids for token in logits.argmax(-1).tolist()]
        right = torch.tensor([ids[label] for label in labels[i : i + batch]])
        losses += torch.nn.functional.cross_entropy(logits, right, reduction="none").tolist()
    middle, count = median(odds), len(odds)
    truths = [bool(label) for label in labels]
    return {
        "accuracy": sum((x > 0) == truth for x, truth in zip(odds, truths, strict=True)) / count,
        "centered": sum((x > middle) == truth for x, truth in zip(odds, truths, strict=True))
        / count,
        "good": sum(x > 0 for x in odds) / count,
        "form": sum(form) / count,
        "loss": sum(losses) / count,
    }


def learned(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, wording: Wording,
    texts: Sequence[str], labels: Sequence[int], rate: float, batch: int = 8,
) -> Iterator[PeftModel]:  # fmt: skip
    """Put a LoRA beside all matrices of the layers and train it on the answers' one word.

    Args:
        model: causal language model, which is changed.
        tokenizer: the model's own, with a padding token.
        wording: in which it is asked.
        texts: sentences, in the order of training.
        labels: class of each; 1 for the second word.
        rate: learning rate, once it has risen.
        batch: sentences of a step.

    Yields:
        The model, after each step.
    """
    settings = LoraConfig(
        task_type=TaskType.CAUSAL_LM, r=8, lora_alpha=16, target_modules="all-linear"
    )
    with old_name():
        light = get_peft_model(model, settings)
    light.train()
    ids = tokens(tokenizer, wording)
    optimizer = torch.optim.AdamW(
        [w for w in light.parameters() if w.requires_grad], weight_decay=0.0
    )
    prompts = asked(wording, texts)
    for step, i in enumerate(range(0, len(prompts), batch), start=1):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, step / WARM)
        right = torch.tensor([ids[label] for label in labels[i : i + batch]])
        logits = last_logits(light, tokenizer, prompts[i : i + batch])
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, right).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield light


def sft_cell(wording: str, rate: float, seed: int) -> dict[str, float]:
    """Train on 240 sentences, 8 in a step; ask 300 others before, after 16 and after 30 steps.

    Args:
        wording: in which the model is asked, of ``WORDINGS``.
        rate: learning rate; 0 to ask before the training only.
        seed: number that fixes the sentences, their order, and the weights that are new.

    Returns:
        What `answered` measures, ``accuracy.0``, ``accuracy.16`` and so on.
    """
    words, data = WORDINGS[wording], sentences(ratings("movies"), 8 * LOOKS[-1], seed)
    known, tokenizer = causal("smollm2")
    test = data["test"]["text"], data["test"]["label"]
    if not rate:
        return {f"{name}.0": x for name, x in answered(known, tokenizer, words, *test).items()}
    torch.manual_seed(seed)
    rows = list(zip(data["train"]["text"], data["train"]["label"], strict=True))
    random.Random(seed).shuffle(rows)
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    found: dict[str, float] = {}
    steps = learned(copy.deepcopy(known), tokenizer, words, texts, labels, rate)
    for step, light in enumerate(steps, start=1):
        if step in LOOKS:
            light.eval()
            found |= {
                f"{name}.{step}": x for name, x in answered(light, tokenizer, words, *test).items()
            }
            light.train()
    return found
