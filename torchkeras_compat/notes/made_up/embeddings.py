"""Vectors of words for a note that has them from elsewhere: ``Embedding(n, 100, weights=[embedding_matrix])``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_NAME = re.compile(
    r"^(embeddings?_?(matrix|weights|vectors)|word_vectors|pretrained_weights|glove_matrix)$", re.IGNORECASE
)


def is_name_of_embeddings(name: str) -> bool:
    """Return whether a name is customary for a matrix of word vectors.

    Example:
        >>> is_name_of_embeddings("embedding_matrix"), is_name_of_embeddings("embedding_dim")
        (True, False)
    """
    return bool(_NAME.match(name))


def embeddings(path: Sequence[ast.AST], number: Callable[[ast.AST], Any]) -> np.ndarray | None:
    """Return a matrix of random numbers for the `Embedding` that a statement makes; None where there is none.

    Args:
        path: Nodes from the statement to the name of the matrix.
        number: Gives the value of an argument.
    """
    for node in reversed(path):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name != "Embedding":
            continue
        keywords = {k.arg: k.value for k in node.keywords}
        sizes = [
            number(keywords[key]) if key in keywords else number(node.args[i]) if len(node.args) > i else None
            for i, key in enumerate(("input_dim", "output_dim"))
        ]
        known = [size for size in sizes if isinstance(size, int)]
        if len(known) == 2:
            return np.random.default_rng(113).normal(0, 0.1, known).astype("float32")
    return None
