"""`DepthwiseConv1D`, `DepthwiseConv2D`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.layers.convolutional.checks import (
    check_against_keras,
    check_channels_first,
    check_config,
    check_copies,
    ident,
)
from torchkeras_compat import layers

CASES: list[tuple[str, dict[str, Any]]] = [
    *((f"DepthwiseConv{n}D", {"kernel_size": 3, "depth_multiplier": 2}) for n in (1, 2)),
    *((f"DepthwiseConv{n}D", {"kernel_size": 3, "padding": "same", "strides": 2}) for n in (1, 2)),
    *((f"DepthwiseConv{n}D", {"kernel_size": 2, "dilation_rate": 2, "use_bias": False}) for n in (1, 2)),
]


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_outputs_gradients_and_shapes_are_those_of_keras(case: Any, real_keras: ModuleType) -> None:
    check_against_keras(case, real_keras)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_channels_first_is_the_same_on_permuted_data(case: Any) -> None:
    check_channels_first(case)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_it_survives_its_config_a_copy_and_a_file_of_torch(case: Any) -> None:
    check_copies(case)


def test_configs_are_those_of_keras(real_keras: ModuleType) -> None:
    check_config("DepthwiseConv2D", real_keras)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="depth_multiplier"):
        layers.DepthwiseConv2D(kernel_size=3, depth_multiplier=0)
