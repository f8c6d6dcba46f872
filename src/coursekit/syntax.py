"""What the syntax of a source file says, without running it."""

import ast

__all__ = ["is_main_guard"]


def is_main_guard(node: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__":``, which an import passes by."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
