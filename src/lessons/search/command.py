"""Ask Python's documentation from the shell: ``python -m lessons.search ask "How do I end a loop?"``.

``serve`` does the same as a page in the browser, and ``benchmark`` measures what an answer takes.
"""

import argparse
import sys
from collections.abc import Sequence

from lessons.console import print_all
from lessons.search.asking import in_a_sentence
from lessons.search.index import SHOWN, WAYS, Index

PORT = 8765
QUESTIONS = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 where a passage was found, 1 where there is none, 2 where it cannot be done."""
    asked = _parser().parse_args(arguments)
    print_all(sys.stdout)
    try:
        return int(asked.run(asked))
    except (OSError, ValueError, ModuleNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lessons.search", description="Search Python 3.11's own documentation."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    ask = commands.add_parser("ask", help="print the passages that answer a question")
    ask.add_argument("question", nargs="+")
    ask.add_argument("-k", type=int, default=SHOWN, help=f"passages at most, {SHOWN} by default")
    ask.add_argument(
        "--by", choices=WAYS, help="how to search; by default the best way that is at hand"
    )
    ask.set_defaults(run=_ask)
    serve = commands.add_parser("serve", help="answer questions on a page of this computer")
    serve.add_argument(
        "--port", type=int, default=PORT, help=f"{PORT} by default; 0: any that is free"
    )
    serve.set_defaults(run=_serve)
    measure = commands.add_parser("benchmark", help="measure how long answers take, and the memory")
    measure.add_argument(
        "-n", type=int, default=QUESTIONS, help=f"questions, {QUESTIONS} by default"
    )
    measure.set_defaults(run=_benchmark)
    return parser


def _ask(asked: argparse.Namespace) -> int:
    question = " ".join(asked.question)
    if not question.strip():
        raise ValueError('nothing was asked: write a question, such as "How do I end a loop?"')
    index = Index.load(asked.by)
    answer = index.answer(question, asked.k)
    for hit in answer.hits:
        print(f"[{hit.rank}] {hit.place}\n\n{hit.passage.text}\n")
    if not answer.found:
        print(
            f"No passage is good enough: {answer.sure:.2f} by {index.way}, {answer.least:.2f} is needed."
        )
        if sentence := in_a_sentence(question, index.way):
            print(f"Ask in a sentence, such as: {sentence}")
        return 1
    print(f"Python 3.11.7's documentation, © Python Software Foundation; found by {index.way}.")
    return 0


def _serve(asked: argparse.Namespace) -> int:
    from lessons.search import serving  # a server, which a question from the shell does not need

    return serving.serve(asked.port)


def _benchmark(asked: argparse.Namespace) -> int:
    from lessons.search import benchmark

    for line in benchmark.lines(asked.n):
        print(line, flush=True)
    return 0
