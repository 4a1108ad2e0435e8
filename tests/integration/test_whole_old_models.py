"""Whole models of Keras 1 and 2, config and arrays together. Oracle: the formulas of the layers in NumPy."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers

R = np.random.RandomState(0)


def new(*shape):
    return R.normal(size=shape).astype("float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def write(path, config, weights, version, backend=None):
    """Write a model whose arrays are named whole, `{layer: [(name, array), ...]}`."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["model_config"] = json.dumps(config).encode()
        group = file.create_group("model_weights")
        if backend is not None:
            group.attrs["keras_version"], group.attrs["backend"] = version.encode(), backend.encode()
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, arrays in weights.items():
            below = group.create_group(layer)
            below.attrs["weight_names"] = [name.encode() for name, _ in arrays]
            for name, array in arrays:
                below[name] = array


def entry(kind, name, **settings):
    return {"class_name": kind, "config": {"name": name, "trainable": True, **settings}}


def dense1(name):
    no = dict.fromkeys(("W_regularizer", "b_regularizer", "activity_regularizer", "W_constraint", "b_constraint"))
    return entry(
        "Dense", name, output_dim=2, init="glorot_uniform", activation="linear", bias=True, input_dim=None, **no
    )


@pytest.mark.parametrize("is_theano", [False, True])
@pytest.mark.parametrize("ordering", ["th", "tf"])
def test_a_convolution_of_keras_1(tmp_path, ordering, is_theano):
    is_th = ordering == "th"
    conv = entry(
        "Convolution2D",
        "convolution2d_1",
        batch_input_shape=[None, 2, 5, 5] if is_th else [None, 5, 5, 2],
        input_dtype="float32",
        nb_filter=3,
        nb_row=2,
        nb_col=2,
        init="glorot_uniform",
        activation="linear",
        border_mode="valid",
        subsample=[1, 1],
        dim_ordering=ordering,
        bias=True,
    )
    config = {"class_name": "Sequential", "config": [conv, entry("Flatten", "flatten_1"), dense1("dense_1")]}
    kernel, bias, matrix, offset = new(3, 2, 2, 2), new(3), new(48, 2), new(2)
    end = "" if is_theano else ":0"
    stored = kernel if is_th else kernel.transpose(2, 3, 1, 0)
    weights = {
        "convolution2d_1": [(f"convolution2d_1_W{end}", stored), (f"convolution2d_1_b{end}", bias)],
        "flatten_1": [],
        "dense_1": [(f"dense_1_W{end}", matrix), (f"dense_1_b{end}", offset)],
    }
    write(tmp_path / "a.h5", config, weights, "1.2.2")
    x = new(2, 2, 5, 5)
    seen = kernel[:, :, ::-1, ::-1] if is_theano else kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(2, 3))  # batch, channels, 4, 4, 2, 2
    mapped = np.einsum("bchwij,fcij->bfhw", windows, seen) + bias[:, None, None]
    flat = (mapped if is_th else mapped.transpose(0, 2, 3, 1)).reshape(2, -1)
    model = ours.saving.load_model(tmp_path / "a.h5")
    found = model.predict(x if is_th else x.transpose(0, 2, 3, 1), verbose=0)
    np.testing.assert_allclose(found, flat @ matrix + offset, rtol=1e-4, atol=1e-4)


def recurrent1(kind, name, **settings):
    return entry(
        kind,
        name,
        output_dim=3,
        init="glorot_uniform",
        inner_init="orthogonal",
        activation="tanh",
        inner_activation="sigmoid",
        return_sequences=True,
        go_backwards=False,
        stateful=False,
        unroll=False,
        consume_less="cpu",
        dropout_W=0.0,
        dropout_U=0.0,
        **settings,
    )


def gates(name, features, order):
    shapes = {"W": (features, 3), "U": (3, 3), "b": (3,)}
    return {f"{kind}_{gate}": new(*shapes[kind]) for gate in order for kind in "WUb"}


