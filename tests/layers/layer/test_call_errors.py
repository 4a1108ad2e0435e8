"""Errors inside a call say which layer raised them, and what it received; none of it costs a call that works."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, Sequential, layers, ops
from torchkeras_compat.layers import Layer

X = np.ones((2, 3), "float32")


class Product(Layer):
    """Fails for rows that are not of size 7."""

    def call(self, inputs: Any, scale: float = 2.0) -> Any:
        return scale * ops.reshape(inputs, (-1, 7)) @ torch.ones(7, 2)


class Refusing(Layer):
    def __init__(self, error: Exception, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error = error

    def call(self, inputs: Any) -> Any:
        raise self.error


class Outer(Model):
    def __init__(self, inner: Layer) -> None:
        super().__init__(name="outer")
        self.inner = inner

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)


RECEIVED = r"Raised in the call of Product 'bad', which received:\n  inputs: "


@pytest.mark.parametrize("times", [1, 2])
def test_a_call_names_layer_shapes_and_dtypes(times: int) -> None:
    layer = Product(name="bad")
    for _ in range(times):  # the second comes when the layer is built
        with pytest.raises(RuntimeError, match=rf"size 6\n\n{RECEIVED}Tensor\(shape=\(2, 3\), dtype=float32\)$"):
            layer(X)


def test_symbolic_calls_show_open_sizes_and_no_stand_in() -> None:
    for make in (
        lambda: Product(name="bad")(Input((3,))),
        lambda: Sequential([Input((3,)), layers.Dense(3), Product(name="bad")]),
        lambda: Sequential([Input((3,)), Sequential([Product(name="bad")])]),
    ):
        with pytest.raises(RuntimeError, match=rf"None\*3\n\n{RECEIVED}KerasTensor\(shape=\(None, 3\)") as raised:
            make()
        assert "240" not in str(raised.value)
        assert str(raised.value).count("Raised in") == 1


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: Sequential([x]), Outer, lambda x: Outer(Sequential([x]))])
def test_of_layers_in_layers_the_innermost_is_named(wrap: Any) -> None:
    model = wrap(Product(name="bad"))
    model(np.ones((2, 7), "float32"))
    for run in (model, getattr(model, "predict", None)):
        if run is not None:
            with pytest.raises(RuntimeError, match=rf"{RECEIVED}Tensor\(shape=\(2, 3\)"):
                run(X)


def test_keyword_arguments_lists_and_dicts_are_shown() -> None:
    class Several(Layer):
        def call(self, a: Any, b: Any = None, names: Any = (), training: Any = None) -> Any:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no") as raised:
        Several(name="s")([torch.ones(1), torch.ones(2)], b={"k": np.ones(2)}, names=["x"] * 20)
    text = str(raised.value)
    for line in (
        "a: [Tensor(shape=(1,), dtype=float32), Tensor(shape=(2,), dtype=float32)]",
        "b: {'k': Tensor(shape=(2,), dtype=float32)}",
        "names: ['x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', ...]",
    ):
        assert f"\n  {line}" in text


class OwnError(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)


@pytest.mark.parametrize("error", [KeyError("k"), OwnError(3, "own"), ValueError(), OSError(2, "gone")], ids=repr)
def test_errors_of_other_forms_stay_and_get_a_note(error: Exception) -> None:
    text, arguments = str(error), error.args
    with pytest.raises(type(error)) as raised:
        Refusing(error, name="bad")(X)
    assert raised.value is error
    assert (str(error), error.args) == (text, arguments)
    assert error.__notes__ == ["Raised in the call of Refusing 'bad', which received:\n  inputs: " + _SHOWN]


_SHOWN = "Tensor(shape=(2, 3), dtype=float32)"


def test_signals_and_memory_errors_are_left_alone() -> None:
    for error in (StopIteration("s"), torch.OutOfMemoryError("CUDA out of memory")):
        with pytest.raises(type(error)):
            Refusing(error)(X)
        assert not hasattr(error, "__notes__")
        assert len(str(error)) < 20


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sequential([Input((5, 3)), layers.LSTM(4), layers.LSTM(4, name="second")]),
        lambda: layers.LSTM(4, name="second")(layers.LSTM(4)(Input((5, 3)))),
        lambda: Sequential([layers.LSTM(4), layers.LSTM(4, name="second")])(np.ones((2, 5, 3), "float32")),
        lambda: Sequential([Input((5, 3)), layers.GRU(4), layers.SimpleRNN(4, name="second")]),
        lambda: Outer(Sequential([layers.LSTM(4), layers.LSTM(4, name="second")]))(np.ones((2, 5, 3), "float32")),
    ],
)
def test_a_recurrent_layer_after_one_says_the_rank_it_expects(make: Any) -> None:
    with pytest.raises(ValueError, match=r'layer "second" is incompatible .* expected ndim=3, found ndim=2') as raised:
        make()
    assert "Raised in" not in str(raised.value)  # the layer is named already


def test_errors_while_building_name_the_layer() -> None:
    with pytest.raises(ValueError, match=r"Raised in the call of Concatenate 'cc', which received:\n  inputs: \[Keras"):
        layers.Concatenate(name="cc")([Input((3, 4)), Input((2, 5))])
    with pytest.raises(ValueError, match=r"Raised in the call of Conv2D 'cv'"):
        layers.Conv2D(3, 9, name="cv")(Input((5, 5, 1)))
