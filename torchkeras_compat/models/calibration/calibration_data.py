"""The samples that a model is calibrated with: token ids of equal length."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from typing import Any

import torch

_SEED = 42
_ID_FIELDS = ("input_ids", "token_ids")


def token_samples(dataset: Any, tokenizer: Any, sequence_length: int, num_samples: int) -> torch.Tensor:
    """Return windows of equal length and distance out of the tokens of a dataset, one text after the other.

    A dataset with fewer tokens than are asked for is repeated. Windows start at a place that is the same in each run;
    in Keras 3.15 it changes from process to process.

    Args:
        dataset: Texts, arrays of token ids, or both; an iterable, which is read to its end.
        tokenizer: Object with ``tokenize``, or callable, that makes token ids of a text, or a mapping with them as
            ``"input_ids"`` or ``"token_ids"``; None where there are no texts.
        sequence_length: Tokens of a window.
        num_samples: Number of windows.

    Returns:
        ``(num_samples, sequence_length)``, int32, on the host.

    Raises:
        TypeError: ``dataset`` is not an iterable or is one text, or ids are not whole numbers.
        ValueError: ``dataset`` has no items or no tokens, or texts and no tokenizer.

    Example:
        >>> token_samples(["abc", "de"], lambda text: [ord(c) - 97 for c in text], 2, 3).shape
        torch.Size([3, 2])
    """
    if isinstance(dataset, (str, bytes)) or not isinstance(dataset, (Iterable, torch.Tensor)):
        raise TypeError(
            "The `dataset` argument must be an iterable (e.g., a list of strings, a generator, or a NumPy array). Got"
            f" type: {type(dataset).__name__}. Please pass the loaded dataset directly."
        )
    found = [_ids(item, tokenizer) for item in dataset]
    if not found:
        raise ValueError("Provided dataset is empty: calibration needs texts, or arrays of token ids.")
    tokens = torch.cat(found)
    if not len(tokens):
        raise ValueError(
            f"Not enough tokens to form one sample of length {sequence_length} (have 0): the {len(found)} items of the"
            " dataset have no tokens."
        )
    tokens = tokens.repeat(max(1, math.ceil(num_samples * sequence_length / len(tokens))))
    windows = tokens.unfold(0, sequence_length, 1)
    step = max(1, len(windows) // num_samples)
    start = random.Random(_SEED).randrange(len(windows))
    return windows[(start + step * torch.arange(num_samples)) % len(windows)]


def _ids(item: Any, tokenizer: Any) -> torch.Tensor:
    """Return the token ids of an item of the dataset, one after the other."""
    if isinstance(item, str):
        if tokenizer is None:
            raise ValueError("The dataset holds texts, which need a `tokenizer` in the config. Received: None")
        tokenize = getattr(tokenizer, "tokenize", tokenizer)
        item, source = tokenize(item), f"The tokenizer {type(tokenizer).__name__} returned"
    else:
        source = "The dataset holds"
    if isinstance(item, Mapping):
        item = next((item[name] for name in _ID_FIELDS if name in item), item)
    try:
        ids = torch.as_tensor(item).cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(_not_ids(source, f"{type(item).__name__} {str(item)[:60]!r}")) from error
    if ids.is_complex() or (ids.is_floating_point() and bool((ids != ids.round()).any())):
        raise TypeError(_not_ids(source, f"numbers of {ids.dtype}"))
    return ids.to(torch.int32).flatten()


def _not_ids(source: str, received: str) -> str:
    return (
        f"{source} what is not an array of token ids. Received: {received}. Pass whole numbers, or a `tokenizer` that"
        ' returns them, such as `lambda text: tokenizer(text)["input_ids"]`.'
    )
