"""`MelSpectrogram` beside real Keras."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, device, layers, saving

X = np.random.default_rng(0).normal(size=(3, 400)).astype("float32") * np.float32([[1.0], [1e-6], [100.0]])
SMALL: dict[str, Any] = {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 4, "sampling_rate": 8000}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"power_to_db": False},
        {"top_db": 20.0},
        {"mag_exp": 1.0},
        {"mag_exp": 1.5},
        {"ref_power": 100.0},
        {"min_power": 1.0},
        {"window": None},
        {"window": "hamming", "sequence_length": 32},
        {"window": np.hanning(64).tolist()},
        {"min_freq": 300.0, "max_freq": 2000.0},
        {"fft_length": 63},
        {"sequence_stride": 7, "num_mel_bins": 12},
        {"sampling_rate": 11025},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "x", [X, X[0], X[None], X.astype("float64"), (X * 100).astype("int32")], ids=["2", "1", "3", "double", "int"]
)
def test_numbers_are_those_of_keras(arguments: dict[str, Any], x: np.ndarray, real_keras: ModuleType) -> None:
    arguments = {**SMALL, **arguments}
    ours, theirs = layers.MelSpectrogram(**arguments), real_keras.layers.MelSpectrogram(**arguments)
    wanted = theirs(x)
    torch.testing.assert_close(ours(x), wanted, rtol=1e-3, atol=1e-3 if ours.power_to_db else 1e-5)
    assert ours.compute_output_shape(x.shape) == tuple(wanted.shape)
    assert {**ours.get_config(), "name": ""} == {**theirs.get_config(), "name": ""}
    assert ours.weights == []


@pytest.mark.parametrize("arguments", [(), (5, 9, 8000, 20.0, 4000.0), (128, 1025, 16000, 0.0, 8000.0, "float64")])
def test_bands_are_those_of_keras(arguments: tuple[Any, ...], real_keras: ModuleType) -> None:
    ours = layers.MelSpectrogram().linear_to_mel_weight_matrix(*arguments)
    theirs = real_keras.layers.MelSpectrogram().linear_to_mel_weight_matrix(*arguments)
    torch.testing.assert_close(ours.float(), theirs, rtol=1e-4, atol=2e-4)  # theirs are computed in float32


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_policies_decide_the_dtype(dtype: str, real_keras: ModuleType) -> None:
    ours = layers.MelSpectrogram(dtype=dtype, **SMALL)(X)
    assert ours.dtype is real_keras.layers.MelSpectrogram(dtype=dtype, **SMALL)(X).dtype
    reference = layers.MelSpectrogram(**SMALL)(X)
    torch.testing.assert_close(ours.float(), reference, rtol=0.05, atol=3.0)


def test_the_default_layer_is_that_of_keras(real_keras: ModuleType) -> None:
    x = np.random.default_rng(1).normal(size=(1, 8000)).astype("float32")
    torch.testing.assert_close(layers.MelSpectrogram()(x), real_keras.layers.MelSpectrogram()(x), rtol=1e-3, atol=1e-3)


def test_files_go_both_ways(tmp_path: Path, real_keras: ModuleType) -> None:
    for keras, other, path in ((None, real_keras, "ours.keras"), (real_keras, None, "theirs.keras")):
        kind, place = (layers, Input) if keras is None else (keras.layers, keras.Input)
        sequential = Sequential if keras is None else keras.Sequential
        model = sequential([place((400,)), kind.MelSpectrogram(window=np.hanning(64), **SMALL)])
        model.save(tmp_path / path)
        load = saving.load_model if other is None else other.models.load_model
        again: Any = load(tmp_path / path)
        np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-3, atol=1e-3)


def test_gradients_reach_the_signal() -> None:
    x = torch.tensor(X, requires_grad=True)
    layers.MelSpectrogram(top_db=None, **SMALL)(x).sum().backward()
    assert x.grad is not None and bool(x.grad.isfinite().all())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fft_length": 0}, "fft_length=0"),
        ({"sequence_stride": 0}, "sequence_stride=0"),
        ({"num_mel_bins": 2.5}, "num_mel_bins=2.5"),
        ({"sequence_length": 128}, "sequence_length=128, fft_length=64"),
        ({"sampling_rate": 0}, "sampling_rate=0"),
        ({"min_freq": 5000.0}, "min_freq=5000.0"),
        ({"window": "kaiser"}, "window=kaiser"),
        ({"window": [1, 2]}, r"shape=\(2,\)"),
        ({"min_power": 0.0}, "min_power=0.0"),
        *(
            ({name: value}, f"{name}={value!r}")
            for name in ("sampling_rate", "min_freq", "max_freq", "mag_exp", "min_power", "ref_power", "top_db")
            for value in ("a", float("nan"), True)
        ),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layers.MelSpectrogram(**{**SMALL, **arguments})


def test_signals_that_are_too_short_are_refused() -> None:
    layer = layers.MelSpectrogram(**SMALL)
    assert layer(Input((None,))).shape == (None, 4, None)
    for x in (X[:, :32], Input((32,))):
        with pytest.raises(ValueError, match=r"mirrors 32 steps .*inputs.shape=\((3|None), 32\)"):
            layer(x)
    with pytest.raises(ValueError, match="Received: a scalar"):
        layers.MelSpectrogram(**SMALL)(np.float32(1.0))


@pytest.mark.parametrize("window", ["hann", [1.0] * 16])
def test_it_is_built_on_any_device(window: Any) -> None:
    with device("meta"):
        layer = layers.MelSpectrogram(16, 8, window=window, num_mel_bins=4)
        assert layer(torch.empty(2, 64)).is_meta


@pytest.mark.parametrize("shape", [(0, 128), (2, 0, 128)])
def test_there_may_be_no_signals(shape: tuple[int, ...]) -> None:
    layer = layers.MelSpectrogram(**SMALL)
    assert layer(np.zeros(shape, "float32")).shape == layer.compute_output_shape(shape)
