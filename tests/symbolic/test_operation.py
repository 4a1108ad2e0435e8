"""Operations and functions: run on tensors, recorded on a `KerasTensor`."""

from __future__ import annotations

import pickle

import pytest
import torch

import torchkeras_compat
from torchkeras_compat import ops
from torchkeras_compat.errors import ConfigValueError
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import FunctionCall, Operation, operation, record_function


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


def test_a_function_without_symbolic_result_is_not_recorded():
    assert record_function(lambda x: x.dim(), (KerasTensor((2, 2)),), {}) == 2


def test_a_value_that_a_class_refuses_is_a_type_error_of_its_config_too(real_keras):
    for keras in (real_keras, torchkeras_compat):
        with pytest.raises(TypeError, match="`input_dim` must be a positive integer. Received: input_dim=3.7"):
            keras.layers.Embedding.from_config({"input_dim": 3.7, "output_dim": 8})
    with pytest.raises(ConfigValueError, match="Dense could not be made from its config: .*units=a") as caught:
        torchkeras_compat.layers.deserialize({"class_name": "Dense", "config": {"units": "a"}})
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("dtype", "given"),
    [("mixed_bfloat16", "str"), ("int8_from_bfloat16", "QuantizedDTypePolicy")],
    ids=["plain", "low-bit"],
)
def test_a_constructor_gets_the_name_of_a_plain_policy_from_a_config(dtype, given, real_keras):
    for keras in (real_keras, torchkeras_compat):
        received = []

        class Watching(keras.layers.Dense):
            def __init__(self, *args, **kwargs):
                received.append(kwargs["dtype"])  # noqa: B023
                super().__init__(*args, **kwargs)

        layer = Watching.from_config(keras.layers.Dense(2, dtype=dtype).get_config())
        assert type(received[0]).__name__ == given and layer.dtype_policy.name == dtype
