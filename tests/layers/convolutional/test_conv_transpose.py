"""`Conv1DTranspose`, `Conv2DTranspose`, `Conv3DTranspose`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from torch import nn

from tests.layers.convolutional.checks import (
    check_against_keras,
    check_channels_first,
    check_config,
    check_copies,
    check_torch_module,
    ident,
)
from torchkeras_compat import layers

CASES: list[tuple[str, dict[str, Any]]] = [
    *((f"Conv{n}DTranspose", {"filters": 5, "kernel_size": 3}) for n in (1, 2, 3)),
    *((f"Conv{n}DTranspose", {"filters": 5, "kernel_size": 3, "padding": "same", "strides": 2}) for n in (1, 2, 3)),
    *((f"Conv{n}DTranspose", {"filters": 5, "kernel_size": 2, "strides": 3}) for n in (1, 2, 3)),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "relu"}),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 3, "strides": 2, "output_padding": 1}),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0}),
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
    check_config("Conv2DTranspose", real_keras)


@pytest.mark.parametrize(
    ("name", "module"), [(f"Conv{n}DTranspose", getattr(nn, f"ConvTranspose{n}d")) for n in (1, 2, 3)]
)
def test_it_computes_through_the_torch_module(name: str, module: type[nn.Module]) -> None:
    check_torch_module(name, module)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="output_padding"):
        layers.Conv2DTranspose(filters=3, kernel_size=3, strides=2, output_padding=2)
