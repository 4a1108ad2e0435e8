"""Statements that only show something."""

from __future__ import annotations

import ast

import pytest

from torchkeras_compat.notes.placeholders import runnable, shows_signature

KNOWN = {"model", "x", "np", "print", "compile", "len"}


def steps(code: str) -> list[tuple[str | None, str]]:
    (statement,) = ast.parse(code).body
    return [(node and ast.unparse(node), notice) for node, notice in runnable(statement, KNOWN.__contains__)]


@pytest.mark.parametrize(
    "code",
    [
        "keras.layers.Dense(units, activation=None)",
        "Conv2D(filters, kernel_size, padding='valid')",
        "tf.keras.callbacks.EarlyStopping(monitor)",
        "fit(x=None, y=None, batch_size=None)",
        "compile(optimizer, loss=None)",
        "model.fit(x=None, y=None)",
    ],
)
def test_a_signature_is_left_out(code: str) -> None:
    ((left, notice),) = steps(code)
    assert left is None
    assert "shows a signature" in notice


@pytest.mark.parametrize(
    "code",
    [
        "model.fit(x_train, y_train)",
        "layer = Dense(units)",
        "Dense(3)",
        "print(units)",
        "model.add(Dense(units))",
        "len(x)",
        "x[..., 0]",
        "def f(): ...",
        "a: Callable[..., int] = f",
    ],
)
def test_what_does_something_is_run_as_it_stands(code: str) -> None:
    assert steps(code) == [(ast.unparse(ast.parse(code)), "")]


@pytest.mark.parametrize("code", ["x_train, y_train = ...", "model = ...", "model.compile(...)", "x, y = ..., ..."])
def test_a_statement_of_dots_is_left_out(code: str) -> None:
    ((left, notice),) = steps(code)
    assert left is None
    assert "stands for code that is not shown" in notice


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("m = Sequential([a, ..., b])", "m = Sequential([a, b])"),
        ("model.fit(..., epochs=2)", "model.fit(x_train, y_train, epochs=2)"),
        ("model.predict(...)", "model.predict(x_test)"),
        ("model.fit(x, y, ...)", "model.fit(x, y)"),
        ("f(a, b=...)", "f(a)"),
    ],
)
def test_dots_among_others_are_left_out(code: str, left: str) -> None:
    ((found, notice),) = steps(code)
    assert found == left
    assert notice.startswith("left out `...` in: ")


def test_known_names_are_arguments() -> None:
    (statement,) = ast.parse("Dense(x)").body
    assert not shows_signature(statement, KNOWN.__contains__)
