"""`decode_predictions`: names and scores as Keras gives them, and files that are broken or absent."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.applications import imagenet_classes
from torchkeras_compat.applications.imagenet_classes import decode_predictions
from torchkeras_compat.applications.published import PublishedFile
from torchkeras_compat.errors import FileContentError

NAMES = {str(i): [f"n{i:08d}", f"class {i}"] for i in range(1000)}
SCORES = np.random.default_rng(0).random((2, 1000))


def put(home: Path, monkeypatch: pytest.MonkeyPatch, content: Any) -> None:
    """Let the cache hold a file of names, with the hash that is expected."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (home / "imagenet_class_index.json").write_bytes(text)
    file = PublishedFile("imagenet_class_index.json", hashlib.md5(text).hexdigest(), "https://example.org/i", "names")
    monkeypatch.setattr(imagenet_classes, "_INDEX", file)


@pytest.mark.parametrize("top", [1, 5, 1000])
@pytest.mark.parametrize("kind", ["array", "tensor", "ties"])
def test_the_best_classes_come_first_as_in_keras(real_keras, home, monkeypatch, top: int, kind: str) -> None:
    put(home, monkeypatch, NAMES)
    module = __import__("keras.src.applications.imagenet_utils", fromlist=["CLASS_INDEX"])
    monkeypatch.setattr(module, "CLASS_INDEX", NAMES)
    scores = SCORES if kind == "array" else torch.from_numpy(SCORES) if kind == "tensor" else np.zeros((1, 1000))
    expected = real_keras.applications.imagenet_utils.decode_predictions(np.asarray(scores), top=top)
    assert decode_predictions(scores, top=top) == expected


def test_no_samples_give_no_lists(home, monkeypatch) -> None:
    put(home, monkeypatch, NAMES)
    assert decode_predictions(SCORES[:0]) == []
    assert decode_predictions(SCORES, top=0) == [[], []]


@pytest.mark.parametrize("preds", [SCORES[0], SCORES[:, :10], SCORES[None]])
def test_another_shape_is_refused(preds: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"a 2D array of shape \(samples, 1000\)\). Received array with shape: \("):
        decode_predictions(preds)


@pytest.mark.parametrize(
    ("error", "match", "arguments"),
    [
        (TypeError, "Received: list", {"preds": SCORES.tolist()}),
        (TypeError, "Received: top=2.5", {"preds": SCORES, "top": 2.5}),
        (ValueError, "Received: top=-1", {"preds": SCORES, "top": -1}),
    ],
)
def test_other_arguments_are_refused(error: type[Exception], match: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(error, match=match):
        decode_predictions(**arguments)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {**NAMES, "7": ["n7"]},
        {**NAMES, "7": ["n7", 7]},
        {k: v for k, v in NAMES.items() if k != "999"},
        b"\xff",
        b"[" * 100_000,
        b"{" + b" " * (2 << 20) + b"}",
    ],
)
def test_a_file_that_holds_something_else_is_refused(home, monkeypatch, content: Any) -> None:
    put(home, monkeypatch, content)
    with pytest.raises(FileContentError, match="imagenet_class_index.json"):
        decode_predictions(SCORES)


def test_offline_the_error_says_which_file_to_put_where(home) -> None:
    with pytest.raises(OSError, match="There is no .*names of the classes.*no network") as caught:
        decode_predictions(SCORES)
    assert f"put it at {home / 'imagenet_class_index.json'}" in str(caught.value)
