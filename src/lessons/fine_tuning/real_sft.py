"""LoRA against all weights on a real model: a few steps that teach it to answer with one of two words.

SmolLM2 reads a sentence on a movie, in a wording of the page on prompting, and goes on with a word.
"""

import copy
import random
from collections.abc import Sequence
from typing import Any

import torch
from peft import LoraConfig, PeftModel, TaskType, get_peft_model
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.fine_tuning.lora import old_name
from lessons.fine_tuning.real_labels import sentences
from lessons.prompting.real_sentiment import WORDINGS, query
from lessons.real_models import loading, texts

BATCH = 8  # sentences of a step
WARM = 3  # steps in which the rate rises
DOCUMENTS, LENGTH = 4, 256  # of other text: topics of Python's documentation, and tokens of each


def prompts(wording: str, asked: Sequence[str]) -> list[str]:
    """Put sentences into a wording, up to where the answer begins."""
    start, end, _ = WORDINGS[wording]
    return [start + query(text, end) for text in asked]


def answers(tokenizer: PreTrainedTokenizerBase, wording: str) -> list[int]:
    """Return the tokens of a wording's two words, the one for the movie last."""
    return [only for word in WORDINGS[wording][2] for (only,) in [tokenizer(word)["input_ids"]]]


def next_scores(
    model: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerBase, read: Sequence[str]
) -> torch.Tensor:
    """Ask what follows each of several texts, read together.

    Short texts are filled up at their end, which changes nothing before it, and only behind the last token
    of each the scores of all tokens are computed.

    Returns:
        Shape (texts, vocabulary).
    """
    rows = [tokenizer(text)["input_ids"] for text in read]
    ends = torch.tensor([len(row) - 1 for row in rows])
    ids = torch.full((len(rows), int(ends.max()) + 1), tokenizer.pad_token_id)
    for line, row in zip(ids, rows, strict=True):
        line[: len(row)] = torch.tensor(row)
    inner: Any = model.get_base_model() if isinstance(model, PeftModel) else model
    hidden = inner.base_model(ids, use_cache=False).last_hidden_state
    scores: torch.Tensor = inner.get_output_embeddings()(hidden[torch.arange(len(rows)), ends])
    return scores


@torch.no_grad()
def judged(
    model: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerBase, wording: str,
    asked: Sequence[str], labels: Sequence[int], batch: int = 30,
) -> dict[str, float]:  # fmt: skip
    """Measure how a model answers.

    Returns:
        ``hit.0`` and so on, for each sentence: whether the likelier of the two words is right.
        ``positive``, how often the likelier one is the word of praise; ``form``, how often the likeliest of
        *all* tokens is one of the two; ``loss``, in nats, of the right word among all tokens.
    """
    pair, read = answers(tokenizer, wording), prompts(wording, asked)
    said, form, losses = list[bool](), list[bool](), list[float]()
    for start in range(0, len(read), batch):
        scores = next_scores(model, tokenizer, read[start : start + batch])
        said += (scores[:, pair[1]] > scores[:, pair[0]]).tolist()
        form += [token in pair for token in scores.argmax(-1).tolist()]
        right = torch.tensor([pair[label] for label in labels[start : start + batch]])
        losses += torch.nn.functional.cross_entropy(scores, right, reduction="none").tolist()
    count = len(asked)
    return {
        "positive": sum(said) / count,
        "form": sum(form) / count,
        "loss": sum(losses) / count,
        **{f"hit.{i}": int(said[i] == bool(label)) for i, label in enumerate(labels)},
    }


@torch.no_grad()
def other_loss(
    model: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[str], length: int = LENGTH,
) -> float:  # fmt: skip
    """Return the loss on text that has nothing to do with the task, in nats a token.

    Args:
        model: causal language model.
        tokenizer: the model's own.
        documents: the beginning of each is read, by itself.
        length: tokens to read of each; none has fewer.
    """
    ids = torch.tensor([tokenizer(text)["input_ids"][:length] for text in documents])
    losses = [model(input_ids=row[None], labels=row[None]).loss.item() for row in ids]
    return sum(losses) / len(losses)  # type: ignore[no-any-return]


def topics() -> list[str]:
    """Take topics of Python's documentation that are long enough, chosen once by chance."""
    long = [text for text in texts.topics().values() if len(text) > 8 * LENGTH]
    return random.Random("other text").sample(long, DOCUMENTS)


def to_train(model: PreTrainedModel, way: str) -> PreTrainedModel | PeftModel:
    """Make a copy of a model of which all weights are trained, or a LoRA beside all matrices of its layers.

    Args:
        model: causal language model, which stays as it is.
        way: ``all`` or ``lora``.
    """
    own = copy.deepcopy(model)
    if way == "all":
        return own
    settings = LoraConfig(
        task_type=TaskType.CAUSAL_LM, r=8, lora_alpha=16, target_modules="all-linear"
    )
    with old_name():
        return get_peft_model(own, settings)


def train(
    model: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerBase, wording: str,
    asked: Sequence[str], labels: Sequence[int], rate: float,
) -> int:  # fmt: skip
    """Train on the one word behind each sentence, each sentence once, in the order given.

    Args:
        model: what `to_train` made; it is changed.
        tokenizer: the model's own, with a padding token.
        wording: in which it is asked.
        asked: sentences.
        labels: class of each; 1 for the word of praise.
        rate: learning rate, once it has risen.

    Returns:
        How many weights were trained.
    """
    model.train()
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=rate, weight_decay=0.0)
    rising = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / WARM))
    pair, read = answers(tokenizer, wording), prompts(wording, asked)
    for start in range(0, len(read), BATCH):
        right = torch.tensor([pair[label] for label in labels[start : start + BATCH]])
        scores = next_scores(model, tokenizer, read[start : start + BATCH])
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(scores, right).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        rising.step()
    model.eval()
    return sum(weight.numel() for weight in learning)


def sft_cell(way: str, wording: str, rate: float, steps: int, seed: int) -> dict[str, float]:
    """Train SmolLM2 on rated sentences, and ask it about others.

    Args:
        way: ``all`` weights, ``lora``, or ``none``: as it is.
        wording: in which it is asked, of `lessons.prompting.real_sentiment`; not its chat template.
        rate: learning rate.
        steps: of 8 sentences, no two the same.
        seed: number that fixes these, their order, and the weights that are new.

    Returns:
        What `judged` measures on the sentences to report on; the share of right answers, ``validation``, on
        every third of those to choose by, with their loss; the loss on other text, ``other_loss``; and how
        many weights were ``trained``.
    """
    data = sentences(texts.ratings("movies"), BATCH * steps, seed)
    known, tokenizer = loading.causal()
    trained, model = 0, known
    if way != "none":
        rows = list(zip(data["train"]["text"], data["train"]["label"], strict=True))
        random.Random(seed).shuffle(rows)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = to_train(known, way)  # type: ignore[assignment]
        asked, labels = [text for text, _ in rows], [label for _, label in rows]
        trained = train(model, tokenizer, wording, asked, labels, rate)
    third = data["validation"][::3]
    chosen = judged(model, tokenizer, wording, third["text"], third["label"])
    hits = [value for name, value in chosen.items() if name.startswith("hit.")]
    return {
        "trained": trained,
        "other_loss": other_loss(model, tokenizer, topics()),
        "validation": sum(hits) / len(hits),
        "validation_loss": chosen["loss"],
        **judged(model, tokenizer, wording, data["test"]["text"], data["test"]["label"]),
    }
