"""Which layers are calibrated: what the config or the model says."""

from __future__ import annotations

from typing import Any

import pytest

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.models.calibration.layer_structure import layer_structure
from torchkeras_compat.quantizers import AWQConfig


def model_and_config(structure: Any, said: Any = None) -> tuple[Any, AWQConfig]:
    class Model(keras.Sequential):
        def get_quantization_layer_structure(self, mode: str | None = None) -> Any:
            return said

    model = Model([layers.Input((4,)), layers.Dense(4, name="first"), layers.Dense(4, name="second")])

    def named(value: Any) -> Any:
        return [model.get_layer(name) if isinstance(name, str) else name for name in value]

    if isinstance(structure, dict):
        structure = {key: named(value) for key, value in structure.items()}
    return model, AWQConfig(None, None, quantization_layer_structure=structure)


def test_the_config_goes_before_the_model() -> None:
    model, config = model_and_config({"pre_block_layers": ["first"], "sequential_blocks": ["second"]}, said=3)
    assert layer_structure(model, config) == ([model.layers[0]], [model.layers[1]])


@pytest.mark.parametrize(
    ("structure", "said", "error", "message"),
    [
        (None, None, ValueError, "For mode='awq', a valid quantization structure must be provided"),
        (None, [1], TypeError, "`Model.get_quantization_layer_structure` must be a dictionary.*list"),
        ({"sequential_blocks": []}, None, ValueError, r"must have the keys .* Received: \('sequential_blocks',\)"),
        ({"pre_block_layers": [3], "sequential_blocks": []}, None, TypeError, r"\['pre_block_layers'\] must be a list"),
        ({"pre_block_layers": [], "sequential_blocks": []}, None, ValueError, "must list at least one block"),
        (
            {"pre_block_layers": [], "sequential_blocks": [layers.Dense(2, name="stranger")]},
            None,
            ValueError,
            "The block 'stranger' of `config.quantization_layer_structure` is not a layer of the model",
        ),
    ],
)
def test_other_structures_are_refused(structure: Any, said: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        layer_structure(*model_and_config(structure, said))
