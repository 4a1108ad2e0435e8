"""Pooling over all positions: `GlobalMaxPooling1D` to `3D`, `GlobalAveragePooling1D` to `3D`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tests.layers.pooling.checks import check_against_keras, check_channels_first_and_config, ident
from torchkeras_compat import layers

CASES: list[tuple[str, dict[str, Any]]] = [
    *((f"Global{kind}Pooling{n}D", {}) for kind in ("Max", "Average") for n in (1, 2, 3)),
    *((f"Global{kind}Pooling{n}D", {"keepdims": True}) for kind in ("Max", "Average") for n in (1, 2, 3)),
]


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_outputs_gradients_and_shapes_are_those_of_keras(case: Any, real_keras: ModuleType) -> None:
    check_against_keras(case, real_keras)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_channels_first_and_the_config(case: Any) -> None:
    check_channels_first_and_config(case)


def test_masked_steps_do_not_count(real_keras: ModuleType) -> None:
    x = np.random.RandomState(0).normal(size=(2, 4, 3)).astype("float32")
    mask = np.array([[True, True, False, False], [True, False, True, True]])
    for keepdims in (False, True):
        found = layers.GlobalAveragePooling1D(keepdims=keepdims)(x, mask=mask)
        expected = real_keras.layers.GlobalAveragePooling1D(keepdims=keepdims)(x, mask=mask)
        torch.testing.assert_close(found, expected)
    embedded = layers.Embedding(5, 3, mask_zero=True)(np.array([[1, 2, 0, 0]]))
    pooled = layers.GlobalAveragePooling1D()(embedded)
    torch.testing.assert_close(pooled, embedded[:, :2].mean(1))
    assert not hasattr(pooled, "_keras_mask")


def test_short_names_are_the_same_classes() -> None:
    assert layers.GlobalAvgPool2D is layers.GlobalAveragePooling2D
    assert layers.GlobalMaxPool3D is layers.GlobalMaxPooling3D


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="middle"):
        layers.GlobalMaxPooling2D(data_format="middle")
