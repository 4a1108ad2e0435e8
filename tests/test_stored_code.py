"""Lambdas that files hold as bytecode. Oracle: the lambda itself, and files of real Keras."""

from __future__ import annotations

import base64
import marshal

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import config, layers
from torchkeras_compat.errors import FileContentError, FileSafetyError
from torchkeras_compat.stored_code import parts_of, stored_function


@pytest.fixture
def opened(monkeypatch):
    monkeypatch.setattr("torchkeras_compat.stored_code.SWITCH.is_on", False)
    with pytest.warns(UserWarning, match="runs the Python lambdas that its file holds.*custom_objects"):
        config.enable_unsafe_deserialization()


def dumped(function):
    return base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")


def test_a_function_comes_back_with_its_defaults_and_closure():
    factor = 3
    function = lambda x, y=2: x * factor + y  # noqa: E731
    again = stored_function(dumped(function), [2], [3])
    assert again(5) == function(5) == 17
    assert again(5, 1) == 16


def test_other_bytecode_is_refused():
    for code in ("not base64!", base64.b64encode(b"\x00garbage").decode(), base64.b64encode(marshal.dumps(3)).decode()):
        with pytest.raises(FileContentError, match="custom_objects"):
            stored_function(code)
    with pytest.raises(FileContentError, match="variables that it takes from around it"):
        stored_function(dumped(lambda x: x), None, [1])
    with pytest.raises(FileContentError, match="holds no `code`"):
        parts_of({"class_name": "__lambda__", "config": {}})


def model(space):
    inputs = space.Input((3,))
    return space.Model(inputs, space.layers.Lambda(lambda x: x * 2 + 1, name="double")(inputs))


def test_files_with_lambdas_load_only_after_the_switch(real_keras, tmp_path, opened, monkeypatch):
    model(ours).save(tmp_path / "ours.keras")
    model(real_keras).save(tmp_path / "theirs.keras")
    for name in ("ours.keras", "theirs.keras"):
        again = ours.saving.load_model(tmp_path / name)
        np.testing.assert_array_equal(again.predict(np.ones((2, 3)), verbose=0), np.full((2, 3), 3.0))
    monkeypatch.setattr("torchkeras_compat.stored_code.SWITCH.is_on", False)
    for name in ("ours.keras", "theirs.keras"):
        for safe_mode in (True, False):
            with pytest.raises(ValueError, match="never loaded"):
                ours.saving.load_model(tmp_path / name, safe_mode=safe_mode)


def test_only_lambdas_where_a_function_may_stand_are_opened(opened):
    stored = {"class_name": "__lambda__", "config": {"code": dumped(lambda x: x), "defaults": None, "closure": None}}
    assert layers.Lambda.from_config({"function": stored, "name": "a"})(torch.ones(2)).tolist() == [1.0, 1.0]
    dense = layers.Dense(2, activation="relu").get_config()
    assert layers.Dense.from_config({**dense, "activation": stored})(torch.ones(1, 2)).shape == (1, 2)
    with pytest.raises(ValueError, match="never loaded"):
        layers.Dense.from_config({**dense, "kernel_initializer": stored})
    with pytest.raises((FileSafetyError, ValueError)):
        ours.saving.deserialize_keras_object({"module": "os", "class_name": "function", "config": "system"})
    with pytest.raises((FileSafetyError, ValueError)):
        ours.saving.deserialize_keras_object({"module": "subprocess", "class_name": "Popen", "config": {"args": "ls"}})
