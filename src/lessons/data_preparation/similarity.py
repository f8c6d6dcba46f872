"""How alike two texts are: the share of their overlapping runs of words that both have."""

# --8<-- [start:shingles]
import re


def shingles(text: str, size: int) -> set[str]:
    """Cut a text into overlapping runs of ``size`` words; a shorter text is one run."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))}


def jaccard(first: set[str], second: set[str]) -> float:
    """Give the share of all shingles of two texts that both have."""
    return len(first & second) / len(first | second)


# --8<-- [end:shingles]
