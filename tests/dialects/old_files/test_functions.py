"""Functions of TensorFlow in models of tf.keras 2.15: entries as it wrote them, and the numbers that it computed.

`functions.npz` holds models that TensorFlow 2.15.1 saved, a function and a form of its arguments each, as the entries
of their layers, and of each output the shape, the dtype and up to 24 numbers spread over it, of 4 to 5 digits.
"""

from __future__ import annotations

import functools
import json
import pathlib

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.errors import FileContentError, FileSafetyError

_FILE = pathlib.Path(__file__).with_name("functions.npz")


@functools.cache
def _stored():
    with np.load(_FILE) as file:
        arrays = dict(file)
    bits = (arrays["high"].astype("uint32") << 16) | (arrays["low"].astype("uint32") << 11)
    inputs = {name.removeprefix("in_"): x for name, x in arrays.items() if name.startswith("in_")}
    return json.loads(arrays["cases"].tobytes())["cases"], bits.view("float32"), inputs


def _places():
    """Where the numbers of each case begin."""
    at = 0
    for *_, outputs, is_random in _stored()[0]:
        yield at
        if not is_random:
            at += sum(_count(shape, dtype) for shape, dtype in outputs)


def _count(shape, dtype):
    if dtype == "bfloat16":
        return 0
    size = int(np.prod(shape)) * (2 if dtype.startswith("complex") else 1)
    return len(range(0, size, max(1, size // 24))[:24])


def _of_layer(name, kind, function, nodes):
    config = {"name": name, "trainable": True, "dtype": "float32", "function": function}
    return {"class_name": kind, "config": config, "name": name, "inbound_nodes": nodes}


def _input(name, shape, dtype):
    config = {"batch_input_shape": [None, *shape], "dtype": dtype, "sparse": False, "ragged": False, "name": name}
    return {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}


def _model(inputs, layers, outputs):
    """A file of a functional model: inputs as ``(name, shape, dtype)``, layers as :func:`_of_layer` takes them."""
    entries = [_input(*x) for x in inputs] + [_of_layer(*layer) for layer in layers]
    ends = {"input_layers": [[name, 0, 0] for name, *_ in inputs], "output_layers": outputs}
    config = {"name": "m", "trainable": True, "layers": entries, **ends}
    return json.dumps({"class_name": "Functional", "config": config, "keras_version": "2.15.0", "backend": "tensorflow"})


def _loaded(inputs, layers, outputs):
    return keras.models.model_from_json(_model(inputs, layers, outputs))


def _numbers(x):
    if x.is_complex():
        x = torch.cat([x.real.reshape(-1), x.imag.reshape(-1)])
    x = x.detach().reshape(-1)
    return x[:: max(1, len(x) // 24)][:24].to(torch.float32).numpy()


def _check(found, case, at):
    *_, outputs, is_random = case
    assert len(found) == len(outputs)
    for x, (shape, dtype) in zip(found, outputs, strict=True):
        assert str(x.dtype) == f"torch.{dtype}"
        assert x.ndim == len(shape) if is_random else list(x.shape) == shape
        if is_random or dtype == "bfloat16":
            continue
        wanted = _stored()[1][at : at + _count(shape, dtype)]
        at += len(wanted)
        tolerance = 4e-3 if dtype == "float16" else 1e-3  # as many digits are stored
        np.testing.assert_allclose(_numbers(x), wanted, rtol=tolerance, atol=1e-4)


@pytest.mark.parametrize(("case", "at"), list(zip(_stored()[0], _places(), strict=True)), ids=[c[0] for c in _stored()[0]])
def test_a_function_gives_the_numbers_of_tensorflow(case, at):
    _, names, layers, outputs, *_ = case
    data = _stored()[2]
    specs = [(f"in_{name}", data[name].shape[1:], str(data[name].dtype)) for name in names]
    model = _loaded(specs, layers, outputs)
    found = model([torch.as_tensor(data[name]) for name in names] if len(names) > 1 else torch.as_tensor(data[names[0]]))
    _check(found if isinstance(found, (list, tuple)) else [found], case, at)


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


@pytest.mark.parametrize(
    "function", ["io.read_file", "io.write_file", "py_function", "numpy_function", "map_fn", "saved_model.load", "", None,
                 "os.system", "__operators__.__class__", "image.adjust_jpeg_quality", "compat.v1.py_func", ["math.abs"]]
)  # fmt: skip
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
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        keras.models.model_from_json(_one(function, kwargs(size)))
    except (ValueError, TypeError, RuntimeError, MemoryError):
        pass
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
