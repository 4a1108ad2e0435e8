"""Functions of TensorFlow in models of tf.keras 2.15: entries as it wrote them, and the numbers that it computed.

`functions.npz` holds models that TensorFlow 2.15.1 saved, a function and a form of its arguments each.
"""

from __future__ import annotations

import contextlib
import json
import resource

import pytest
import torch

import torchkeras_compat as keras
from tests.dialects.old_files.stored_models import check_outputs, model_json, specs_of, stored
from torchkeras_compat.errors import FileContentError, FileSafetyError

_CASES, _DATA = stored("functions.npz")


def _entry(name, kind, function, nodes):
    config = {"name": name, "trainable": True, "dtype": "float32", "function": function}
    return {"class_name": kind, "config": config, "name": name, "inbound_nodes": nodes}


def _model(inputs, layers, outputs):
    return model_json(inputs, [_entry(*layer) for layer in layers], outputs)


def _loaded(inputs, layers, outputs):
    return keras.models.model_from_json(_model(inputs, layers, outputs))


@pytest.mark.parametrize("case", _CASES, ids=[case[0] for case in _CASES])
def test_a_function_gives_the_numbers_of_tensorflow(case):
    _, names, layers, ends, *expected = case
    model = _loaded(specs_of(names, _DATA), layers, ends)
    check_outputs(model, names, _DATA, *expected)


_X = ("x", [4], "float32")


def _one(function, kwargs, first=("x", 0, 0), kind="TFOpLambda"):
    return _model([_X], [("f", kind, function, [[*first, kwargs]])], [["f", 0, 0]])


def test_layers_keep_their_names_and_are_found_by_them():
    model = _loaded([_X], [("tf.math.subtract", "TFOpLambda", "math.subtract", [["x", 0, 0, {"y": 1.0}]])],
                    [["tf.math.subtract", 0, 0]])  # fmt: skip
    assert model.get_layer("tf.math.subtract").output.shape == (None, 4)
    assert "tf.math.subtract" in json.dumps(model.get_config())


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "int32"])
def test_a_constant_on_the_left_takes_the_dtype_of_the_tensor(dtype):
    number = 1 if dtype == "int32" else 1.0
    node = [["_CONSTANT_VALUE", -1, number, {"y": ["x", 0, 0], "name": None}]]
    model = _loaded([("x", [2], dtype)], [("f", "TFOpLambda", "math.subtract", node)], [["f", 0, 0]])
    found = model(torch.tensor([[3, 5]], dtype=getattr(torch, dtype)))
    torch.testing.assert_close(found, torch.tensor([[-2, -4]], dtype=getattr(torch, dtype)))


def test_models_are_saved_as_functions_that_keras_has():
    model = keras.models.model_from_json(_one("math.subtract", {"y": ["x", 0, 0]}, ("_CONSTANT_VALUE", -1, 1.0)))
    assert [entry["class_name"] for entry in model.get_config()["layers"]] == ["InputLayer", "Subtract"]
    reversed_ = {"slice_spec": [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]}
    model = keras.models.model_from_json(_one("__operators__.getitem", reversed_, kind="SlicingOpLambda"))
    assert [entry["class_name"] for entry in model.get_config()["layers"]] == ["InputLayer", "Flip"]


_REFUSED = (
    "io.read_file io.write_file py_function numpy_function map_fn saved_model.load os.system __operators__.__class__"
    " image.adjust_jpeg_quality compat.v1.py_func"
).split()


@pytest.mark.parametrize("function", [*_REFUSED, "", None, ["math.abs"]])
def test_what_acts_or_calls_functions_is_refused(function):
    with pytest.raises(FileSafetyError, match="none of those of tensors that a file may name"):
        keras.models.model_from_json(_one(function, {}))


@pytest.mark.parametrize("function", ["einsum", "meshgrid", "__operators__.eq"])
def test_calls_that_the_file_does_not_hold_are_refused(function):
    with pytest.raises(FileContentError, match=f"calls `tf.{function}` in layer 'f' but does not say on which tensors"):
        keras.models.model_from_json(_one(function, {}))


@pytest.mark.parametrize("kind", ["ClassMethod", "InstanceMethod", "InstanceProperty"])
def test_ragged_tensors_are_refused(kind):
    with pytest.raises(FileContentError, match=f"Layer 'f' of the file is a {kind}: it makes or reads ragged"):
        keras.models.model_from_json(_one(None, {}, kind=kind))


def test_an_unknown_argument_is_refused():
    with pytest.raises(FileContentError, match="calls `tf.math.subtract` in layer 'f' with the argument `z`"):
        keras.models.model_from_json(_one("math.subtract", {"y": 1.0, "z": 2}))


@pytest.mark.parametrize("size", [10**8, 10**12])
@pytest.mark.parametrize(
    ("function", "kwargs"),
    [
        ("tile", lambda n: {"multiples": [1, n]}),
        ("repeat", lambda n: {"repeats": n}),
        ("one_hot", lambda n: {"depth": n}),
        ("pad", lambda n: {"paddings": [[0, 0], [n, n]]}),
        ("eye", lambda n: {"num_columns": n}),
        ("linalg.diag", lambda n: {"k": n}),
        ("math.top_k", lambda n: {"k": n}),
        ("broadcast_to", lambda n: {"shape": [1, n, 4]}),
        ("signal.rfft", lambda n: {"fft_length": [n]}),
        ("signal.stft", lambda n: {"frame_length": n, "frame_step": n}),
        ("random.normal", lambda n: {"mean": n}),
    ],
)
def test_sizes_allocate_nothing(function, kwargs, size):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(FileContentError):
        keras.models.model_from_json(_one(function, kwargs(size)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_dtypes_may_be_numbers():
    model = keras.models.model_from_json(_one("cast", {"dtype": 9}))
    assert model.output.dtype == "int64"
    with pytest.raises(FileContentError, match="999 is not a dtype"):
        keras.models.model_from_json(_one("cast", {"dtype": 999}))


def test_layers_take_constants_in_the_place_of_tensors():
    node = [[["x", 0, 0, {}], ["_CONSTANT_VALUE", -1, [[1.0, 2.0, 3.0, 4.0]], {}]]]
    entry = {"class_name": "Add", "config": {"name": "add"}, "name": "add", "inbound_nodes": node}
    model = keras.models.model_from_json(model_json([_X], [entry], [["add", 0, 0]]))
    assert model(torch.zeros(1, 4)).tolist() == [[1.0, 2.0, 3.0, 4.0]]
