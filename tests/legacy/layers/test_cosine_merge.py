"""`CosineMerge`: numbers of Keras 1.2.2."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.layers.cosine_merge import CosineMerge

# With an ``axis`` of 2 of ``(2, 4, 3)``.
_STEPS = [[0.84866625, -1.1076224, 1.4618938, -2.40108], [-0.6281743, 0.886983, -1.1103323, 1.4063523]]


def _inputs(*shape: int) -> list[torch.Tensor]:
    return [torch.cos(0.9 * torch.arange(float(np.prod(shape))) + 0.5 * i).reshape(shape) for i in range(2)]


def test_vectors_have_their_cosine_with_two_axes() -> None:
    found = CosineMerge(axes=(1, 1))(_inputs(2, 6))
    assert found.shape == (2, 1, 1)
    np.testing.assert_allclose(found.flatten(), [0.869109, 0.910505], rtol=1e-5)


def test_steps_are_divided_position_by_position() -> None:
    found = CosineMerge(axes=2)(_inputs(2, 4, 3))
    assert found.shape == (2, 1, 4, 4)
    np.testing.assert_allclose(found[0, 0, :2], _STEPS, rtol=1e-5)


def test_shapes_are_known_and_configs_round_trip() -> None:
    layer = CosineMerge(axes=2)
    assert layer.compute_output_shape([(None, 4, 3), (None, 4, 3)]) == (None, 1, 4, 4)
    assert CosineMerge.from_config(layer.get_config()).axes == 2


def test_nothing_is_divided_by_nothing() -> None:
    assert CosineMerge(axes=1)([torch.zeros(1, 3), torch.ones(1, 3)]).tolist() == [[[0.0]]]


def test_inputs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="axis values 3"):
        CosineMerge(axes=1)([torch.zeros(1, 3), torch.zeros(1, 4)])
