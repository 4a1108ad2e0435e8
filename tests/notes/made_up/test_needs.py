"""What models need."""

from __future__ import annotations

import pytest

from torchkeras_compat import layers
from torchkeras_compat.layers import Input as KerasInput
from torchkeras_compat.losses import CategoricalCrossentropy
from torchkeras_compat.models import Model, Sequential
from torchkeras_compat.notes.made_up.needs import Input, Needs, Target, needs_of


def needs(*parts, loss=None) -> Needs:
    model = Sequential(list(parts))
    if loss is not None:
        model.compile("sgd", loss)
    found = needs_of(model)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("loss", "units", "activation", "kind"),
    [
        ("sparse_categorical_crossentropy", 3, "softmax", "integers"),
        ("categorical_crossentropy", 3, "softmax", "one_hot"),
        (CategoricalCrossentropy(from_logits=True), 3, None, "one_hot"),
        ("binary_crossentropy", 1, "sigmoid", "binary"),
        ("hinge", 1, "tanh", "signs"),
        ("mse", 1, None, "floats"),
        ("mse", 1, "sigmoid", "binary"),
        ("poisson", 1, "exponential", "positive"),
        (None, 4, "softmax", "one_hot"),
    ],
)
def test_the_loss_and_the_last_layer_say_what_targets_are(loss, units, activation, kind) -> None:
    found = needs(KerasInput((5,)), layers.Dense(units, activation=activation), loss=loss)
    assert found.inputs[0] == Input("input_layer", (5,))
    assert (found.targets[0].shape, found.targets[0].kind) == ((units,), kind)


def test_an_embedding_takes_integers_below_its_size() -> None:
    found = needs(layers.Embedding(50, 4, input_length=7), layers.Flatten(), layers.Dense(1))
    assert (found.inputs[0].kind, found.inputs[0].below) == ("integers", 50)


@pytest.mark.parametrize(
    ("layer", "shape", "kind"),
    [
        (layers.Embedding(9, 2), (20,), "integers"),
        (layers.Conv2D(2, 3), (28, 28, 1), "floats"),
        (layers.LSTM(2), (10, 8), "floats"),
        (layers.Flatten(), (28, 28), "floats"),
    ],
)
def test_the_first_layer_says_the_input_where_no_shape_is_given(layer, shape, kind) -> None:
    found = (
        needs(layer, layers.GlobalAveragePooling1D(), layers.Dense(2))
        if kind == "integers"
        else needs(layer, layers.Dense(2))
    )
    assert (found.inputs[0].shape, found.inputs[0].kind) == (shape, kind)


def test_rescaled_images_are_pixels_and_open_sizes_get_numbers() -> None:
    found = needs(KerasInput((None, None, 3)), layers.Rescaling(1 / 255), layers.GlobalAveragePooling2D())
    assert found.inputs[0] == Input("input_layer", (32, 32, 3), "pixels")


def test_each_input_and_output_is_found() -> None:
    a, b = KerasInput((4,), name="a"), KerasInput((3,), dtype="int32", name="b")
    joined = layers.concatenate([a, layers.Flatten()(layers.Embedding(6, 2)(b))])
    model = Model([a, b], [layers.Dense(2, activation="softmax", name="p")(joined), layers.Dense(1, name="q")(joined)])
    model.compile("sgd", {"p": "sparse_categorical_crossentropy", "q": "mae"})
    found = needs_of(model)
    assert found.inputs == (Input("a", (4,)), Input("b", (3,), "integers", 6))
    assert found.targets == (Target("p", (2,), "integers"), Target("q", (1,), "floats"))


def test_a_model_in_a_model_is_looked_into() -> None:
    inner = Sequential([KerasInput((5,)), layers.Embedding(30, 2), layers.Flatten()])
    outer_input = KerasInput((5,))
    outer = Model(outer_input, layers.Dense(1)(inner(outer_input)))
    assert needs_of(outer).inputs[0].below == 30


def test_an_autoencoder_is_compared_with_its_inputs() -> None:
    found = needs(KerasInput((8,)), layers.Dense(2), layers.Dense(8, activation="sigmoid"), loss="binary_crossentropy")
    assert found.targets[0].kind == "inputs"


def test_a_subclassed_model_is_known_by_its_layers() -> None:
    class Mine(Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Conv2D(2, 3)
            self.last = layers.Dense(3, activation="softmax")

        def call(self, inputs):
            return self.last(layers.Flatten()(self.first(inputs)))

    found = needs_of(Mine())
    assert (found.inputs[0].shape, found.targets[0].shape) == ((28, 28, 1), (3,))


def test_four_features_and_three_classes_are_iris() -> None:
    assert needs(KerasInput((4,)), layers.Dense(3, activation="softmax")).is_iris
    assert not needs(KerasInput((4,)), layers.Dense(1)).is_iris
