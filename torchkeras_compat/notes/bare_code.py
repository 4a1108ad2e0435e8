"""Code of no declared language: whether it is Keras code, or an output or text."""

from __future__ import annotations

import ast
import re

from torchkeras_compat.notes.python_code import python_code

_KERAS = re.compile(
    r"\b(keras|tensorflow|Sequential|Dense|Conv[123]D|Convolution[12]D|LSTM|GRU|Embedding|Dropout|Flatten|"
    r"model\w*\s*\.\s*(?:add|compile|fit|evaluate|predict|summary|save)|layers?\.\w+)\b"
)
_SHOWN = {"array", "tensor", "Tensor", "DataFrame", "Index", "dtype", "History", "OrderedDict", "EagerTensor"}
# A statement of these kinds is not an output; the others are looked at.
_ACTS = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AugAssign,
    ast.FunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.If,
    ast.With,
    ast.Try,
    ast.Assert,
    ast.Delete,
)


def mentions_keras(text: str) -> bool:
    """Return whether text has a word of Keras code.

    Example:
        >>> mentions_keras("model.add(x)"), mentions_keras("ls -l")
        (True, False)
    """
    return bool(_KERAS.search(text))


def is_code(text: str) -> bool:
    """Return whether text is Python that does something: not an output, a value or a sentence.

    Example:
        >>> [is_code(text) for text in ("x = 1", "[0.31, 0.87]", "accuracy: 0.9", "array([1, 2])", "Epoch 1/5")]
        [True, False, False, False, False]
    """
    try:
        body = ast.parse(python_code(text).code).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(isinstance(statement, _ACTS) or _is_call(statement) for statement in body)


def _is_call(statement: ast.stmt) -> bool:
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    function = statement.value.func
    return not (isinstance(function, ast.Name) and function.id in _SHOWN)
