"""`KerasTensor` and operations: what is recorded, and the shapes that are inferred."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic, is_keras_tensor, standardize_shape
from torchkeras_compat.symbolic.node import get_source_inputs, symbolic_leaves
from torchkeras_compat.symbolic.operation import FunctionCall, Operation, operation, record_function
from torchkeras_compat.symbolic.shapes import infer_outputs


def test_attributes():
    x = KerasTensor((None, 3), "int32", name="x")
    assert (x.shape, x.dtype, x.ndim, x.name) == ((None, 3), "int32", 2, "x")
    assert repr(x) == "<KerasTensor shape=(None, 3), dtype=int32, sparse=False, ragged=False, name=x>"
    assert x.T.shape == (3, None)
    assert x.dim() == 2
    assert is_keras_tensor(x) and not is_keras_tensor(torch.zeros(1))
    assert any_symbolic([{"a": (x,)}]) and not any_symbolic([1, {"a": torch.zeros(1)}])


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (3, r"Use \(3,\)"),
        (None, "tuple of ints and None"),
        ((-1,), "negative sizes"),
        (("a",), "neither an int nor None"),
    ],
    ids=str,
)
def test_bad_shapes_are_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        standardize_shape(shape)


def test_sparse_is_refused():
    with pytest.raises(ValueError, match="not supported"):
        KerasTensor((2,), sparse=True)


def test_equality_is_identity_and_comparison_is_recorded():
    x = KerasTensor((2,))
    assert x == x and x in [KerasTensor((2,)), x]
    assert (x != x).dtype == "bool"
    assert (x < 1).dtype == "bool"


def test_methods_of_tensors_are_recorded():
    x = KerasTensor((None, 6))
    assert x.view(-1, 2, 3).shape == (None, 2, 3)
    assert x.sum(dim=-1).shape == (None,)
    assert x.astype("int32").dtype == "int32"
    assert x.relu().node.operation.name == "relu"
    with pytest.raises(AttributeError, match="no attribute 'no_such_method'"):
        x.no_such_method()


def test_torch_functions_are_recorded():
    x = KerasTensor((None, 4))
    assert torch.softmax(x, -1).shape == (None, 4)
    assert nn.functional.linear(x, torch.zeros(3, 4)).shape == (None, 3)
    assert [t.shape for t in torch.split(x, 2, dim=1)] == [(None, 2), (None, 2)]


def test_an_operation_runs_or_records(real_keras):
    class Affine(Operation):
        def __init__(self, alpha, *, beta=1.0, name=None):
            super().__init__(name=name)
            self.alpha, self.beta = alpha, beta

        def call(self, x):
            return self.alpha * x + self.beta

    op = Affine(2.0, name="affine")
    assert op(3.0) == 7.0
    x = KerasTensor((None, 2))
    y = op(x)
    assert (y.shape, op.input, op.output) == ((None, 2), x, y)
    assert y._keras_history == (op, 0, 0)
    op(y)
    assert len(op._inbound_nodes) == 2
    assert op.get_config() == {"name": "affine", "alpha": 2.0, "beta": 1.0}
    assert Affine.from_config(op.get_config())(3.0) == 7.0
    assert Affine(1.0).name == "affine"


def test_an_operation_never_called_has_no_output():
    with pytest.raises(AttributeError, match="never been called"):
        _ = Operation(name="idle").output


def test_a_config_that_does_not_fit_names_the_class():
    class Two(Operation):
        def __init__(self, two):
            super().__init__()

    with pytest.raises(TypeError, match="Two could not be made from its config {'tow': 1}"):
        Two.from_config({"tow": 1})


def test_variadic_constructors_ask_for_get_config():
    class Many(Operation):
        def __init__(self, *parts):
            super().__init__()

    with pytest.raises(NotImplementedError, match="Define `get_config"):
        Many(1, 2).get_config()


def test_the_decorator_keeps_name_and_documentation():
    @operation
    def double(x):
        """Twice ``x``."""
        return x + x

    assert (double.__name__, double.__doc__) == ("double", "Twice ``x``.")
    assert double(2) == 4
    y = double(KerasTensor((None, 2)))
    assert isinstance(y.node.operation, FunctionCall)
    assert double([KerasTensor((2,))][0]).shape == (2,)


def test_recorded_functions_are_pickled_by_name():
    y = ops.add(KerasTensor((2,)), 1)
    call = pickle.loads(pickle.dumps(y.node.operation))
    torch.testing.assert_close(call.call(torch.ones(2), 1), torch.full((2,), 2.0))


def test_unknown_axes_are_found_by_two_runs():
    x = KerasTensor((None, None, 6))
    assert infer_outputs(lambda t: t.flatten(1), (x,), {}).shape == (None, None)
    assert infer_outputs(lambda t: t.mean(1), (x,), {}).shape == (None, 6)
    out = infer_outputs(lambda t, n: {"a": t[:, :n], "b": 3}, (x, 2), {})
    assert (out["a"].shape, out["b"]) == ((None, 2, 6), 3)


def test_shape_errors_come_through():
    with pytest.raises(ValueError, match="Inner dimensions"):
        KerasTensor((2, 3)) @ KerasTensor((4, 5))


def test_source_inputs():
    a, b = KerasTensor((2,), name="a"), KerasTensor((2,), name="b")
    assert get_source_inputs(ops.square(a + b) + a) == [a, b]
    assert get_source_inputs(a) == [a]


def test_leaves_of_dicts_come_by_sorted_keys():
    a, b = KerasTensor((1,)), KerasTensor((2,))
    assert symbolic_leaves({"z": a, "c": [b, None, 3]}) == [b, a]


def test_a_function_without_symbolic_result_is_not_recorded():
    assert record_function(lambda x: x.dim(), (KerasTensor((2, 2)),), {}) == 2


def test_no_values():
    x = KerasTensor((2,))
    with pytest.raises(ValueError, match="cannot become a NumPy array"):
        np.array(x)
    assert len(x) == 2
    with pytest.raises(TypeError, match="no known length"):
        len(KerasTensor((None,)))
