"""Chain of thought: room for the steps, a wrong first step, and a vote over several chains."""

import torch

from lessons.intervals import mean, share
from lessons.prompting.prompts import _named, complete, held_out_sums, last_number, load_base, vote
from lessons.world import sums


def room_cell(count: int, room: int, n: int, seed: int) -> dict[str, float]:
    """Add step by step with ``room`` new tokens; the answer is the last number that is written."""
    asked = held_out_sums(count, n, seed)
    prompts = [sums.sum_prompt(terms, steps=True) for terms in asked]
    answers = [last_number(text) for (text,) in complete(*load_base(), prompts, room)]
    hits = [answer == str(sum(terms)) for answer, terms in zip(answers, asked, strict=True)]
    return _named("right", share(hits))


def first_step_cell(count: int, off: int, n: int, seed: int) -> dict[str, float]:
    """Write the first step for the model, with a result that is ``off`` too large.

    ``right`` counts answers that are the true sum, ``followed`` those that are ``off`` too large: what
    one gets by going on from the step as it is written.
    """
    asked = held_out_sums(count, n, seed)
    prompts = [
        f"{sums.sum_prompt(terms, steps=True)} {terms[0]} + {terms[1]} = {sum(terms[:2]) + off}."
        for terms in asked
    ]
    answers = [last_number(text) for (text,) in complete(*load_base(), prompts, 16 * count)]
    pairs = list(zip(answers, map(sum, asked), strict=True))
    return {
        **_named("right", share([answer == str(total) for answer, total in pairs])),
        **_named("followed", share([answer == str(total + off) for answer, total in pairs])),
    }


VOTES = (1, 3, 5, 9)


def votes_cell(count: int, temperature: float, n: int, seed: int) -> dict[str, float]:
    """Add step by step: one greedy chain against a vote of sampled chains, on the same sums.

    ``any`` counts sums for which at least one of the chains is right: no vote can do better.
    """
    model, tokenizer = load_base()
    asked = held_out_sums(count, n, seed)
    totals = [str(sum(terms)) for terms in asked]
    prompts = [sums.sum_prompt(terms, steps=True) for terms in asked]
    room = 16 * count
    greedy = [last_number(text) for (text,) in complete(model, tokenizer, prompts, room)]
    torch.manual_seed(seed)
    chains = complete(
        model, tokenizer, prompts, room, batch=20,
        do_sample=True, temperature=temperature, top_k=0, num_return_sequences=VOTES[-1],
    )  # fmt: skip
    answers = [[last_number(text) for text in texts] for texts in chains]
    greedy_right = [a == total for a, total in zip(greedy, totals, strict=True)]
    hits = [total in given for given, total in zip(answers, totals, strict=True)]
    values = {**_named("greedy", share(greedy_right)), **_named("any", share(hits))}
    for votes in VOTES:
        most = [vote(given[:votes]) == total for given, total in zip(answers, totals, strict=True)]
        gain = mean([a - b for a, b in zip(most, greedy_right, strict=True)])
        values |= {**_named(f"vote{votes}", share(most)), **_named(f"gain{votes}", gain)}
    return values
