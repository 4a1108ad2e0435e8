"""Vectors of words from elsewhere."""

from __future__ import annotations

import ast

from torchkeras_compat.notes.made_up.embeddings import embeddings, is_name_of_embeddings


def number(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def test_the_matrix_has_the_sizes_of_its_layer() -> None:
    call = ast.parse("Embedding(50, output_dim=8, weights=[embedding_matrix])", mode="eval").body
    found = embeddings([call], number)
    assert found is not None and found.shape == (50, 8) and found.dtype == "float32"
    assert embeddings([ast.parse("f(embedding_matrix)", mode="eval").body], number) is None
    assert embeddings([ast.parse("Embedding(n, 8, m)", mode="eval").body], number) is None


def test_names_of_matrices() -> None:
    assert is_name_of_embeddings("embedding_weights") and not is_name_of_embeddings("embedding")
