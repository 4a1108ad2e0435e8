"""Models in YAML, of which nothing is believed."""

from __future__ import annotations

import io

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.errors import FileContentError, FileLimitError, UnknownNameError
from torchkeras_compat.legacy.models.yaml import json_of_yaml, model_from_yaml, to_yaml

yaml = pytest.importorskip("yaml")

# As `yaml.dump` of Keras 2.2 wrote it: tuples with Python's tag, repeated ones by reference.
OF_KERAS_2 = """
backend: tensorflow
class_name: Sequential
config:
- class_name: Dense
  config:
    activation: relu
    activity_regularizer: null
    batch_input_shape: &id001 !!python/tuple [null, 4]
    bias_constraint: null
    bias_initializer: {class_name: Zeros, config: {}}
    bias_regularizer: null
    dtype: float32
    kernel_constraint: null
    kernel_initializer:
      class_name: VarianceScaling
      config: {distribution: uniform, mode: fan_avg, scale: 1.0, seed: null}
    kernel_regularizer: null
    name: dense_1
    trainable: true
    units: 3
    use_bias: true
- class_name: Dropout
  config: {name: dropout_1, noise_shape: null, rate: 0.5, seed: null, trainable: true, batch_input_shape: *id001}
keras_version: 2.2.4
"""


def test_what_keras_2_wrote_is_read():
    for text in (OF_KERAS_2, io.StringIO(OF_KERAS_2)):
        model = model_from_yaml(text)
        assert [layer.name for layer in model.layers] == ["dense_1", "dropout_1"] and model.output_shape == (None, 3)


def test_models_come_back():
    model = Sequential([layers.Input((4,)), layers.Dense(2, activation="tanh", kernel_regularizer="l2")])
    text = to_yaml(model, default_flow_style=True)
    copy = model_from_yaml(text)
    copy.set_weights(model.get_weights())
    x = np.ones((3, 4), "float32")
    assert np.array_equal(copy.predict(x, verbose=0), model.predict(x, verbose=0))


def test_custom_objects():
    class Mine(layers.Dense):
        pass

    text = to_yaml(Sequential([layers.Input((4,)), Mine(2)]))
    assert type(model_from_yaml(text, {"Mine": Mine}).layers[0]) is Mine
    with pytest.raises((UnknownNameError, FileContentError), match="Mine"):
        model_from_yaml(text)


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{'bcdefghi'[i]}: &{'bcdefghi'[i]} [{','.join(['*' + 'abcdefgh'[i]] * 10)}]\n" for i in range(8)
)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("!!python/object/apply:os.system ['touch hacked']", FileContentError, "os.system"),
        ("a: !!python/name:os.system", FileContentError, "os.system"),
        ("!!python/tuple [1]: 2", FileContentError, "unhashable"),
        ("!mine 3", FileContentError, "'!mine'"),
        ("a: 2001-01-01", FileContentError, "timestamp"),
        ("a: !!binary aGk=", FileContentError, "binary"),
        ("a: &a {x: 1}\nb: {<<: *a}", FileContentError, "merge"),
        ("&a [*a]", FileContentError, "contains itself"),
        ("a: 'x", FileContentError, "cannot be read"),
        ("a: 1\n---\nb: 2", FileContentError, "single document"),
        ("", FileContentError, "empty"),
        ("a: 0x" + "f" * 10_000, FileContentError, "number of 10,002 characters"),
        ("a: 1" + ":59" * 10_000, FileContentError, "number"),
        (LAUGHS, FileLimitError, "repeats"),
        ("".join(f"a{i}: &a{i} [*a{i - 1}]\n" if i else "a0: &a0 [1]\n" for i in range(300)), FileLimitError, "deeper"),
        ("a: &a '" + "x" * 100_000 + "'\nb: [" + "*a," * 1000 + "]", FileLimitError, "longer"),
        ("[" * 10_000 + "]" * 10_000, FileLimitError, "nested"),
        ("- " * 10_000 + "x", FileLimitError, "nested"),
        ("[" + "1," * 250_000 + "1]", FileLimitError, "200,000 values"),
        ("a: " + "x" * 5_000_000, FileLimitError, "5,000,003 bytes"),
    ],
)
def test_hostile_yaml_is_refused(text, error, words):
    with pytest.raises(error, match=words):
        json_of_yaml(text)


def test_other_values_are_refused():
    with pytest.raises(FileContentError):
        model_from_yaml("a: 3")
