"""Names that notes never define, made when they are used."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.layers import Dense, Embedding, Flatten
from torchkeras_compat.losses import SparseCategoricalCrossentropy
from torchkeras_compat.models import Sequential
from torchkeras_compat.notes.data import iris_data
from torchkeras_compat.notes.late_names import LateNames
from torchkeras_compat.notes.made_up.supply import Supply


class Note:
    """Runs statements one after the other."""

    def __init__(self, **options: Any) -> None:
        self.said: list[str] = []
        self.namespace: dict[str, Any] = {"Embedding": Embedding, "Dense": Dense, "Sequential": Sequential, "np": np}
        supply = Supply(self.namespace, lambda use: self.ahead, self.said.append, **options)
        self.late = LateNames([supply])
        self.namespace["__builtins__"] = self.late
        self.ahead: list[ast.AST] = []

    def run(self, code: str) -> dict[str, Any]:
        tree = ast.parse(code)
        self.late.know("note.md", tree)
        for number, statement in enumerate(tree.body):
            self.ahead = list(tree.body[number + 1 :])
            exec(compile(ast.Module([statement], []), "note.md", "exec"), self.namespace)
        return self.namespace


@pytest.fixture
def note() -> Note:
    made = Note()
    made.namespace["model"] = Sequential([Dense(8, input_dim=6), Dense(5, activation="softmax")])
    made.namespace["model"].compile("sgd", "sparse_categorical_crossentropy")
    return made


def test_arrays_fit_the_model_they_are_given_to_and_are_announced(note: Note) -> None:
    names = note.run(
        "model.fit(x_train, y_train, epochs=1, verbose=0, validation_data=(x_val, y_val))\na = x_train\nb = y_train"
    )
    assert names["a"].shape == (200, 6) and set(names["b"]) == {0, 1, 2, 3, 4}
    assert note.said == [
        "made up: x_train (200, 6) for sequential",
        "made up: y_train (200,) for sequential",
        "made up: x_val (50, 6) for sequential",
        "made up: y_val (50,) for sequential",
    ]


def test_they_stay_the_same_until_a_model_needs_others(note: Note) -> None:
    note.run(
        "model.fit(x_train, y_train, verbose=0)\na = x_train\nmodel.evaluate(x_train, y_train, verbose=0)\nb = x_train"
    )
    assert note.namespace["a"] is note.namespace["b"]
    note.namespace["model"] = Sequential([Embedding(30, 4, input_length=9), Flatten(), Dense(1)])
    note.namespace["model"].compile("sgd", "mse")
    note.run("model.fit(x_train, y_train, verbose=0)\nc = x_train")
    assert note.namespace["c"].shape == (200, 9) and note.namespace["c"].max() < 30


def test_any_name_will_do_as_an_argument_of_a_model_unless_it_is_a_slip(note: Note) -> None:
    names = note.run("model.fit(my_pictures, my_answers, verbose=0)\na = my_pictures")
    assert names["a"].shape == (200, 6)
    note.namespace["train_images"] = np.zeros((3, 6))
    with pytest.raises(NameError, match="train_imags"):
        note.run("model.fit(train_imags, y_train)")


def test_names_in_functions_are_found_when_they_are_called(note: Note) -> None:
    note.run("def train(m):\n    return m.fit(X, Y, verbose=0)\n")
    assert note.said == []
    note.run("train(model)")
    assert note.said[0] == "made up: X (200, 6) for sequential"


def test_before_a_model_the_code_below_decides() -> None:
    note = Note()
    names = note.run(
        "n = X.shape[1]\nmodel = Sequential([Dense(3, input_dim=7), Dense(1, activation='sigmoid')])\n"
        "model.compile('sgd', 'binary_crossentropy')\nmodel.fit(X, y, verbose=0)\nlabels = y"
    )
    assert names["n"] == 7 and set(names["labels"]) == {0.0, 1.0}


def test_the_last_model_decides_where_none_follows(note: Note) -> None:
    assert note.run("a = X_train[:3]")["a"].shape == (3, 6)


def test_word_vectors_class_names_and_symbolic_inputs_are_made(note: Note) -> None:
    names = note.run("m = Embedding(len(word_index) + 1, embedding_dim, weights=[embedding_matrix])\nn = class_names")
    assert names["embedding_dim"] == 32 and len(names["n"]) == 10
    names = note.run("out = Dense(4)(inputs)\nbox = inputs")
    assert names["out"].shape == (None, 4) and names["box"].shape == (None, 8)


def test_the_loss_of_a_loop_of_the_note_says_what_targets_are(note: Note) -> None:
    note.namespace["model"] = Sequential([Dense(5, input_dim=6)])
    note.namespace["loss_fn"] = SparseCategoricalCrossentropy(from_logits=True)
    names = note.run("out = model(x_train)\nvalue = loss_fn(y_train, out)")
    assert names["value"].item() > 0


def test_datasets_are_batches_where_no_targets_are_given(note: Note) -> None:
    names = note.run("h = model.fit(train_data, validation_data=val_data, verbose=0)")
    assert "val_loss" in names["h"].history


def test_without_any_model_they_are_iris() -> None:
    note = Note()
    names = note.run("a = data\nb = labels\nc = eval_data\nd = new_data")
    assert [names[name].shape for name in "abcd"] == [(132, 4), (132, 3), (18, 4), (3, 4)]
    assert note.said[0] == "made up: data (132, 4) for the model below, iris flowers"


def test_labels_to_be_encoded_are_integers() -> None:
    note = Note()
    note.namespace["to_categorical"] = lambda y, n: np.eye(n)[y]
    code = "Y = to_categorical(y_train, 4)\nm = Sequential([Dense(4, input_dim=3, activation='softmax')])\n"
    names = note.run(code + "m.compile('sgd', 'categorical_crossentropy')\nm.fit(x_train, Y, verbose=0)")
    assert names["Y"].shape == (200, 4)


def test_new_shapes_fit() -> None:
    note = Note()
    names = note.run("a = x_train.reshape(300, 784)\nb = x_train.reshape(-1, 28, 28, 1)")
    assert (names["a"].shape, names["b"].shape) == ((300, 784), (300, 28, 28, 1))


def test_constants_are_kept_and_announced() -> None:
    note = Note()
    names = note.run("m = Sequential([Dense(num_classes, input_dim=n_features)])")
    assert (names["num_classes"], names["n_features"]) == (10, 8)
    assert note.said == ["made up: num_classes = 10", "made up: n_features = 8"]


def test_a_history_that_nobody_kept_is_that_of_the_model(note: Note) -> None:
    names = note.run("model.fit(x_train, y_train, verbose=0)\nlosses = history.history['loss']")
    assert len(names["losses"]) == 1


def test_batches_of_generators_do_not_end_where_steps_are_counted(note: Note) -> None:
    names = note.run("h = model.fit(train_generator, steps_per_epoch=9, epochs=2, verbose=0)")
    assert len(names["h"].epoch) == 2


def test_data_of_the_user_have_the_customary_names_in_the_form_of_the_loss(note: Note) -> None:
    note = Note(table=iris_data().parts, makes_up=False)
    names = note.run(
        "a = y_train\nm = Sequential([Dense(3, input_dim=4)])\nm.compile('sgd', 'sparse_categorical_crossentropy')\n"
        "m.fit(X_train, y_train, verbose=0)\nb = X_train"
    )
    assert names["a"].shape in ((132, 3), (132,)) and names["b"].shape == (132, 4)
    assert note.said == []
    with pytest.raises(NameError):
        note.run("batch_size")
