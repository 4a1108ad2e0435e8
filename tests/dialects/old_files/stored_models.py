"""Models that TensorFlow saved, in `.npz` files beside the tests: entries of their layers, and the numbers computed.

Of each output a file holds the shape, the dtype and up to 24 numbers spread over it, of 4 to 5 digits.
"""

from __future__ import annotations

import functools
import json
import pathlib

import numpy as np
import torch


@functools.cache
def stored(name):
    """Return the cases of a file, and its inputs by name."""
    with np.load(pathlib.Path(__file__).with_name(name)) as file:
        arrays = dict(file)
    bits = (arrays["high"].astype("uint32") << 16) | (arrays["low"].astype("uint32") << 11)
    numbers, at, found = bits.view("float32"), 0, []
    for case in json.loads(arrays["cases"].tobytes())["cases"]:
        *_, outputs, is_random = case
        count = 0 if is_random else sum(_count(*output) for output in outputs)
        found.append((*case, numbers[at : at + count]))
        at += count
    return found, {key.removeprefix("in_"): x for key, x in arrays.items() if key.startswith("in_")}


def _count(shape, dtype):
    if dtype == "bfloat16":
        return 0
    size = int(np.prod(shape)) * (2 if dtype.startswith("complex") else 1)
    return len(range(0, size, max(1, size // 24))[:24])


def model_json(inputs, entries, outputs):
    """Return what a file of a functional model holds: inputs as ``(name, shape, dtype)``, entries of layers."""
    ends = {"input_layers": [[name, 0, 0] for name, *_ in inputs], "output_layers": outputs}
    config = {"name": "m", "trainable": True, "layers": [_input(*x) for x in inputs] + entries, **ends}
    return json.dumps({"class_name": "Functional", "config": config, "keras_version": "2.15.0"})


def _input(name, shape, dtype):
    config = {"batch_input_shape": [None, *shape], "dtype": dtype, "sparse": False, "ragged": False, "name": name}
    return {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}


def specs_of(names, data):
    """Return the inputs of a case as :func:`model_json` takes them."""
    return [(f"in_{name}", data[name].shape[1:], str(data[name].dtype)) for name in names]


def check_outputs(model, names, data, outputs, is_random, numbers):
    """Assert that a model gives the outputs that TensorFlow gave."""
    x = [torch.as_tensor(data[name]) for name in names]
    found = model(x if len(x) > 1 else x[0])
    found = found if isinstance(found, (list, tuple)) else [found]
    assert len(found) == len(outputs)
    at = 0
    for y, (shape, dtype) in zip(found, outputs, strict=True):
        assert str(y.dtype) == f"torch.{dtype}"
        assert y.ndim == len(shape) if is_random else list(y.shape) == shape
        if is_random or dtype == "bfloat16":
            continue
        wanted = numbers[at : at + _count(shape, dtype)]
        at += len(wanted)
        tolerance = 4e-3 if dtype == "float16" else 1e-3  # as many digits are stored
        np.testing.assert_allclose(_spread(y), wanted, rtol=tolerance, atol=1e-4)


def _spread(x):
    if x.is_complex():
        x = torch.cat([x.real.reshape(-1), x.imag.reshape(-1)])
    x = x.detach().reshape(-1)
    return x[:: max(1, len(x) // 24)][:24].to(torch.float32).numpy()
