"""Checks of recurrent layers beside real Keras, and layers and cells with the same weights."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch

from torchkeras_compat import layers

UNITS, FEATURES, STEPS, BATCH = 4, 5, 6, 3
SHAPE = (BATCH, STEPS, FEATURES)
MASKS = {
    "none": None,
    "right_padded": [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0]],
    "left_padded": [[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]],
    "holes": [[1, 0, 1, 0, 0, 1], [0, 1, 1, 0, 1, 0], [0, 0, 0, 0, 0, 0]],
}
OUTPUTS: dict[str, dict[str, Any]] = {
    "last": {},
    "sequences": {"return_sequences": True},
    "backwards": {"return_sequences": True, "return_state": True, "go_backwards": True},
    "zeros": {"return_sequences": True, "zero_output_for_mask": True},
    "zero_last": {"zero_output_for_mask": True, "return_state": True, "unroll": True},
}


def random(*shape: int) -> np.ndarray:
    return np.random.standard_normal(shape).astype("float32")


def with_same_weights(real: Any, ours: Any, shape: tuple[int, ...] = SHAPE) -> None:
    real.build(shape)
    ours.build(shape)
    values = [0.4 * random(*v.shape) for v in real.weights]
    real.set_weights(values)
    ours.set_weights(values)


def pair(keras: Any, kind: str, **arguments: Any) -> tuple[Any, Any]:
    """A real layer and ours with the same weights."""
    real, ours = getattr(keras.layers, kind)(UNITS, **arguments), getattr(layers, kind)(UNITS, **arguments)
    with_same_weights(real, ours)
    return real, ours


def leaves(structure: Any) -> list[torch.Tensor]:
    return [x for s in structure for x in leaves(s)] if isinstance(structure, (list, tuple)) else [structure]


def check_against_keras(name: str, arguments: dict[str, Any], masks: str, keras: Any) -> None:
    """Outputs, states and gradients are those of Keras, over a grid of arguments."""
    mask = None if MASKS[masks] is None else np.array(MASKS[masks], bool)
    for outputs, has_start in itertools.product(OUTPUTS, (False, True)):
        if masks == "none" and outputs.startswith("zero"):
            continue
        real, ours = pair(keras, name, **arguments, **OUTPUTS[outputs])
        start = [random(BATCH, UNITS) for _ in range(2 if name == "LSTM" else 1)] if has_start else None
        x = torch.tensor(random(BATCH, STEPS, FEATURES))
        inputs = [x.clone().requires_grad_() for _ in range(2)]
        expected = leaves(real(inputs[0], mask=mask, initial_state=start))
        found = leaves(ours(inputs[1], mask=mask, initial_state=start))
        for e, f in zip(expected, found, strict=True):
            torch.testing.assert_close(f, e, atol=2e-6, rtol=1e-5)
        sum((e**2).sum() for e in expected).backward()
        sum((f**2).sum() for f in found).backward()
        torch.testing.assert_close(inputs[1].grad, inputs[0].grad, atol=1e-5, rtol=1e-4)
        for e, f in zip(real.weights, ours.weights, strict=True):
            torch.testing.assert_close(f.value.grad, e.value.grad, atol=5e-5, rtol=1e-4)
