"""Chat: which tokens of a conversation carry loss, and what that is worth."""

# --8<-- [start:imports]
from datasets import Dataset

from lessons.fine_tuning.instruction_tuning import as_user, demonstrations, follow, load, tune
from lessons.storage import checkpoint
from lessons.world.instructions import instructions

# --8<-- [end:imports]

# --8<-- [start:template]
TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\n' }}"
    "{% else %}{{ 'Assistant:' }}"
    "{% generation %}{{ ' ' + message['content'] + eos_token }}{% endgeneration %}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
# --8<-- [end:template]


# --8<-- [start:whole]
def whole_texts(rows: Dataset) -> Dataset:
    """Join each prompt and its completion to one text, of which trl scores every token.

    Args:
        rows: demonstrations, with ``prompt`` and ``completion``.

    Returns:
        The same rows in the same order, with a column ``text``; they become the same token ids.
    """
    joined = zip(rows["prompt"], rows["completion"], strict=True)
    return Dataset.from_list([{"text": prompt + completion} for prompt, completion in joined])


# --8<-- [end:whole]


def all_tokens_cell(scored: str, count: int, learning_rate: float, seed: int) -> dict[str, float]:
    """Tune `base` on demonstrations with the loss on some tokens; score it on held-out instructions.

    Args:
        scored: ``answers``, the tokens of the answers and of their end; or ``all``, the prompts' as well.
        count: number of demonstrations.
        learning_rate: peak, as in `tune`.
        seed: number that fixes the demonstrations and their order.

    Returns:
        Share of good answers to the 300 held-out instructions of `instruction_cell`: ``all``, and those of
        each kind; and ``different``, how many of the 300 differ as the model reads them.

    Raises:
        ValueError: other tokens than ``answers`` or ``all``.
    """
    if scored not in ("answers", "all"):
        raise ValueError(f"no tokens {scored!r} to score: take 'answers' or 'all'")
    solver = load(checkpoint("base"))
    rows = demonstrations(instructions(seed, count))
    if scored == "all":
        rows = whole_texts(rows)
    tune(solver.model, solver.tokenizer, rows, seed, learning_rate)
    asked = instructions(1_000_000, 300, "held-out")
    different = len({(request.kind, as_user(request.prompt)) for request in asked})
    shares = {kind: score.value for kind, score in follow(solver, asked).items()}
    return {"different": float(different), **shares}
