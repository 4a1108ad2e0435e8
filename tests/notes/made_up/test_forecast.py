"""What the code below says about the model to come."""

from __future__ import annotations

import ast

import pytest

from torchkeras_compat.notes.late_names import MISSING
from torchkeras_compat.notes.made_up.forecast import Forecast, reshaped_to
from torchkeras_compat.notes.made_up.needs import Input


def value(node: ast.AST):
    return node.value if isinstance(node, ast.Constant) else MISSING


def forecast(code: str) -> Forecast:
    return Forecast(ast.parse(code).body, value)


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("m.add(Dense(8, input_dim=5))", Input("input", (5,))),
        ("m.add(Dense(8, input_shape=(5,)))", Input("input", (5,))),
        ("i = Input(shape=(6, 2))\nx = LSTM(3)(i)", Input("input", (6, 2))),
        ("m.add(LSTM(3, batch_input_shape=(1, 6, 2)))", Input("input", (6, 2))),
        ("n = 40\nm.add(Embedding(n, 8, input_length=12))", Input("input", (12,), "integers", 40)),
        ("m.add(Conv2D(8, 3, input_shape=(None, None, 3)))", Input("input", (20, 20, 3))),
        ("m.add(Conv2D(8, 3, input_shape=x.shape[1:]))", Input("input", (28, 28, 1))),
        ("m.add(Dense(8, input_dim=x.shape[1]))\nm.add(Dense(3))", Input("input", (4,))),
        ("a = 2\nm.add(Dense(8, input_dim=a * 3))", Input("input", (6,))),
    ],
)
def test_the_first_layer_says_the_input(code: str, needed: Input) -> None:
    assert forecast(code).needs().inputs == (needed,)


@pytest.mark.parametrize(
    ("code", "shape", "kind"),
    [
        ("m.add(Dense(1, activation='sigmoid'))\nm.compile('sgd', 'binary_crossentropy')", (1,), "binary"),
        ("m.add(Dense(7, 'softmax'))\nm.compile(loss='sparse_categorical_crossentropy')", (7,), "integers"),
        ("m.add(Dense(7))\nm.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))", (7,), "one_hot"),
        ("m.add(Dense(1))\nm.compile(loss='mse')", (1,), "floats"),
    ],
)
def test_the_last_layer_and_the_loss_say_the_targets(code: str, shape: tuple[int, ...], kind: str) -> None:
    (found,) = forecast(code).needs().targets
    assert (found.shape, found.kind) == (shape, kind)


def test_only_the_first_model_counts() -> None:
    code = "m.add(Dense(3, input_dim=5))\nm.compile('sgd')\nm.fit(x)\nn.add(Dense(4, input_dim=9))\nn.fit(x)"
    assert forecast(code).needs().inputs[0].shape == (5,)
    assert not forecast("print(3)").is_found


def test_encoders_on_the_way_are_seen() -> None:
    assert forecast("y = to_categorical(y, 10)\nm.add(Dense(10))").encodes


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x.reshape(60000, 784)", (60000, (28, 28))),
        ("x.reshape((-1, 28, 28, 1))", (None, (28, 28))),
        ("x.reshape(-1, 32, 32, 3)", (None, (32, 32, 3))),
        ("x.reshape(len(x), -1)", (None, None)),
        ("x.reshape(-1, 12)", (None, (12,))),
        ("x.sum()", (None, None)),
    ],
)
def test_a_new_shape_says_the_size(code: str, expected: tuple[object, object]) -> None:
    call = ast.parse(code).body[0].value  # type: ignore[attr-defined]
    assert reshaped_to([call, call.func, call.func.value], value) == expected
