"""`Variable`: Keras's view of torch tensors, against Keras and torch."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import initializers
from torchkeras_compat.layers import Conv2D
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.naming import name_scope
from torchkeras_compat.variables import Variable


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.0, None),
        (1, None),
        ([1, 2], None),
        (np.ones(2), None),
        (np.ones(2, "int8"), None),
        (True, None),
        (1.5, "int32"),
    ],
    ids=str,
)
def test_value_shape_and_dtype_are_those_of_keras(value, dtype, real_keras):
    ours = Variable(value, dtype=dtype, trainable=False)
    theirs = real_keras.Variable(value, dtype=dtype, trainable=False)
    assert ours.shape == tuple(theirs.shape)
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_an_initializer_needs_a_shape():
    v = Variable(lambda shape, dtype: torch.full(shape, 3.0), shape=(2, 2))
    assert v.numpy().tolist() == [[3, 3], [3, 3]]
    with pytest.raises(ValueError, match="`shape` argument should be specified"):
        Variable(lambda shape, dtype: torch.ones(shape))


def test_names_and_paths():
    with name_scope("encoder"), name_scope("dense"):
        v = Variable(0.0, name="kernel")
    assert (v.name, v.path) == ("kernel", "encoder/dense/kernel")
    assert Variable(0.0).name == "variable"
    assert Variable(0.0).name == "variable_1"


def test_trainable_ones_are_parameters_and_others_buffers():
    assert isinstance(Variable(1.0).parameter, nn.Parameter)
    frozen = Variable(1.0, trainable=False)
    assert not isinstance(frozen.parameter, nn.Parameter)
    assert not isinstance(Variable(1, dtype="int32").parameter, nn.Parameter)
    frozen.trainable = True
    assert frozen.parameter.requires_grad


def test_assign_writes_into_the_torch_tensor():
    v = Variable([1.0, 2.0])
    tensor = v.parameter
    v.assign([3.0, 4.0])
    v.assign_add([1.0, 1.0])
    v.assign_sub(torch.tensor([0.5, 0.5]))
    assert tensor.tolist() == [3.5, 4.5]
    assert v.parameter is tensor
    assert v.numpy().tolist() == [3.5, 4.5]


def test_assign_checks_the_shape():
    with pytest.raises(ValueError, match=r"variable.shape=\(2,\), Received: value.shape=\(3,\).*variable"):
        Variable([1.0, 2.0]).assign([1.0, 2.0, 3.0])


def test_it_does_not_share_memory_with_what_it_was_made_from():
    array, tensor = np.ones(2, "float32"), torch.ones(2)
    for source in (array, tensor):
        v = Variable(source)
        v.assign([5.0, 5.0])
        assert source[0] == 1.0
        v.numpy()[0] = 7.0
        assert v.numpy()[0] == 5.0


def test_layout_is_keras_and_storage_is_torch():
    dense, conv = Dense(3), Conv2D(5, 2)
    dense(torch.zeros(1, 4)), conv(torch.zeros(1, 8, 8, 3))
    assert (dense.kernel.shape, tuple(dense.linear.weight.shape)) == ((4, 3), (3, 4))
    assert conv.kernel.shape == (2, 2, 3, 5)
    kernel = np.arange(12.0).reshape(4, 3)
    dense.kernel.assign(kernel)
    np.testing.assert_array_equal(dense.linear.weight.detach().numpy(), kernel.T)
    with torch.no_grad():
        dense.linear.weight.zero_()
    assert not dense.kernel.numpy().any()


def test_gradients_flow_through_value():
    dense = Dense(3)
    dense(torch.zeros(1, 4))
    (dense.kernel.value[0] * 2).sum().backward()
    assert dense.linear.weight.grad[:, 0].tolist() == [2.0, 2.0, 2.0]
    torch.testing.assert_close(dense.kernel.value.grad, dense.linear.weight.grad.T)


def test_operators_and_torch_functions_take_it(real_keras):
    ours, theirs = Variable([[1.0, 2.0], [3.0, 4.0]]), real_keras.Variable([[1.0, 2.0], [3.0, 4.0]])
    for formula in (
        lambda v: v + 1,
        lambda v: 1 - v,
        lambda v: v * v,
        lambda v: 2 / v,
        lambda v: v**2,
        lambda v: -v,
        lambda v: abs(v),
        lambda v: v @ v,
        lambda v: v > 2,
        lambda v: v[0],
        lambda v: v // 2,
        lambda v: v % 2,
        lambda v: v == v,
    ):
        np.testing.assert_array_equal(formula(ours).detach().numpy(), formula(theirs).detach().numpy())
    torch.testing.assert_close(torch.sum(ours), torch.tensor(10.0))
    torch.testing.assert_close(torch.stack([ours, ours]).shape, torch.Size([2, 2, 2]))
    torch.testing.assert_close(nn.functional.linear(torch.ones(1, 2), ours), torch.tensor([[3.0, 7.0]]))
    np.testing.assert_array_equal(np.asarray(ours), [[1, 2], [3, 4]])


def test_numbers_out_of_it():
    v = Variable(3.0)
    assert (float(v), int(v), list(range(Variable(2, dtype="int32", trainable=False)))) == (3.0, 3, [0, 1])
    assert len(Variable([1.0, 2.0])) == 2
    with pytest.raises(TypeError, match="cannot be used as a bool"):
        bool(v)
    assert "path=" in repr(v) and "3." in repr(v)


def test_regularizer_and_constraint_are_callables():
    v = Variable(1.0)
    v.regularizer = v.constraint = abs
    with pytest.raises(ValueError, match="Invalid value for attribute `constraint`.*'no'"):
        v.constraint = "no"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "a/b"}, "cannot contain character `/`"),
        ({"aggregation": "product"}, "Invalid `aggregation`: 'product'"),
        ({"synchronization": "never"}, "Invalid `synchronization`: 'never'"),
        ({"dtype": "flaot32"}, "flaot32"),
        ({"colour": 1}, "colour"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "",
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Variable(1.0, **arguments)


def test_it_follows_the_tensors_of_its_module():
    layer = Layer()
    layer.w = layer.add_weight(shape=(2,), name="w")
    layer.to(torch.float64)
    assert layer.w.dtype == "float64"
    layer.to("meta")
    assert layer.w.device.type == "meta"
    assert "value" not in repr(layer.w)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))], ids=["deepcopy", "pickle"]
)
def test_copies_are_their_own(duplicate):
    v = Variable([1.0, 2.0], name="v")
    twin = duplicate(v)
    twin.assign([0.0, 0.0])
    assert v.numpy().tolist() == [1.0, 2.0]
    assert twin.path == "v"


def test_a_variable_in_an_attribute_is_a_weight():
    class Holder(Layer):
        def __init__(self):
            super().__init__()
            self.scale = Variable([1.0, 2.0], name="scale")
            self.many = [Variable(0.0, name="first"), Variable(1, dtype="int32", trainable=False, name="second")]

        def call(self, inputs):
            return inputs * self.scale

    layer = Holder()
    assert [v.name for v in layer.weights] == ["scale", "first", "second"]
    assert list(layer.state_dict()) == ["scale", "many_0", "many_1"]
    layer.many.pop()
    assert [v.name for v in layer.weights] == ["scale", "first"]
    layer.scale = Variable([3.0], name="other")
    assert [v.name for v in layer.weights] == ["first", "other"]
    del layer.scale
    assert list(layer.state_dict()) == ["many_0"]


@pytest.mark.parametrize("name", ["uniform", "normal", "glorot_uniform", "zeros", "ones", "he_normal"])
def test_an_initializer_has_a_name_a_class_or_a_config(name, real_keras):
    v = Variable(name, shape=(200, 3), dtype="float32")
    theirs = real_keras.Variable(name, shape=(200, 3), dtype="float32")
    assert (v.shape, v.dtype) == (theirs.shape, theirs.dtype)
    assert v.numpy().std() == pytest.approx(np.asarray(theirs.value.detach()).std(), rel=0.2, abs=1e-6)
    made = initializers.get(name)
    assert Variable(type(made), shape=(2,)).shape == (2,)
    assert Variable(initializers.serialize(made), shape=[np.int64(2)], dtype="float64").dtype == "float64"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"initializer": "unifrom", "shape": (2,)}, "Unknown name 'unifrom' in initializers.*'uniform'"),
        ({"initializer": "ones"}, "`shape` argument should be specified"),
        ({"initializer": "ones", "shape": 3}, "tuple of ints.*shape=3"),
        ({"initializer": "ones", "shape": (None, 2)}, r"tuple of ints.*shape=\(None, 2\)"),
        ({"initializer": np.ones((2, 2)), "shape": (3,)}, r"shape \(2, 2\) do not fill a variable of shape=\(3,\)"),
    ],
    ids=str,
)
def test_initializers_and_shapes_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Variable(**arguments)
