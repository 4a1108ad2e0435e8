"""`PReLU`: a rectifier with a learned slope."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.layers.activations.checks import check_against_keras, check_mixed_precision
from torchkeras_compat import Input, layers

CASES: list[tuple[str, dict[str, Any]]] = [
    ("PReLU", {"alpha_initializer": "ones"}),
    ("PReLU", {"alpha_initializer": "he_normal", "shared_axes": [1]}),
    ("PReLU", {"alpha_initializer": "he_normal", "shared_axes": [2]}),
    ("PReLU", {"alpha_initializer": "ones", "shared_axes": [1, 2], "alpha_regularizer": "l2"}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_outputs_gradients_and_configs_are_those_of_keras(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    check_against_keras(name, arguments, real_keras)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_mixed_precision_computes_in_the_compute_dtype(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    check_mixed_precision(name, arguments, real_keras)


def test_the_slope_of_prelu_is_the_weight_of_the_torch_module() -> None:
    layer = layers.PReLU(shared_axes=[1, 2])
    layer.build((None, 5, 5, 3))
    assert isinstance(layer.prelu, nn.PReLU) and layer.alpha.shape == (1, 1, 3)
    layer.alpha.assign(np.array([[[1.0, 2.0, 3.0]]]))
    assert layer.prelu.weight.tolist() == [1.0, 2.0, 3.0]
    assert layer(-torch.ones(1, 5, 5, 3))[0, 0, 0].tolist() == [-1.0, -2.0, -3.0]
    assert layers.PReLU()(Input((4,))).shape == (None, 4)


def test_prelu_needs_the_sizes_that_it_does_not_share() -> None:
    with pytest.raises(ValueError, match="shared_axes"):
        layers.PReLU()(Input((None, 3)))
    assert layers.PReLU(shared_axes=[1])(Input((None, 3))).shape == (None, None, 3)
