"""Settings of objects of old files; those that real versions wrote are tested in `test_configs`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from torchkeras_compat import layers, models
from torchkeras_compat.dialects.old_files.configs import to_keras3
from torchkeras_compat.errors import FileContentError


def _made(class_name: str, version: str, **settings: Any) -> Any:
    return layers.deserialize(to_keras3({"class_name": class_name, "config": {"name": "l", **settings}}, version))


@pytest.mark.parametrize(
    ("class_name", "version", "settings", "attribute", "expected"),
    [
        ("GRU", "2.2.4", {"units": 3}, "reset_after", False),
        ("GRU", "2.2.4-tf", {"units": 3}, "reset_after", False),
        ("GRU", "2.4.0", {"units": 3}, "reset_after", True),
        ("GRU", "1.2.2", {"output_dim": 3}, "reset_after", False),
        ("LeakyReLU", "2.15.0", {}, "negative_slope", 0.3),
        ("BatchNormalization", "1.0.6", {}, "epsilon", 1e-6),
        ("BatchNormalization", "1.0.6", {}, "momentum", 0.9),
        ("BatchNormalization", "1.0.7", {}, "epsilon", 1e-6),
        ("BatchNormalization", "1.0.7", {}, "momentum", 0.99),
        ("BatchNormalization", "1.0.8", {}, "epsilon", 1e-5),
        ("BatchNormalization", "1.1.2", {}, "epsilon", 1e-5),
        ("BatchNormalization", "1.2.2", {}, "epsilon", 0.001),
        ("IntegerLookup", "2.4.0", {"vocabulary": [3]}, "mask_token", 0),
        ("IntegerLookup", "2.6.0", {"vocabulary": [3]}, "mask_token", None),
        ("AddLoss", "2.15.0", {"unconditional": False}, "sums_gradients", True),
        ("AddMetric", "2.15.0", {"aggregation": "mean", "metric_name": "kl"}, "name", "l"),
        ("StringLookup", "2.15.0", {"vocabulary": ["a"], "has_input_vocabulary": True}, "mask_token", None),
        ("SpatialDropout1D", "1.2.2", {"p": 0.5}, "rate", 0.5),
    ],
)
def test_a_setting_that_is_not_there(
    class_name: str, version: str, settings: dict[str, Any], attribute: str, expected: Any
) -> None:
    assert getattr(_made(class_name, version, **settings), attribute) == expected


def test_outputs_are_not_padded_to_a_number_of_words_that_nobody_gave() -> None:
    assert not _made("TextVectorization", "2.4.0", pad_to_max_tokens=True).get_config()["pad_to_max_tokens"]


def test_the_dtype_of_inputs_is_not_that_of_weights() -> None:
    layer = _made("Embedding", "1.2.2", input_dim=5, output_dim=2, input_dtype="int32")
    assert layer.dtype == "float32"
    assert _made("InputLayer", "1.2.2", batch_input_shape=[None, 3], input_dtype="int32").dtype == "int32"


@pytest.mark.parametrize(
    ("version", "expected"), [("1.0.8", "RandomUniform"), ("1.1.1", "RandomUniform"), ("1.1.2", "GlorotUniform")]
)
def test_layers_of_steps_began_with_uniform_weights(version: str, expected: str) -> None:
    for name in ("Convolution1D", "LocallyConnected1D"):
        layer = _made(name, version, nb_filter=2, filter_length=2)
        assert type(layer.kernel_initializer).__name__ == expected


def test_the_first_keras_looked_at_two_numbers_of_a_padding() -> None:
    assert _made("ZeroPadding2D", "1.0.8", padding=[1, 2, 3, 4], dim_ordering="tf").padding == ((1, 1), (2, 2))


@pytest.mark.parametrize(("ordering", "expected"), [("th", "channels_first"), ("tf", "channels_last")])
def test_layers_without_an_order_of_axes_have_that_of_the_others(ordering: str, expected: str) -> None:
    chain = [
        {"class_name": "ZeroPadding2D", "config": {"name": "p", "padding": [1, 1]}},
        {"class_name": "MaxPooling2D", "config": {"name": "m", "pool_size": [2, 2], "dim_ordering": ordering}},
    ]
    found = to_keras3({"class_name": "Sequential", "config": chain}, "1.2.2")
    assert found["config"]["layers"][0]["config"]["data_format"] == expected


def test_images_grow_from_their_corners_where_keras_2_did_so() -> None:
    assert type(_made("UpSampling2D", "2.3.1", interpolation="bilinear")).__name__ == "CornerUpSampling2D"
    assert type(_made("UpSampling2D", "2.3.1", interpolation="nearest")).__name__ == "UpSampling2D"
    assert type(_made("UpSampling2D", "2.4.0", interpolation="bilinear")).__name__ == "UpSampling2D"


@pytest.mark.parametrize(
    ("class_name", "version", "settings", "words"),
    [
        ("Dense", "1.2.2", {"output_dim": 3, "units": 4}, "which is the same in newer Keras"),
        ("Dropout", "2.2.4", {"rate": 0.5, "p": 0.5}, "which is the same in newer Keras"),
        ("LSTM", "2.15.0", {"units": 3, "time_major": True}, "time_major=True"),
        ("LSTMCell", "2.0.9", {}, "LSTMCell, of Keras 2.0, lacks units: that version did not write"),
        ("Convolution1D", "1.2.2", {"nb_filter": 2, "filter_length": 2, "border_mode": "full"}, "ZeroPadding"),
        ("Convolution1D", "1.2.2", {"nb_filter": 2, "filter_length": 2, "border_mode": "half"}, "padding='half'"),
    ],
)
def test_what_contradicts_itself_or_means_what_cannot_be_had(
    class_name: str, version: str, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(FileContentError, match=words):
        _made(class_name, version, **settings)


def test_a_schedule_that_had_no_name_has_its_own() -> None:
    """Real Keras 3.15 cannot call one whose name is None, which is the default of tf.keras 2.15."""
    config = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 9, "name": None}}
    assert to_keras3(config, "2.15.0")["config"] == {"initial_learning_rate": 0.1, "decay_steps": 9}


def test_a_class_of_the_user_may_have_what_a_file_lacks() -> None:
    class Cell(layers.LSTMCell):
        def __init__(self, units: int = 3, **kwargs: Any) -> None:
            super().__init__(units, **kwargs)

    cell = {"class_name": "LSTMCell", "config": {"name": "c", "trainable": True}}
    chain = [{"class_name": "RNN", "config": {"name": "r", "cell": cell, "batch_input_shape": [None, 4, 5]}}]
    text = json.dumps({"class_name": "Sequential", "keras_version": "2.0.9", "config": chain})
    assert models.model_from_json(text, custom_objects={"LSTMCell": Cell}).output_shape == (None, 3)
