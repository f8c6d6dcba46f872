"""From a pre-trained BERT to a classifier, and the same network without the pre-training."""

# --8<-- [start:imports]
import random

import torch
from transformers import AutoConfig, AutoTokenizer, BertForSequenceClassification

from lessons.storage import checkpoint
from lessons.world.reviews import Review, review

SENTIMENTS = ("negative", "positive")
# --8<-- [end:imports]


# --8<-- [start:fine_tune]
def fine_tune(
    model: BertForSequenceClassification,
    batch: dict[str, torch.Tensor],
    seed: int,
    epochs: int = 40,
    rows: int = 16,
    learning_rate: float = 5e-4,
) -> None:
    """Train a classifier on a few labeled texts, with a rate that falls to zero.

    Args:
        model: classifier; changed, and left in evaluation mode.
        batch: all texts at once: ``input_ids`` and ``attention_mask`` of shape (texts, tokens), and
            ``labels`` of shape (texts,).
        seed: order of the texts.
        epochs: times that each text is seen.
        rows: texts in a step.
        learning_rate: rate at the beginning.
    """
    optimizer = torch.optim.AdamW(model.parameters(), learning_rate, weight_decay=0.01)
    chance, count = torch.Generator().manual_seed(seed), len(batch["labels"])
    orders = [torch.randperm(count, generator=chance) for _ in range(epochs)]
    steps = [order[i : i + rows] for order in orders for i in range(0, count, rows)]
    fall = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, len(steps))
    model.train()
    for chosen in steps:
        model(**{name: tensor[chosen] for name, tensor in batch.items()}).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        fall.step()
    model.eval()  # type: ignore[no-untyped-call]


# --8<-- [end:fine_tune]


# --8<-- [start:sentiment_cell]
def sentiment_cell(start: str, labels: int, seed: int) -> dict[str, float]:
    """Train a sentiment classifier on a few labeled reviews; test it on 1,000 held-out ones.

    Both starts get as many epochs as the one from scratch needs: after ten it has learned nothing
    from 64 reviews, the other nearly all it can.

    Args:
        start: ``mlm``, the shipped model, or ``scratch``, the same network with random weights.
        labels: number of reviews it learns from.
        seed: number that fixes the reviews, their order, and the weights that are new.

    Returns:
        The share of held-out reviews classified as they are meant.
    """
    torch.manual_seed(seed)
    folder, tokenizer = checkpoint("mlm"), AutoTokenizer.from_pretrained(checkpoint("mlm"))
    if start == "mlm":
        model = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    else:
        model = BertForSequenceClassification(AutoConfig.from_pretrained(folder))
    texts, test = random.Random(f"labels {seed}"), random.Random("test")

    def encode(reviews: list[Review]) -> dict[str, torch.Tensor]:
        batch = tokenizer([review.text for review in reviews], padding=True, return_tensors="pt")
        return {
            **batch,
            "labels": torch.tensor([SENTIMENTS.index(review.sentiment) for review in reviews]),
        }

    fine_tune(model, encode([review(texts, "train") for _ in range(labels)]), seed)
    held_out = encode([review(test, "held-out") for _ in range(1000)])
    true = held_out.pop("labels")
    with torch.no_grad():
        predicted = model(**held_out).logits.argmax(-1)
    return {"accuracy": (predicted == true).float().mean().item()}


# --8<-- [end:sentiment_cell]
