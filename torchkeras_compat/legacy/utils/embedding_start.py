"""Embeddings of a new vocabulary that begin with those of an old one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from torchkeras_compat import initializers
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor


def warmstart_embedding_matrix(
    base_vocabulary: Any,
    new_vocabulary: Any,
    base_embeddings: Any,
    new_embeddings_initializer: Any = "uniform",
) -> torch.Tensor:
    """Return embeddings of a new vocabulary: those of words that the old one has too, and new ones for the others.

    Args:
        base_vocabulary: Words of the old embeddings: list, array, or path of a text file with one a line.
        new_vocabulary: Words of the new embeddings.
        base_embeddings: Shape ``(words, units)``.
        new_embeddings_initializer: Makes the embeddings of new words.

    Returns:
        Shape ``(new words, units)``, in the dtype of the old embeddings.

    Raises:
        ValueError: a vocabulary is empty or of another kind, or has not as many words as there are embeddings.
        OSError: its file cannot be read.

    Example:
        >>> old = torch.tensor([[1.0, 1.0], [2.0, 2.0]])
        >>> warmstart_embedding_matrix(["a", "b"], ["b", "c"], old, "zeros").tolist()
        [[2.0, 2.0], [0.0, 0.0]]

    Source: Keras 2.15 API, utils/warmstart_embedding_matrix.
    """
    base, new = _words(base_vocabulary), _words(new_vocabulary)
    embeddings: torch.Tensor = convert_to_tensor(base_embeddings)
    if embeddings.ndim != 2 or len(embeddings) != len(base):
        raise ValueError(
            f"`base_embeddings` has a row for each of the {len(base)} words of `base_vocabulary`. "
            f"Received shape {tuple(embeddings.shape)}"
        )
    initializer: Any = initializers.get(new_embeddings_initializer)
    made: torch.Tensor = convert_to_tensor(
        initializer((len(new), embeddings.shape[1]), dtype=standardize_dtype(embeddings.dtype))
    )
    place = {word: index for index, word in enumerate(base)}
    known = [(index, place[word]) for index, word in enumerate(new) if word in place]
    if known:
        rows, sources = (torch.tensor(indices, device=made.device) for indices in zip(*known))
        made = made.index_copy(0, rows, embeddings.detach()[sources.to(embeddings.device)].to(made.device))
    return made


def _words(vocabulary: Any) -> list[Any]:
    if isinstance(vocabulary, (str, os.PathLike)):
        words: list[Any] = Path(vocabulary).read_text(encoding="utf-8").splitlines()
    elif hasattr(vocabulary, "tolist"):
        words = vocabulary.tolist()
    elif isinstance(vocabulary, (list, tuple)):
        words = list(vocabulary)
    else:
        words = []
    if not words:
        raise ValueError(
            "A vocabulary is a list or array of words, or the path of a text file with one a line. "
            f"Received: {vocabulary!r:.100}"
        )
    return words
