from __future__ import annotations

from collections.abc import Iterator

import pytest

from torchkeras_compat.naming import reset_names


@pytest.fixture(autouse=True)
def numbered_from_the_start() -> Iterator[None]:
    reset_names()
    yield
    reset_names()


@pytest.mark.parametrize(
    ("dialect", "names"),
    [
        ("keras1", ["convolution2d_1", "maxpooling2d_1", "dense_1", "dense_2"]),
        ("keras2", ["conv2d_1", "max_pooling2d_1", "dense_1", "dense_2"]),
        ("tf_keras", ["conv2d", "max_pooling2d", "dense", "dense_1"]),
    ],
)
def test_names_of_each_version(request, dialect: str, names: list[str]) -> None:
    request.getfixturevalue(dialect)
    from keras.layers import Convolution2D, Dense, MaxPooling2D

    made = [Convolution2D(2, (3, 3)), MaxPooling2D(), Dense(2), Dense(3)]
    assert [layer.name for layer in made] == names


def test_models_and_inputs_have_theirs(keras2) -> None:
    from keras.layers import Dense, Input
    from keras.models import Model, Sequential

    x = Input((3,))
    model = Model(x, [Dense(1)(x), Dense(2)(x)])
    assert model.name == "model_1" and model.input_names == ["input_1"] and Sequential().name == "sequential_1"
    model.compile("sgd", "mse")
    assert model.metrics_names == ["loss", "dense_1_loss", "dense_2_loss"]
    assert model.get_layer("dense_2").units == 2


def test_names_with_slashes_have_lines_instead(tf_keras) -> None:
    from tensorflow.keras import Sequential
    from tensorflow.keras.layers import Dense

    model = Sequential([Dense(2, name="block/dense", input_shape=(3,)), Dense(1, name="top")])
    assert [layer.name for layer in model.layers] == ["block_dense", "top"]
    assert model.get_layer("block/dense") is model.layers[0]
    with pytest.raises(ValueError, match="No such layer: block/top"):
        model.get_layer("block/top")
