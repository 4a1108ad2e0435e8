"""`tf.function`: runs as it is written."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.boundary import adopt_class
from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.function import Function, function
from torchkeras_compat.dialects.tensorflow.shapes import TensorSpec
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor
from torchkeras_compat.dialects.tensorflow.variable import Variable
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_arrays_go_in_and_tensors_come_out() -> None:
    @function
    def f(x: Any, n: Any = 2) -> Any:
        """Documented."""
        assert type(x) is Tensor
        return {"a": x * n, "b": [1, None]}

    out = f(np.ones(2, "float32"), n=3)
    assert out["a"].numpy().tolist() == [3.0, 3.0]
    assert (type(out["b"][0]), out["b"][1]) == (Tensor, None)
    assert (f.__name__, f.__doc__) == ("f", "Documented.")
    assert f.experimental_get_tracing_count() == 1
    assert f.python_function(constant(1.0))["a"].numpy() == 2.0
    assert copy.deepcopy(f) is f
    assert list(f.function_spec.parameters) == ["x", "n"]


def test_python_conditions_and_loops_run() -> None:
    @function(jit_compile=None)
    def f(x: Any) -> Any:
        total = constant(0)
        for i in x:
            if i > 1:
                total += i
        return total

    assert int(f(constant([1, 2, 3]))) == 5


def test_methods() -> None:
    class Counter:
        def __init__(self) -> None:
            self.v = Variable(1.0)

        @function
        def add(self, x: Any) -> Any:
            self.v.assign_add(x)
            return self.v + 1

    counter = Counter()
    assert float(counter.add(2.0)) == 4.0
    assert float(counter.add.get_concrete_function(TensorSpec([])).__call__(1.0)) == 5.0
    assert float(counter.add.python_function(1.0)) == 6.0
    assert type(Counter.add) is Function


def test_signatures_are_checked() -> None:
    @function(input_signature=[TensorSpec([None], "float32")])
    def f(x: Any) -> Any:
        return x + 1

    assert f([1, 2]).numpy().tolist() == [2.0, 3.0]
    concrete = f.get_concrete_function()
    assert concrete.inputs == [TensorSpec([None], "float32")]
    assert concrete([1.0]).numpy().tolist() == [2.0]
    with pytest.raises(TypeError, match="input_signature"):
        f(constant([[1.0]]))
    with pytest.raises(TypeError, match="1 arguments"):
        f([1.0], [1.0])
    with pytest.raises(TypeError, match="takes a function"):
        function(3)
    assert function(f) is f


def test_gradients_go_through() -> None:
    x = Variable(3.0)
    f = function(lambda a: a * a)
    with GradientTape() as tape:
        y = f(x)
    assert float(tape.gradient(y, x)) == 6.0


def test_symbolic_arguments() -> None:
    assert function(lambda x: x * 2)(KerasTensor((None, 2))).shape == (None, 2)


def test_call_of_a_layer_may_be_one() -> None:
    class Doubled(keras.layers.Layer):
        @function
        def call(self, x: Any) -> Any:
            assert type(x) is Tensor
            return x * 2

    adopt_class(Doubled)
    assert Doubled()(torch.ones(1, 2)).tolist() == [[2.0, 2.0]]
    assert Doubled()(keras.Input((2,))).shape == (None, 2)


def test_compiling_that_fails_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._dynamo.exc import TorchDynamoException

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise TorchDynamoException("no compiler")

    monkeypatch.setattr(torch, "compile", lambda f: fail)
    f = function(lambda x: x + 1, jit_compile=True)
    with pytest.warns(UserWarning, match="no compiler"):
        assert f(constant(1)).numpy() == 2
    assert f(constant(2)).numpy() == 3


def test_compiled_functions_compute_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda f: f)
    f = function(lambda x, y: [x + y], experimental_compile=True)
    assert f(constant(1), 2)[0].numpy() == 3
