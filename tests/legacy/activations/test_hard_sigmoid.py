from __future__ import annotations

import torch

from torchkeras_compat import Input, Model, layers
from torchkeras_compat.legacy.activations.hard_sigmoid import hard_sigmoid


def test_it_is_that_of_keras_2() -> None:
    """Values of Keras 2.3's documentation: 0 below -2.5, 1 above 2.5, 0.2 x + 0.5 between."""
    x = torch.tensor([-3.0, -2.5, 0.0, 1.0, 2.5, 3.0])
    assert torch.equal(hard_sigmoid(x), torch.tensor([0.0, 0.0, 0.5, 0.7, 1.0, 1.0]))


def test_layers_and_graphs_take_it() -> None:
    x = Input((3,))
    assert Model(x, hard_sigmoid(layers.Dense(2, activation=hard_sigmoid)(x))).output_shape == (None, 2)
