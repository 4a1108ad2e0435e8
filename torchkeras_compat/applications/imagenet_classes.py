"""The thousand classes of ImageNet: what the outputs of a network trained on it stand for."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.applications.published import PublishedFile
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import FileLimits, parsed_json_file, reading_within

CLASSES = 1000

_INDEX = PublishedFile(
    "imagenet_class_index.json",
    "c2c37ea517e94d9795004a39431a14cb",
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    "the names of the classes of ImageNet",
)
_LIMITS = FileLimits(config_bytes=1 << 20, config_values=10 * CLASSES)


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, Any]]]:
    """Return the most probable classes of each prediction, best first.

    The names are read from ``models/imagenet_class_index.json`` in the cache of Keras, downloaded if it is not there.

    Args:
        preds: Outputs of a network, ``(samples, 1000)``, an array or a tensor.
        top: How many classes.

    Returns:
        For each sample a list of ``(WordNet identifier, name, score)``.

    Raises:
        ValueError: ``preds`` has another shape.
        TypeError: ``top`` is not an integer, or ``preds`` not an array or a tensor.
        FileContentError: the file with the names holds something else.
        OSError: it is not in the cache and cannot be downloaded; the message says where to put it.

    Source: Keras API, applications.
    """
    scores = _scores(preds)
    try:
        count = operator.index(top)
    except TypeError:
        raise TypeError(f"`top` is the number of classes to return, an integer. Received: top={top!r}") from None
    if count < 0:
        raise ValueError(f"`top` is the number of classes to return, so not negative. Received: top={top!r}")
    names = _class_names()
    best = np.argsort(scores, axis=-1)[:, ::-1][:, :count]
    return [[(*names[i], row[i]) for i in order] for row, order in zip(scores, best)]


def _scores(preds: Any) -> np.ndarray:
    if isinstance(preds, torch.Tensor):
        preds = preds.detach().to("cpu", torch.float64 if preds.dtype == torch.float64 else torch.float32).numpy()
    if not isinstance(preds, np.ndarray):
        raise TypeError(
            f"`decode_predictions` expects an array or a tensor of shape (samples, {CLASSES}). Received:"
            f" {type(preds).__name__}. Give what `model.predict` returns."
        )
    if preds.ndim != 2 or preds.shape[1] != CLASSES:
        raise ValueError(
            f"`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape (samples, {CLASSES}))."
            f" Received array with shape: {preds.shape}. It knows the classes of ImageNet only: names of your own"
            " classes are for you to look up."
        )
    return preds


def _class_names() -> list[tuple[str, str]]:
    """The WordNet identifiers and names, checked: the file may be the user's own."""
    path = _INDEX.path()
    with reading_within(_LIMITS):
        index = parsed_json_file(path)
    entries: list[Any] = [index.get(str(i)) for i in range(CLASSES)] if isinstance(index, dict) else []
    if len(entries) != CLASSES or not all(map(_is_entry, entries)):
        raise FileContentError(
            f"{path} does not hold a pair of strings for each of the classes '0' to '{CLASSES - 1}'. Delete it, and the"
            f" next call downloads it again from {_INDEX.url}."
        )
    return [(identifier, name) for identifier, name in entries]


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry)
