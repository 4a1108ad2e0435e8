"""`STFTSpectrogram` beside real Keras, and beside SciPy's spectrograms."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Sequential, device, layers, saving

X = np.random.default_rng(0).normal(size=(2, 45, 3)).astype("float32")
MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


def same_as_keras(real_keras: ModuleType, x: np.ndarray, **arguments: Any) -> None:
    ours, theirs = layers.STFTSpectrogram(**arguments), real_keras.layers.STFTSpectrogram(**arguments)
    wanted = theirs(x).detach()
    found = ours(x).detach()
    if ours.mode == "angle":  # pi and -pi are the same, and which one it is rounding decides
        wanted, found = torch.polar(torch.ones(()), wanted), torch.polar(torch.ones(()), found)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)
    assert ours.compute_output_shape(x.shape) == tuple(wanted.shape)
    assert {**ours.get_config(), "name": ""} == {**theirs.get_config(), "name": ""}
    assert [(w.name, tuple(w.shape)) for w in ours.weights] == [(w.name, tuple(w.shape)) for w in theirs.weights]
    for own, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(own, other, atol=1e-5)  # theirs are rounded earlier


@pytest.mark.parametrize("expand_dims", [False, True])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("mode", MODES)
def test_modes_and_layouts_are_those_of_keras(
    mode: str, data_format: str, expand_dims: bool, real_keras: ModuleType
) -> None:
    x = X if data_format == "channels_last" else X.transpose(0, 2, 1)
    # A window that is nowhere zero: the phase of a number that is almost 0 is anything.
    same_as_keras(
        real_keras, x, mode=mode, frame_length=8, data_format=data_format, expand_dims=expand_dims, window="hamming"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {"padding": "same", "frame_step": 3},
        {"padding": "same", "frame_step": 8},
        {"fft_length": 16},
        {"fft_length": 32},
        {"frame_length": 7, "frame_step": 2},
        {"scaling": "spectrum"},
        {"scaling": None, "window": None},
        {"periodic": True, "window": "blackman"},
        {"window": [0.1, 0.5, 1.0, 2.0, 2.0, 1.0, 0.5, 0.1]},
        {"trainable": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["psd", "stft"])
def test_arguments_are_those_of_keras(mode: str, arguments: dict[str, Any], real_keras: ModuleType) -> None:
    same_as_keras(real_keras, X, **{"frame_length": 8, "mode": mode, **arguments})


@pytest.mark.filterwarnings("ignore:`fft_length` is recommended")
def test_odd_lengths_are_those_of_keras(real_keras: ModuleType) -> None:
    same_as_keras(real_keras, X, frame_length=8, fft_length=15)


@pytest.mark.parametrize("mode", ["psd", "magnitude"])
@pytest.mark.parametrize("scaling", ["density", "spectrum"])
def test_numbers_are_those_of_scipy(mode: str, scaling: str) -> None:
    signal = pytest.importorskip("scipy.signal")
    arguments = {"frame_length": 16, "frame_step": 4, "fft_length": 32}
    layer = layers.STFTSpectrogram(mode, window="hann", periodic=True, scaling=scaling, **arguments)
    *_, wanted = signal.spectrogram(
        X[..., 0], window="hann", nperseg=16, noverlap=12, nfft=32, mode=mode, scaling=scaling, detrend=False
    )
    np.testing.assert_allclose(layer(X[..., :1]).detach(), wanted.transpose(0, 2, 1), rtol=1e-3, atol=1e-3)


def test_files_go_both_ways(tmp_path: Path, real_keras: ModuleType) -> None:
    window = np.hamming(8)
    model = Sequential([Input((45, 3)), layers.STFTSpectrogram("psd", 8, window=window), layers.Dense(2)])
    wanted = model.predict(X, verbose=0)
    model.layers[0].real_kernel.assign(model.layers[0].real_kernel * 2.0)
    changed = model.predict(X, verbose=0)
    assert not np.allclose(wanted, changed)
    model.save(tmp_path / "ours.keras")
    theirs = real_keras.models.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(theirs.predict(X, verbose=0), changed, rtol=1e-4, atol=1e-5)
    theirs = real_keras.Sequential(
        [real_keras.Input((45, 3)), real_keras.layers.STFTSpectrogram("psd", 8, window=window)]
    )
    theirs.save(tmp_path / "theirs.keras")  # which real Keras cannot load: the window is an array in the config
    again: Any = saving.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-4, atol=1e-5)


def test_kernels_train_unless_they_are_frozen() -> None:
    for trainable in (True, False):
        layer = layers.STFTSpectrogram(frame_length=8, trainable=trainable)
        model = Sequential([layer, layers.GlobalAveragePooling1D(), layers.Dense(1)])
        model.compile("sgd", "mse")
        model(X)
        before = layer.real_kernel.numpy().copy()
        model.fit(X, np.ones((2, 1)), verbose=0)
        assert np.array_equal(before, layer.real_kernel.numpy()) is not trainable
        assert [v.path.rpartition("/")[2] for v in layer.weights] == ["real_kernel", "imag_kernel"]


@pytest.mark.parametrize("dtype", ["float64", "float16", "mixed_bfloat16"])
def test_policies_decide_the_dtype(dtype: str) -> None:
    layer = layers.STFTSpectrogram(frame_length=8, dtype=dtype)
    assert layer(X).dtype is getattr(torch, dtype.removeprefix("mixed_"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "spectrogram"}, "mode=spectrogram"),
        ({"padding": "causal"}, "padding=causal"),
        ({"scaling": "l2"}, "scaling=l2"),
        ({"window": "unknowable"}, "unknowable"),
        ({"window": [1.0, 2.0]}, r"shape=\(2,\)"),
        ({"frame_length": 4.5}, "frame_length=4.5"),
        ({"frame_step": 0}, "frame_step=0"),
        ({"frame_step": 1024}, "frame_step=1024"),
        ({"fft_length": 128}, "fft_length=128"),
        ({"data_format": "channels_middle"}, "channels_middle"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layers.STFTSpectrogram(**arguments)


def test_wrong_inputs_are_refused() -> None:
    with pytest.raises(TypeError, match=r"input type=torch.int32.*astype\('float32'\)"):
        layers.STFTSpectrogram(frame_length=8)(torch.zeros(2, 45, 1, dtype=torch.int32))
    layer = layers.STFTSpectrogram(frame_length=8)
    for x in (X, Input((None, 3))):
        layer(x)  # signals of any length
    for too_short in (X[:, :7], Input((7, 3))):
        with pytest.raises(ValueError, match=r"frames of 8 steps.*inputs.shape=\((2|None), 7, 3\)"):
            layer(too_short)
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        layers.STFTSpectrogram(frame_length=8)(X[0])
    with pytest.raises(ValueError, match="number of channels .* must be known"):
        layers.STFTSpectrogram(frame_length=8)(Input((45, None)))


def test_it_is_built_on_any_device() -> None:
    with device("meta"):
        assert layers.STFTSpectrogram(frame_length=8)(torch.empty(2, 64, 1)).is_meta
