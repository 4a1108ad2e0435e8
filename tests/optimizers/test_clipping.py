"""Norms that gradients are clipped by."""

from __future__ import annotations

import numpy as np
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.layouts import Layout
from torchkeras_compat.variables import Variable


def test_a_norm_is_that_of_the_whole_weight(real_keras):
    """A weight made of two torch tensors is clipped by one norm."""

    class Halves(Layout):
        is_view = False

        def to_keras(self, *tensors):
            return torch.cat(tensors)

        def to_torch(self, value):
            return tuple(value.chunk(2))

    weight = Variable.__new__(Variable)
    weight._describe("w", True, "none", "auto")
    stores = [({key: torch.nn.Parameter(torch.ones(1))}, {}) for key in ("a", "b")]
    weight._bind(stores, ["a", "b"], Halves())
    other = real_keras.Variable(np.ones(2, dtype="float32"))
    for name, arguments in (("SGD", {"clipnorm": 1.0}), ("Lamb", {"learning_rate": 0.1})):
        mine, theirs = getattr(optimizers, name)(**arguments), getattr(real_keras.optimizers, name)(**arguments)
        mine.apply([torch.tensor([3.0, 4.0])], [weight])
        theirs.apply([torch.tensor([3.0, 4.0])], [other])
        np.testing.assert_allclose(weight.numpy(), other.value.detach().numpy(), rtol=1e-6)
