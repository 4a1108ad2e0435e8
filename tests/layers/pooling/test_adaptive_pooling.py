"""Pooling to a given size: `AdaptiveMaxPooling1D` to `3D`, `AdaptiveAveragePooling1D` to `3D`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.layers.pooling.checks import check_against_keras, check_channels_first_and_config, ident
from torchkeras_compat import layers

CASES: list[tuple[str, dict[str, Any]]] = [
    *((f"Adaptive{kind}Pooling{n}D", {"output_size": 3}) for kind in ("Max", "Average") for n in (1, 2, 3)),
]


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_outputs_gradients_and_shapes_are_those_of_keras(case: Any, real_keras: ModuleType) -> None:
    check_against_keras(case, real_keras)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_channels_first_and_the_config(case: Any) -> None:
    check_channels_first_and_config(case)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="output_size"):
        layers.AdaptiveMaxPooling2D(output_size=0)
