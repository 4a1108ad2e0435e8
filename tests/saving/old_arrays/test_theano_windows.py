"""Where windows lie on Theano. Oracle: outputs of Keras 1.2.2, and its padding of ``kernel_size // 2``."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.saving.old_arrays.theano_windows import has_other_windows, warn_of_other_windows

SAME: dict[str, Any] = {"padding": "same"}


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (layers.Conv2D(1, 3, **SAME), (8, 8, 1), False),
        (layers.Conv2D(1, 2, **SAME), (8, 8, 1), True),
        (layers.Conv2D(1, 3, strides=2, **SAME), (8, 8, 1), True),
        (layers.Conv2D(1, 3, strides=2, **SAME), (7, 7, 1), False),
        (layers.Conv2D(1, 3, strides=2, **SAME), (None, None, 1), True),
        (layers.Conv2D(1, 1, strides=2, **SAME), (None, None, 1), False),
        (layers.Conv2D(1, (3, 2)), (8, 8, 1), False),
        (layers.Conv2D(1, 3, dilation_rate=2, **SAME), (8, 8, 1), False),
        (layers.Conv1D(1, 4, **SAME), (8, 1), True),
        (layers.Conv1D(1, 4, padding="causal"), (8, 1), False),
        (layers.MaxPooling2D(2, **SAME), (8, 8, 1), True),
        (layers.MaxPooling2D(3, strides=1, **SAME), (8, 8, 1), False),
        (layers.MaxPooling2D(3, strides=2, **SAME), (7, 7, 1), False),
        (layers.MaxPooling2D(5, strides=1, **SAME), (8, 8, 1), True),
        (layers.AveragePooling1D(2, **SAME), (8, 1), True),
        (layers.AveragePooling1D(2), (8, 1), False),
        (layers.Dense(1), (8,), False),
    ],
)
def test_windows_that_lie_elsewhere(layer: Any, shape: tuple[int, ...], expected: bool) -> None:
    layer(ours.Input(shape))
    assert has_other_windows(layer) is expected


def test_one_warning_names_the_layers() -> None:
    chain = [layers.MaxPooling1D(2, name=f"p{i}", **SAME) for i in range(5)]
    model = ours.Sequential([ours.Input((64, 1)), *chain])
    with pytest.warns(UserWarning, match=r"'a.h5' comes from Theano.*'p0', 'p1', 'p2' and 2 more") as found:
        warn_of_other_windows(model, "a.h5")
    assert len(found) == 1


@pytest.mark.parametrize(("name", "words"), [("c_W", "in the layers 'c'"), ("c_W:0", None)])
def test_weights_of_theano_bring_the_warning(write_layers: Any, name: str, words: str | None) -> None:
    path = write_layers({"c": [(name, np.ones((2, 2, 1, 1), "float32"))]}, "1.2.2")
    model = ours.Sequential([ours.Input((4, 4, 1)), layers.Conv2D(1, 2, use_bias=False, name="c", **SAME)])
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model.load_weights(path)
    assert [str(w.message) for w in found if words and words in str(w.message)] or not (words or found)


def test_the_advice_gives_the_windows_of_theano() -> None:
    x = torch.arange(1.0, 5.0).reshape(1, 4, 1)
    kernel = torch.tensor([10.0, 1.0]).reshape(2, 1, 1)
    layer = layers.Conv1D(1, 2, use_bias=False)
    found = ours.Sequential([ours.Input((4, 1)), layers.ZeroPadding1D((1, 0)), layer])
    layer.kernel.assign(kernel)
    assert found(x).flatten().tolist() == [1.0, 12.0, 23.0, 34.0]  # the first of them begins one before the input
