"""Names of initializers, and arrays, tensors and functions in their place."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import initializers


@pytest.mark.parametrize(
    "name",
    [n for n in dir(initializers) if n.lower() not in ("get", "serialize", "deserialize", "initializer", "constant")],
)
def test_names_mean_the_same_as_in_keras(real_keras, name):
    mine, other = initializers.get(name), real_keras.initializers.get(name)
    assert type(mine).__name__ == type(other).__name__
    assert getattr(initializers, name) is type(mine)


@pytest.mark.parametrize("name", ["uniform", "normal", "one", "zero"])
def test_short_names_of_older_keras(name):
    # Keras 3 has dropped them; notes for Keras 2 use them.
    assert initializers.get(name)((2, 2)).shape == (2, 2)


def test_arrays_tensors_and_functions():
    array = np.arange(4.0, dtype="float32").reshape(2, 2)
    assert torch.equal(initializers.get(array)((2, 2)), torch.tensor(array))
    with pytest.raises(ValueError, match=r"Expected `shape` to be \(2, 2\) .* shape=\(3,\)"):
        initializers.get(torch.tensor(array))((3,))
    function = torch.ones
    assert initializers.get(function) is function
    assert initializers.get(None) is None


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrm")
