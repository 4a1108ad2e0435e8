"""Which functions of old dialects files may name, and that they name no others."""

from __future__ import annotations

import pickle

import pytest
import torch

from torchkeras_compat import kinds
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.dialects.saved_functions import function_at, named_value, names, path_of, value_at
from torchkeras_compat.errors import FileSafetyError, UnknownNameError
from torchkeras_compat.serialization import serialize_keras_object

# A function that is added must be thought about: it takes tensors and settings, and gives tensors. It may open no file,
# reach no network, run no code and call no function that it is given.
_NUMBER = 755
_NEVER = (
    "tf.py_function tf.numpy_function tf.io.read_file tf.io.write_file tf.io.decode_image tf.map_fn tf.while_loop"
    " tf.cond tf.function tf.Variable tf.print tf.saved_model.load tf.signal.stft tf.image.adjust_jpeg_quality"
    " tf.random.set_seed keras.backend.function keras.backend.map_fn keras.backend.foldl keras.backend.rnn"
    " keras.backend.print_tensor keras.backend.set_value keras.backend.get_value keras.backend.set_session"
    " keras.backend.clear_session keras.backend.variable keras.backend.eval keras.backend.set_learning_phase"
    " keras.losses.get keras.losses.deserialize keras.metrics.get os.system builtins.eval"
).split()


def test_there_are_as_many_as_were_thought_about():
    assert len(names()) == _NUMBER


@pytest.mark.parametrize("path", _NEVER)
def test_what_acts_or_calls_functions_has_no_name(path):
    assert path not in names()
    with pytest.raises(FileSafetyError, match="none of those of tensors"):
        function_at(path)
    with pytest.raises(FileSafetyError, match="none of those of tensors"):
        value_at(path)


@pytest.mark.parametrize("path", [None, 3, "", "tf.", ["tf.abs"], {"a": 1}])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(FileSafetyError, match="none of those"):
        function_at(path)


def test_a_recorded_function_has_the_path_that_leads_to_it():
    for path in names():
        found = path_of(function_at(path)[0])
        assert found is not None, path
        assert function_at(found)[0] is function_at(path)[0], path


def test_functions_take_no_functions():
    for path in names():
        annotations = getattr(function_at(path)[0], "__annotations__", {})
        assert not any("Callable" in str(annotation) for annotation in annotations.values()), path


@pytest.mark.parametrize("path", ["tf.math.l2_normalize", "tf.nn.crelu", "keras.backend.relu", "keras.backend.shape"])
def test_a_function_given_as_a_value_comes_back(path):
    config = serialize_keras_object(value_at(path))
    assert config["module"] == kinds.OLD_FUNCTIONS
    assert config["config"] == path
    assert deserialize_as("activations", config) is value_at(path)
    assert pickle.loads(pickle.dumps(value_at(path))) is value_at(path)


def test_what_keras_has_is_named_as_keras_does():
    assert named_value(value_at("tf.nn.gelu")) == ("keras.activations", "gelu")
    assert named_value(value_at("tf.square")) == ("keras.ops", "square")
    assert named_value(len) is None


def test_values_are_plain_tensors():
    assert type(value_at("tf.math.l2_normalize")(torch.ones(2), 0)) is torch.Tensor


@pytest.mark.parametrize("wanted", ["layers", "initializers", "optimizers", "constraints"])
def test_no_other_position_takes_one(wanted):
    config = serialize_keras_object(value_at("tf.math.l2_normalize"))
    with pytest.raises((FileSafetyError, UnknownNameError)):
        deserialize_as(wanted, config)
