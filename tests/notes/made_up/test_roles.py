"""What names stand for."""

from __future__ import annotations

import ast
import sys

import pytest

from torchkeras_compat.notes.late_names import Use
from torchkeras_compat.notes.made_up.roles import Role, role_of_name, role_of_use


@pytest.mark.parametrize(
    ("names", "kind", "split"),
    [
        (
            "x_train X_train trainX xtrain train_data train_images X x data X_train_scaled x_train4 training_data",
            "x",
            "train",
        ),
        ("y_train Y_train trainY train_labels labels Y y y_train_one_hot train_targets one_hot_labels", "y", "train"),
        ("x_val X_valid val_data validation_data x_dev", "x", "val"),
        ("x_test X_test test_images eval_data testX", "x", "test"),
        ("y_test test_labels eval_labels Y_test", "y", "test"),
        ("new_data X_new x_new", "x", "new"),
        ("train_ds train_dataset train_generator training_generator", "batches", "train"),
        ("val_ds validation_generator valid_gen", "batches", "val"),
    ],
)
def test_customary_names_have_a_role(names: str, kind: str, split: str) -> None:
    assert {(name, (role := role_of_name(name)) and (role.kind, role.split)) for name in names.split()} == {
        (name, (kind, split)) for name in names.split()
    }


@pytest.mark.parametrize(
    "name", ["model", "epochs", "x_axis", "history", "train", "test", "embedding_matrix", "text", "loss"]
)
def test_other_names_have_none(name: str) -> None:
    assert role_of_name(name) is None


def role(code: str, name: str) -> Role | None:
    tree = ast.parse(code)
    (path,) = [p for p in paths(tree.body[0], []) if getattr(p[-1], "id", None) == name]
    return role_of_use(Use(name, sys._getframe(), path))


def paths(node, above):
    here = [*above, node]
    yield here
    for child in ast.iter_child_nodes(node):
        yield from paths(child, here)


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("model.fit(a, b)", "a", Role("x", "train")),
        ("model.fit(a, b)", "b", Role("y", "train")),
        ("model.fit(a, validation_data=(b, c))", "c", Role("y", "val")),
        ("model.fit(x=a, y=b)", "b", Role("y", "train")),
        ("model.fit([a, b], c)", "b", Role("x", "train", part=1)),
        ("model.fit({'p': a, 'q': b}, c)", "b", Role("x", "train", part=1, name="q")),
        ("model.evaluate(a, b)", "a", Role("x", "test")),
        ("np.argmax(model.predict(a[:3]), 1)", "a", Role("x", "test")),
        ("model.predict(x_train)", "x_train", Role("x", "train")),
        ("model.evaluate(test_generator)", "test_generator", Role("batches", "test", is_alone=True)),
        ("model.fit(gen.flow(x_train, y_train), epochs=2)", "y_train", Role("y", "train")),
        ("model.fit(x, to_categorical(y))", "y", Role("y", "train", integers=True)),
        ("model.fit(x, y, callbacks=cb)", "cb", None),
        ("plot(z)", "z", None),
    ],
)
def test_a_place_in_a_call_of_a_model_decides(code: str, name: str, expected: Role | None) -> None:
    assert role(code, name) == expected
