"""Arrays that fit, and that can be learned."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import layers
from torchkeras_compat.models import Sequential
from torchkeras_compat.notes.made_up.needs import Input, Needs, Target, needs_of
from torchkeras_compat.notes.made_up.samples import made_up_samples


def parts(inputs, targets, **options):
    return made_up_samples(Needs("m", tuple(inputs), tuple(targets)), **options)


@pytest.mark.parametrize(
    ("target", "shape", "values"),
    [
        (Target("y", (4,), "integers"), (200,), {0, 1, 2, 3}),
        (Target("y", (4,), "one_hot"), (200, 4), {0, 1}),
        (Target("y", (1,), "binary"), (200,), {0, 1}),
        (Target("y", (5,), "binary"), (200, 5), {0, 1}),
        (Target("y", (1,), "signs"), (200,), {-1, 1}),
        (Target("y", (6, 4), "integers"), (200, 6), {0, 1, 2, 3}),
    ],
)
def test_labels_have_the_values_that_the_loss_takes(target, shape, values) -> None:
    y = parts([Input("x", (6,))], [target])["train"].targets[0]
    assert y.shape == shape
    assert set(np.unique(y)) == values


def test_numbers_are_floats_and_positive_where_they_must_be() -> None:
    train = parts([Input("x", (6,))], [Target("a", (1,), "floats"), Target("b", (3,), "positive")])["train"]
    assert train.targets[0].shape == (200,) and train.targets[0].dtype == np.float32
    assert train.targets[1].shape == (200, 3) and train.targets[1].min() > 0


@pytest.mark.parametrize(
    ("needed", "dtype", "low", "high"),
    [
        (Input("x", (7,), "integers", 12), "int64", 1, 11),
        (Input("x", (28, 28, 1)), "float32", 0, 1),
        (Input("x", (8, 8, 3), "pixels"), "float32", 0, 255),
        (Input("x", (1,), "integers", 1), "int64", 0, 0),
    ],
)
def test_inputs_stay_in_their_range(needed, dtype, low, high) -> None:
    x = parts([needed], [Target("y", (2,), "integers")])["train"].inputs[0]
    assert x.dtype == dtype and x.shape[1:] == needed.shape
    assert low <= x.min() and x.max() <= high


def test_the_same_needs_give_the_same_numbers() -> None:
    first, second = (parts([Input("x", (3,))], [Target("y", (2,), "one_hot")]) for _ in range(2))
    np.testing.assert_array_equal(first["test"].inputs[0], second["test"].inputs[0])
    assert [len(first[part].inputs[0]) for part in ("train", "val", "test", "new")] == [200, 50, 50, 3]


def test_large_samples_are_fewer_and_rows_can_be_asked_for() -> None:
    big = parts([Input("x", (224, 224, 3))], [Target("y", (2,), "one_hot")])
    assert len(big["train"].inputs[0]) == 32
    assert len(parts([Input("x", (3,))], [Target("y", (1,), "floats")], rows=1000)["train"].inputs[0]) == 1000


def test_a_batch_size_of_the_model_divides_the_number_of_samples() -> None:
    found = made_up_samples(Needs("m", (Input("x", (3,)),), (Target("y", (1,), "floats"),), batch=48))
    assert [len(found[part].inputs[0]) % 48 for part in found] == [0, 0, 0, 0]


def test_texts_are_strings() -> None:
    x = parts([Input("x", (1,), "strings")], [Target("y", (1,), "binary")])["train"].inputs[0]
    assert x.shape == (200, 1) and isinstance(x[0, 0], str)


MODELS = {
    "classes": (
        [layers.Dense(16, activation="relu", input_dim=20), layers.Dense(5, activation="softmax")],
        "categorical_crossentropy",
    ),
    "pictures": (
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 1)),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ],
        "sparse_categorical_crossentropy",
    ),
    "words": (
        [
            layers.Embedding(100, 8, input_length=10),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ],
        "binary_crossentropy",
    ),
}


@pytest.mark.parametrize("case", MODELS)
def test_models_learn_from_them_what_holds_for_the_test_data(case: str) -> None:
    parts_of_model, loss = MODELS[case]
    model = Sequential(parts_of_model)
    model.compile("adam", loss, metrics=["accuracy"])
    found = made_up_samples(needs_of(model))
    model.optimizer.learning_rate = 0.01
    model.fit(found["train"].inputs[0], found["train"].targets[0], epochs=15, verbose=0)
    assert model.evaluate(found["test"].inputs[0], found["test"].targets[0], verbose=0)[1] > 0.85


def test_numbers_are_learned_too() -> None:
    model = Sequential([layers.Dense(16, activation="relu", input_dim=6), layers.Dense(1)])
    model.compile("adam", "mse")
    found = made_up_samples(needs_of(model))
    model.optimizer.learning_rate = 0.01
    model.fit(found["train"].inputs[0], found["train"].targets[0], epochs=20, verbose=0)
    assert (
        model.evaluate(found["test"].inputs[0], found["test"].targets[0], verbose=0)
        < 0.5 * found["test"].targets[0].var()
    )
