"""Recorded functions in configs: real Keras makes the same model of them, and so does this package.

Oracle: real Keras.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import ops
from torchkeras_compat.models.model import model_from_json

CALLS = {
    "mean": lambda t: ops.mean(t, axis=1, keepdims=True),
    "sum": lambda t: ops.sum(t, 1),
    "concatenate": lambda t: ops.concatenate([t, t], axis=-1),
    "stack": lambda t: ops.stack([t, t], axis=1),
    "split": lambda t: ops.split(t, 3, axis=2)[1],
    "reshape": lambda t: ops.reshape(t, (-1, 12)),
    "transpose": lambda t: ops.transpose(t, axes=(0, 2, 1)),
    "slices": lambda t: t[:, 1:3, None, ..., -1],
    "operators": lambda t: 1 / (2 - t**2) + abs(t) * (t > 0.5),
    "where": lambda t: ops.where(t > 0.5, t, 0.0),
    "cast": lambda t: ops.cast(t * 10, "int32"),
    "clip": lambda t: ops.clip(t, 0.2, x_max=0.5),
    "gelu": lambda t: ops.gelu(t, approximate=False),
    "one_hot": lambda t: ops.one_hot(ops.argmax(t, -1), 3),
    "take": lambda t: ops.take(t, np.array([0, 2]), axis=1),
    "norm": lambda t: ops.norm(t, axis=-1),
    "logsumexp": lambda t: ops.logsumexp(t, axis=-1),
    "isclose": lambda t: ops.isclose(t, t + 1e-3, atol=1e-2),
    "top_k": lambda t: ops.top_k(t, 2)[0],
    "normalize": lambda t: ops.rms_normalization(t, axis=-1),
    "pooled": lambda t: ops.average_pool(t, 2, strides=1, padding="same"),
    "squareplus": lambda t: ops.squareplus(t, b=3),
}


@pytest.mark.parametrize("name", CALLS)
def test_keras_makes_the_same_model(name, real_keras):
    inputs = ours.Input((4, 3))
    model = ours.Model(inputs, CALLS[name](inputs))
    x = np.random.RandomState(0).uniform(size=(2, 4, 3)).astype("float32")
    expected = model.predict(x, verbose=0)
    theirs = real_keras.models.model_from_json(model.to_json())
    again = model_from_json(theirs.to_json())
    for other in (theirs, again, model_from_json(model.to_json())):
        np.testing.assert_allclose(other.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)


def test_functions_without_a_name_in_files_are_refused():
    inputs = ours.Input((4,))
    model = ours.Model(inputs, torch.cumsum(inputs, 1))
    with pytest.raises(ValueError, match="The model calls .*cumsum on symbolic tensors"):
        model.to_json()


def test_an_unknown_operation_is_refused():
    inputs = ours.Input((4,))
    config = ours.Model(inputs, ops.relu(inputs)).to_json().replace('"Relu"', '"Rleu"')
    with pytest.raises(ValueError, match="'Rleu', which torchkeras_compat.ops does not have.*Did you mean 'relu"):
        model_from_json(config)
