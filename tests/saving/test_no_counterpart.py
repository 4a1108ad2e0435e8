"""One warning for all that a model holds and Keras 3 has not."""

from __future__ import annotations

import types
import warnings
from typing import Any

import numpy as np
import pytest
from torch import nn

import torchkeras_compat as ours
from torchkeras_compat.errors import PortabilityWarning
from torchkeras_compat.legacy.layers.locally_connected import LocallyConnected1D
from torchkeras_compat.legacy.layers.thresholded_relu import ThresholdedReLU
from torchkeras_compat.saving.keras2_hard_sigmoid import keras2_hard_sigmoid


def _old_model() -> Any:
    lstm = ours.layers.LSTM(2, recurrent_activation=keras2_hard_sigmoid)
    return ours.Sequential(
        [ours.Input((6, 2)), LocallyConnected1D(3, 2), ThresholdedReLU(0.5), ThresholdedReLU(1), lstm]
    )


def _saved(model: Any, path: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model.save(path)
    assert all(w.category is PortabilityWarning for w in found)
    return [str(w.message) for w in found]


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_all_parts_are_named_in_one_warning_of_each_save(tmp_path, ending):
    model = _old_model()
    for _ in range(2):
        (message,) = _saved(model, tmp_path / f"a.{ending}")
        assert "no LocallyConnected1D, ThresholdedReLU, keras2_hard_sigmoid" in message
        assert "'torchkeras_compat>keras2_hard_sigmoid'" in message
        assert "`ReLU(threshold=theta)`" in message
    assert ours.saving.load_model(tmp_path / f"a.{ending}").count_params() == model.count_params()


def test_keras_loads_the_model_as_the_warning_says(real_keras: types.ModuleType, tmp_path: Any) -> None:
    x = ours.Input((3,))
    model = ours.Model(x, ours.layers.Dense(2, activation=keras2_hard_sigmoid)(ThresholdedReLU(0.5)(x)))
    _saved(model, tmp_path / "a.keras")
    objects = {
        "ThresholdedReLU": type(
            "ThresholdedReLU",
            (real_keras.layers.ReLU,),
            {"from_config": classmethod(lambda cls, c: cls(threshold=c["theta"], name=c["name"]))},
        ),
        "torchkeras_compat>keras2_hard_sigmoid": lambda x: real_keras.ops.clip(0.2 * x + 0.5, 0, 1),
    }
    loaded = real_keras.models.load_model(tmp_path / "a.keras", custom_objects=objects)
    data = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    np.testing.assert_allclose(loaded.predict(data, verbose=0), model.predict(data, verbose=0), atol=1e-6)


def test_plain_modules_are_said_to_need_the_torch_backend(tmp_path):
    (message,) = _saved(ours.Sequential([ours.Input((3,)), nn.Linear(3, 2)]), tmp_path / "a.keras")
    assert "`safe_mode=False`" in message


def test_nothing_is_said_of_what_keras_has(tmp_path):
    class Own(ours.layers.Layer):
        def call(self, x):
            return x

    layers = [ours.layers.Dense(2, activation="hard_sigmoid"), Own(), ours.layers.ReLU(threshold=0.5)]
    model = ours.Sequential([ours.Input((3,)), *layers])
    model.compile("adam", "huber", metrics=["acc"])
    assert _saved(model, tmp_path / "a.keras") == []
