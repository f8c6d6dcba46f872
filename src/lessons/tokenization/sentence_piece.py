"""Measure what the trainers of SentencePiece make of the course's documents."""

import io

from lessons import world
from lessons.tokenization.tokenizers import SHARES, score


def sentencepiece_cell(kind: str, size: int, seed: int) -> dict[str, float]:
    """Train SentencePiece on 10,000 documents; score it on 500 held-out ones and 500 of its own.

    Blanks and line breaks are kept as they are, so that every text can come back. What no piece covers is
    written in bytes.

    Args:
        kind: trainer of SentencePiece, ``unigram`` or ``bpe``.
        size: entries of the vocabulary, 256 single bytes among them.
        seed: chooses the documents, as in `vocabulary_cell`.
    """
    import sentencepiece

    train = world.documents(seed, 10_000, "train", SHARES)
    held_out = world.documents(seed, 500, "held-out", SHARES)
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(train), model_writer=written, model_type=kind, vocab_size=size,
        byte_fallback=True, character_coverage=1.0, normalization_rule_name="identity",
        remove_extra_whitespaces=False, user_defined_symbols=["\n"], num_threads=1, minloglevel=2,
    )  # fmt: skip
    trained = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    own = score(trained.encode, trained.decode, train[:500])["bytes_per_token"]
    return {
        "vocabulary": trained.get_piece_size(),
        "own_bytes_per_token": own,
        "has_once": float("▁Once" in {trained.id_to_piece(i) for i in range(size)}),
        **score(trained.encode, trained.decode, held_out, unknown=trained.unk_id()),
    }
