"""Names of activations, and torch's function behind each."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import activations, ops
from torchkeras_compat.activations.identifiers import torch_equivalent

PLAIN = [
    name
    for name in dir(activations)
    if name not in ("get", "serialize", "deserialize", "glu", "threshold") and not name.startswith("_")
]
# No point is where two pieces of an activation meet: there the gradient is a matter of taste.
GRID = np.array([-9.3, -4.1, -2.7, -1.1, -0.6, -0.2, -1e-3, 1e-3, 0.3, 0.7, 1.2, 2.6, 4.4, 8.9], dtype="float32")
GRID = GRID.reshape(2, 7).T.copy()


@pytest.mark.parametrize("name", PLAIN)
def test_torchs_function_computes_the_same(name):
    x = torch.tensor(GRID)
    short = torch_equivalent(activations.get(name))
    torch.testing.assert_close(x if short is None else short(x), getattr(activations, name)(x))


@pytest.mark.parametrize("name", [*PLAIN, "glu", "threshold"])
def test_names_go_there_and_back(real_keras, name):
    found = activations.get(name)
    assert found is getattr(activations, name)
    config = activations.serialize(found)
    assert config == real_keras.activations.serialize(getattr(real_keras.activations, name))
    assert activations.deserialize(config) is found


def test_old_names_are_the_same_functions():
    assert activations.swish is activations.silu
    assert activations.hard_swish is activations.hard_silu
    assert activations.get(None) is activations.linear


def test_gelu_is_exact_as_an_activation_and_approximate_in_ops(real_keras):
    x = torch.tensor(GRID)
    torch.testing.assert_close(activations.get("gelu")(x), torch.nn.functional.gelu(x))
    torch.testing.assert_close(ops.gelu(x), torch.nn.functional.gelu(x, approximate="tanh"))


def test_callables_modules_and_custom_names(real_keras):
    import torchkeras_compat as keras

    module = torch.nn.Hardtanh()
    assert activations.get(module) is module

    def double(x):
        return 2 * x

    assert activations.get(double) is double
    with keras.saving.custom_object_scope({"double": double}):
        assert activations.get("double") is double
    assert activations.deserialize("double", custom_objects={"double": double}) is double


@pytest.mark.parametrize(("name", "message"), [("rleu", "Did you mean 'relu'"), (3, "identifier of activations: 3")])
def test_unknown_names_are_refused(name, message):
    with pytest.raises(ValueError, match=message):
        activations.get(name)
