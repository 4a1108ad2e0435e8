"""`SeparableConv1D`, `SeparableConv2D`."""

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

CASES: list[tuple[str, dict[str, Any]]] = [
    *((f"SeparableConv{n}D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}) for n in (1, 2)),
    *((f"SeparableConv{n}D", {"filters": 5, "kernel_size": 3, "padding": "same", "strides": 2}) for n in (1, 2)),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 2, "activation": "relu", "use_bias": False}),
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
    check_config("SeparableConv1D", real_keras)
