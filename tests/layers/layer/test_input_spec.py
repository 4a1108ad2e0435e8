"""`InputSpec` and what layers check of their inputs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer


class Checked(Layer):
    def __init__(self, spec, **kwargs) -> None:
        super().__init__(**kwargs)
        self.input_spec = spec

    def call(self, inputs):
        return inputs


@pytest.mark.parametrize(
    ("spec", "good", "bad", "message"),
    [
        ({"ndim": 2}, (2, 3), (2, 3, 4), r"expected ndim=2, found ndim=3. Full shape received: \(2, 3, 4\)"),
        ({"min_ndim": 2}, (2, 3, 4), (2,), r"expected min_ndim=2, found ndim=1"),
        ({"max_ndim": 2}, (2,), (1, 2, 3), r"expected max_ndim=2, found ndim=3"),
        ({"axes": {-1: 4}}, (1, 2, 4), (1, 4, 2), r"expected axis -1 of input shape to have value 4.*\(1, 4, 2\)"),
        ({"shape": (None, 4)}, (9, 4), (9, 5), r"expected shape=\(None, 4\), found shape=\(9, 5\)"),
        (
            {"shape": (None, 4, 1), "allow_last_axis_squeeze": True},
            (9, 4),
            (9, 5),
            r"expected shape=.*found shape=\(9, 5\)",
        ),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "",
)
def test_a_spec_lets_through_what_fits(spec, good, bad, message, real_keras):
    layer = Checked(InputSpec(**spec), name="checked")
    for _ in range(2):  # before and after the layer is settled
        assert layer(torch.zeros(good)).shape == good
        with pytest.raises(ValueError, match=f'Input 0 of layer "checked" is incompatible with the layer: {message}'):
            layer.built = False
            layer(torch.zeros(bad))
    theirs = real_keras.layers.Layer()
    theirs.input_spec = real_keras.InputSpec(**spec)
    theirs.call = lambda x: x
    theirs(np.zeros(good, "float32"))
    with pytest.raises(ValueError, match=message):
        theirs(np.zeros(bad, "float32"))


def test_the_dtype_is_checked():
    layer = Checked(InputSpec(dtype="int32"))
    layer(torch.zeros(1, dtype=torch.int32))
    with pytest.raises(ValueError, match="expected dtype=int32, found dtype=float32"):
        layer(torch.zeros(1))


def test_several_inputs_are_counted_and_checked():
    layer = Checked([InputSpec(ndim=1), InputSpec(ndim=2)], name="two")
    layer([torch.zeros(1), torch.zeros(1, 1)])
    with pytest.raises(ValueError, match=r'"two" expects 2 input\(s\), but it received 1'):
        layer([torch.zeros(1)])
    with pytest.raises(ValueError, match=r'Input 1 of layer "two".*ndim=2, found ndim=1'):
        layer([torch.zeros(1), torch.zeros(1)])


def test_named_inputs_are_looked_up():
    layer = Checked({"a": InputSpec(ndim=1)}, name="named")
    layer({"a": torch.zeros(1)})
    with pytest.raises(ValueError, match='Missing data for input "a" of layer'):
        layer({"b": torch.zeros(1)})


def test_what_is_not_a_tensor_is_refused():
    with pytest.raises(ValueError, match="expected a tensor, received <object"):
        Checked(InputSpec(ndim=1))(object())


def test_axes_beyond_the_rank_are_refused():
    with pytest.raises(ValueError, match="Axis 3 is greater than the maximum allowed value: 1"):
        InputSpec(ndim=2, axes={3: 4})


def test_config_goes_into_from_config():
    spec = InputSpec(shape=(None, 3), dtype="float32", optional=True)
    again = InputSpec.from_config(spec.get_config())
    assert again.get_config() == spec.get_config()
    assert repr(InputSpec(min_ndim=2, axes={-1: 4})) == "InputSpec(min_ndim=2, axes={-1: 4})"
