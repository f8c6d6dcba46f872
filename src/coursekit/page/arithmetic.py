"""The arithmetic of an example by hand, computed where it stands: ``{{ computed 2 / 3 | .0% }}``."""

import ast
import math
import operator
from collections.abc import Callable

__all__ = ["computed"]

OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "log2": math.log2,
    "max": max,
    "min": min,
    "round": round,
    "sqrt": math.sqrt,
}


def computed(expression: str) -> float:
    """The value of an expression of numbers, ``+ - * / **``, and a few functions.

    Args:
        expression: such as ``0.6 ** 2 / (0.6 ** 2 + 0.4 ** 2)``; ``log`` is the natural logarithm.

    Raises:
        ValueError: anything else, or arithmetic that has no result.
    """
    try:
        return _value(ast.parse(expression, mode="eval").body, expression)
    except SyntaxError as error:
        raise ValueError(f"{expression!r} is no arithmetic: {error.msg}") from error
    except (ArithmeticError, TypeError) as error:
        raise ValueError(f"{expression!r} has no result: {error}") from error


def _value(node: ast.expr, expression: str) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, expression)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(left, expression), _value(right, expression))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(argument, expression) for argument in arguments))
    known = f"numbers, + - * / ** and {', '.join(FUNCTIONS)}"
    raise ValueError(f"{expression!r} has {ast.unparse(node)!r}; there are {known}")
