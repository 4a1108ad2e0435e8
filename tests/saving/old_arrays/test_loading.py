"""Whole files of old versions. Oracle: tf.keras 2.15.1 (numbers as noted), and the arithmetic of the layers."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers, models
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.utils.kernels import convert_all_kernels_in_model

R = np.random.RandomState(0)


def new(*shape):
    return R.normal(size=shape).astype("float32")


def model_of(*made, shape):
    return ours.Sequential([ours.Input(shape), *made])


@pytest.mark.parametrize(
    ("version", "backend", "name", "expected"),
    [
        ("2.1.3", "theano", "c/kernel", [5, 11, 23, 29]),
        ("2.1.3", b"theano", "c/kernel", [5, 11, 23, 29]),
        ("2.1.3", "tensorflow", "c/kernel:0", [19, 25, 37, 43]),
        ("2.3.1", "cntk", "c/kernel", [19, 25, 37, 43]),
        (None, None, "c_W", [5, 11, 23, 29]),
        (None, None, "c_W:0", [19, 25, 37, 43]),
    ],
)
@pytest.mark.parametrize("by_name", [False, True])
def test_a_convolution_of_theano(write_layers, version, backend, name, expected, by_name):
    kernel = np.arange(4, dtype="float32").reshape(2, 2, 1, 1)
    path = write_layers({"c": [(name, kernel)]}, version, backend)
    model = model_of(layers.Conv2D(1, 2, use_bias=False, name="c"), shape=(3, 3, 1))
    model.load_weights(path, by_name=by_name)
    x = np.arange(9, dtype="float32").reshape(1, 3, 3, 1)
    np.testing.assert_array_equal(model.predict(x, verbose=0).ravel(), expected)


def test_wrappers_and_nested_models_of_theano(write_layers):
    kernels = [new(2, 2, 1, 3), new(2, 2, 3, 12), new(2, 2, 3, 12), new(2, 2, 3, 12), new(2, 2, 3, 12)]
    bias = new(12)
    inner = model_of(layers.TimeDistributed(layers.Conv2D(3, 2, use_bias=False)), shape=(4, 6, 6, 1))
    model = model_of(inner, layers.Bidirectional(layers.ConvLSTM2D(3, 2)), shape=(4, 6, 6, 1))
    path = write_layers(
        {
            "sequential_1": [("time_distributed_1/kernel", kernels[0])],
            "bidirectional_1": [
                (f"bidirectional_1/{way}_conv_lst_m2d_1/{part}", array)
                for way, pair in (("forward", kernels[1:3]), ("backward", kernels[3:]))
                for part, array in (("kernel", pair[0]), ("recurrent_kernel", pair[1]), ("bias", bias))
            ],
        },
        "2.2.4",
        "theano",
    )
    model.load_weights(path)
    found = model.get_weights()
    for array, expected in zip([found[i] for i in (0, 1, 2, 4, 5)], kernels, strict=True):
        np.testing.assert_array_equal(array, expected[::-1, ::-1])
    np.testing.assert_array_equal(found[3], bias)


def test_recurrent_layers_of_cudnn_are_read_by_those_of_today(write_layers):
    values = np.linspace(-1, 1, 2 * 8 + 2 * 8 + 16, dtype="float32")
    arrays = [values[:16].reshape(2, 8), values[16:32].reshape(2, 8), values[32:]]
    parts = ("kernel", "recurrent_kernel", "bias")
    path = write_layers(
        {"cu_dnnlstm": [(f"cu_dnnlstm/{p}:0", a) for p, a in zip(parts, arrays, strict=True)]}, "2.2.4", "tensorflow"
    )
    model = model_of(layers.LSTM(2), shape=(3, 2))
    model.load_weights(path)
    x = np.arange(6, dtype="float32").reshape(1, 3, 2) / 6
    # of tf.keras 2.15.1, from the same file
    np.testing.assert_allclose(model.predict(x, verbose=0), [[0.1686573177576065, 0.647146999835968]], rtol=1e-5)


def test_a_gru_of_cudnn_is_one_that_resets_after(write_layers):
    gru = model_of(layers.GRU(2, reset_after=False), shape=(3, 2))
    path = write_layers(
        {"g": [("g/kernel:0", new(2, 6)), ("g/recurrent_kernel:0", new(2, 6)), ("g/bias:0", new(12))]}, "2.2.4"
    )
    with pytest.raises(FileContentError, match=r"expects 3 weights of shapes .*\(6,\)\], the file has 3 of .*\(2, 6\)"):
        gru.load_weights(path)


def test_layers_of_models_that_a_merge_held(write_layers):
    names = ["dense_1", "dense_2", "dense_3"]
    arrays: dict = {name: [(f"{name}_W:0", new(4, 4)), (f"{name}_b:0", new(4))] for name in names}
    path = write_layers({**dict(list(arrays.items())[:2]), "merge_1": [], "dense_3": arrays["dense_3"]})
    a, b = (model_of(layers.Dense(4), shape=(4,)) for _ in range(2))
    joined = layers.Add()([a.outputs[0], b.outputs[0]])
    whole = ours.Sequential([ours.Input((4,)), layers.Dense(4)])
    model = ours.Model([a.inputs[0], b.inputs[0]], whole(joined))
    model.load_weights(path)
    for array, (_, expected) in zip(model.get_weights(), itertools.chain(*arrays.values()), strict=True):
        np.testing.assert_array_equal(array, expected)


def test_counted_arrays_of_keras_0(tmp_path):
    kernel, bias, dense = new(5, 1, 2, 2), new(5), new(20, 3)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["nb_layers"] = 3
        for i, arrays in enumerate(([kernel, bias], [], [dense, new(3)])):
            group = file.create_group(f"layer_{i}")
            group.attrs["nb_params"] = len(arrays)
            for k, array in enumerate(arrays):
                group[f"param_{k}"] = array
    model = model_of(
        layers.Conv2D(5, 2, data_format="channels_first"), layers.Flatten(), layers.Dense(3), shape=(1, 3, 3)
    )
    with pytest.warns(UserWarning, match="read as one of Theano, the default of that Keras"):
        model.load_weights(tmp_path / "w.h5")
    np.testing.assert_array_equal(model.get_weights()[0], np.moveaxis(kernel, (0, 1), (3, 2))[::-1, ::-1])
    np.testing.assert_array_equal(model.get_weights()[2], dense)
    with pytest.raises(FileContentError, match="kept no names of layers"):
        model.load_weights(tmp_path / "w.h5", by_name=True)


def test_code_of_keras_1_that_turns_kernels_itself(write_layers):
    kernel = np.arange(4, dtype="float32").reshape(2, 2, 1, 1)
    path = write_layers({"c": [("c_W", kernel)]})
    model = model_of(layers.Conv2D(1, 2, use_bias=False), shape=(3, 3, 1))
    model.load_weights(path)
    with pytest.warns(UserWarning, match=r"it was turned round when it was loaded"):
        convert_all_kernels_in_model(model)
    np.testing.assert_array_equal(model.get_weights()[0], kernel[::-1, ::-1])
    model.set_weights([kernel])  # from somewhere else
    convert_all_kernels_in_model(model)
    np.testing.assert_array_equal(model.get_weights()[0], kernel[::-1, ::-1])


def test_counted_arrays_of_nested_models_lie_layer_by_layer(tmp_path):
    inner = model_of(layers.BatchNormalization(), layers.Dense(4), shape=(4,))
    arrays = [np.abs(new(*w.shape)) for w in inner.weights]
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["nb_layers"] = 1
        group = file.create_group("layer_0")
        group.attrs["nb_params"] = len(arrays)
        for k, array in enumerate(arrays):
            group[f"param_{k}"] = array
    model = model_of(inner, shape=(4,))
    model.load_weights(tmp_path / "w.h5")
    found = model.get_weights()
    np.testing.assert_allclose(found[3], (arrays[3] + 1e-3) ** 2 - 1e-3, rtol=1e-5)  # a standard deviation there
    for i in (0, 1, 2, 4, 5):
        np.testing.assert_array_equal(found[i], arrays[i])


def test_a_graph_of_keras_0(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.create_group("graph").attrs["nb_params"] = 0
    with pytest.raises(FileContentError, match="weights of a `Graph` of Keras before 1.0"):
        model_of(layers.Dense(2), shape=(4,)).load_weights(tmp_path / "w.h5")


def test_weights_that_do_not_fit_are_skipped_one_by_one(write_layers):
    kernel, bias = new(4, 3), new(2)
    path = write_layers({"d": [("d/kernel:0", kernel), ("d/bias:0", bias)]}, "2.3.0")
    for by_name in (False, True):
        model = model_of(layers.Dense(3, name="d"), shape=(4,))
        before = model.get_weights()
        with pytest.raises(FileContentError, match=r"layer 'd' in .*\[\(4, 3\), \(3,\)\], the file has .*\(2,\)\]"):
            model.load_weights(path, by_name=by_name)
        np.testing.assert_array_equal(model.get_weights()[0], before[0])
        with pytest.warns(UserWarning, match="Those that do not fit keep their values"):
            model.load_weights(path, by_name=by_name, skip_mismatch=True)
        np.testing.assert_array_equal(model.get_weights()[0], kernel)
        np.testing.assert_array_equal(model.get_weights()[1], before[1])


def test_numbers_of_other_sizes(write_layers):
    for dtype in ("float16", "float64", ">f4", "int32"):
        kernel = np.arange(6).reshape(2, 3).astype(dtype)
        path = write_layers({"d": [("d/kernel:0", kernel), ("d/bias:0", np.zeros(3, dtype))]}, "2.3.0")
        model = model_of(layers.Dense(3), shape=(2,))
        model.load_weights(path)
        np.testing.assert_array_equal(model.get_weights()[0], np.arange(6).reshape(2, 3))


def test_what_is_not_numbers_is_refused(write_layers):
    for value in (np.array([b"text"] * 3), np.zeros(3, complex)):
        path = write_layers({"d": [("d/kernel:0", np.zeros((2, 3))), ("d/bias:0", value)]}, "2.3.0", name="x.h5")
        model = model_of(layers.Dense(3), shape=(2,))
        before = model.get_weights()
        with pytest.raises(FileContentError, match="layer 'dense.* do not fit"):
            model.load_weights(path)
        np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_branches_of_a_merge_of_keras_2(tmp_path: Path) -> None:
    def dense(name: str, **settings: Any) -> dict[str, Any]:
        return {"class_name": "Dense", "config": {"name": name, "units": 1, **settings}}

    branches = [
        {"class_name": "Sequential", "config": [dense(name, batch_input_shape=[None, 2])]} for name in ("a", "b")
    ]
    merge = {"name": "m", "mode": "sum", "mode_type": "raw", "layers": branches}
    config = {"class_name": "Sequential", "config": [{"class_name": "Merge", "config": merge}, dense("c")]}
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs.update(keras_version="2.1.6", backend="tensorflow", model_config=json.dumps(config))
        group = file.create_group("model_weights")
        group.attrs.update(layer_names=[b"a", b"b", b"c"], keras_version="2.1.6", backend="tensorflow")
        for name, kernel in (("a", [[1.0], [0.0]]), ("b", [[0.0], [2.0]]), ("c", [[3.0]])):
            found = group.create_group(name)
            names = [f"{name}/kernel:0", f"{name}/bias:0"]
            found.attrs["weight_names"] = [n.encode() for n in names]
            found[names[0]], found[names[1]] = np.array(kernel, "float32"), np.zeros(1, "float32")
    x = np.array([[1.0, 10.0]], "float32")
    assert models.load_model(path).predict([x, x], verbose=0).tolist() == [[63.0]]


def test_names_with_slashes_are_matched_by_those_of_today(write_layers):
    kernels = {"conv/d": new(4, 3), "e/f": new(3, 2), "e_f": new(3, 2)}
    path = write_layers({name: [(f"{name}/kernel:0", kernel)] for name, kernel in kernels.items()}, "2.3.0")
    first, second = (layers.Dense(units, use_bias=False, name=name) for units, name in ((3, "conv_d"), (2, "e_f")))
    model = model_of(first, second, shape=(4,))
    model.load_weights(path, by_name=True)
    np.testing.assert_array_equal(model.get_weights()[0], kernels["conv/d"])
    np.testing.assert_array_equal(model.get_weights()[1], kernels["e_f"])  # the name itself comes first