def test_recurrent_layers_of_keras_1(tmp_path):
    lstm, gru = gates("lstm_1", 2, "icfo"), gates("gru_1", 3, "zrh")
    matrix, offset = new(3, 2), new(2)
    config = [
        recurrent1("LSTM", "lstm_1", forget_bias_init="one", batch_input_shape=[None, 4, 2], input_dtype="float32"),
        recurrent1("GRU", "gru_1"),
        entry("TimeDistributed", "timedistributed_1", layer=dense1("dense_1")),
    ]
    weights = {
        "lstm_1": [(f"lstm_1_{key}:0", array) for key, array in lstm.items()],
        "gru_1": [(f"gru_1_{key}:0", array) for key, array in gru.items()],
        "timedistributed_1": [("dense_1_W:0", matrix), ("dense_1_b:0", offset)],
    }
    write(tmp_path / "a.h5", {"class_name": "Sequential", "config": config}, weights, "1.1.0")
    x, h, c, g, expected = new(2, 4, 2), np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)), []
    for t in range(4):
        z = {k: x[:, t] @ lstm[f"W_{k}"] + h @ lstm[f"U_{k}"] + lstm[f"b_{k}"] for k in "icfo"}
        c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["c"])
        h = sigmoid(z["o"]) * np.tanh(c)
        update, reset = (sigmoid(h @ gru[f"W_{k}"] + g @ gru[f"U_{k}"] + gru[f"b_{k}"]) for k in "zr")
        g = update * g + (1 - update) * np.tanh(h @ gru["W_h"] + (reset * g) @ gru["U_h"] + gru["b_h"])
        expected.append(g @ matrix + offset)
    model = ours.saving.load_model(tmp_path / "a.h5")
    np.testing.assert_allclose(model.predict(x, verbose=0), np.stack(expected, 1), rtol=1e-4, atol=1e-5)


def test_layers_of_cudnn(tmp_path):
    common = {"units": 3, "return_sequences": True, "return_state": False, "go_backwards": False, "stateful": False}
    config = [
        entry("CuDNNLSTM", "cu_dnnlstm_1", batch_input_shape=[None, 4, 2], dtype="float32", **common),
        entry(
            "Bidirectional", "bidirectional_1", merge_mode="concat", layer=entry("CuDNNGRU", "cu_dnngru_1", **common)
        ),
    ]
    parts = ("kernel", "recurrent_kernel", "bias")
    lstm = [new(2, 12), new(3, 12), new(24)]
    ways = {way: [new(3, 9), new(3, 9), new(18)] for way in ("forward", "backward")}
    weights = {
        "cu_dnnlstm_1": [(f"cu_dnnlstm_1/{p}:0", a) for p, a in zip(parts, lstm, strict=True)],
        "bidirectional_1": [
            (f"bidirectional_1/{way}_cu_dnngru_1/{p}:0", a)
            for way, arrays in ways.items()
            for p, a in zip(parts, arrays, strict=True)
        ],
    }
    write(tmp_path / "a.h5", {"class_name": "Sequential", "config": config}, weights, "2.1.6", "tensorflow")
    x = new(2, 4, 2)
    # cuDNN computes with a matrix of units times features for each gate, and with two biases.
    w = [k.reshape(3, 2) for k in np.hsplit(lstm[0], 4)]
    u = list(np.hsplit(lstm[1], 4))
    b = lstm[2].reshape(2, 4, 3).sum(0)
    h, c, hidden = np.zeros((2, 3)), np.zeros((2, 3)), []
    for t in range(4):
        i, f, n, o = (x[:, t] @ w[k].T + h @ u[k].T + b[k] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(n)
        h = sigmoid(o) * np.tanh(c)
        hidden.append(h)

    def gru(arrays, sequence):
        w, u = [k.reshape(3, 3) for k in np.hsplit(arrays[0], 3)], list(np.hsplit(arrays[1], 3))
        b, g, found = arrays[2].reshape(2, 3, 3), np.zeros((2, 3)), []
        for step in sequence:
            at, before = ([step @ w[k].T + b[0, k] for k in range(3)], [g @ u[k].T + b[1, k] for k in range(3)])
            update, reset = sigmoid(at[0] + before[0]), sigmoid(at[1] + before[1])
            g = update * g + (1 - update) * np.tanh(at[2] + reset * before[2])
            found.append(g)
        return found

    expected = [np.stack(gru(ways["forward"], hidden), 1), np.stack(gru(ways["backward"], hidden[::-1])[::-1], 1)]
    model = ours.saving.load_model(tmp_path / "a.h5")
    found = model.predict(x, verbose=0)
    np.testing.assert_allclose(found, np.concatenate(expected, -1), rtol=1e-4, atol=1e-5)
    plain = ours.Sequential([ours.Input((4, 2)), layers.LSTM(3, return_sequences=True)])
    plain.add(layers.Bidirectional(layers.GRU(3, return_sequences=True)))
    plain.load_weights(tmp_path / "a.h5")
    np.testing.assert_allclose(plain.predict(x, verbose=0), found, rtol=1e-5, atol=1e-6)
