"""What notes take from TensorFlow around ``tf.keras``: a few functions of tensors, dtypes, seeds.

TensorFlow itself (graphs, ``GradientTape``, ``tf.data``) is not here, and asking for it says so.
"""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.public_names import named
from torchkeras_compat.random.seeding import set_random_seed

KERAS_VERSION = "3.15.1"  # the Keras whose public names this package mirrors
TENSORFLOW_VERSION = "2.20.0"  # one that came with Keras 3


def list_physical_devices(device_type: str | None = None) -> list[str]:
    """Return the devices of a type, ``"CPU"`` or ``"GPU"``, or all of them."""
    found = {"CPU": ["cpu"], "GPU": [f"cuda:{n}" for n in range(torch.cuda.device_count())]}
    return found.get(device_type, []) if device_type else [*found["CPU"], *found["GPU"]]


def constant(value: Any, dtype: Any = None, shape: Any = None) -> torch.Tensor:
    """Return a tensor of ``value``, broadcast to ``shape`` if given."""
    tensor = named("ops.convert_to_tensor")(value, dtype=dtype)
    return tensor if shape is None else tensor.broadcast_to(tuple(shape)).clone()


class Dtype(str):
    """The name of a dtype, which is what ``tf.float32`` stands for here."""


DTYPES = ("bool", "bfloat16", "float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64")

# Path below `tensorflow` -> public path here, or the object itself.
NAMES: dict[str, Any] = {
    "abs": "ops.abs",
    "argmax": "ops.argmax",
    "cast": "ops.cast",
    "clip_by_value": "ops.clip",
    "concat": "ops.concatenate",
    "config.list_physical_devices": list_physical_devices,
    "config.experimental.list_physical_devices": list_physical_devices,
    "constant": constant,
    "convert_to_tensor": "ops.convert_to_tensor",
    "device": "device",
    "equal": "ops.equal",
    "exp": "ops.exp",
    "expand_dims": "ops.expand_dims",
    "is_tensor": "ops.is_tensor",
    "math.abs": "ops.abs",
    "math.argmax": "ops.argmax",
    "math.exp": "ops.exp",
    "math.log": "ops.log",
    "math.maximum": "ops.maximum",
    "math.minimum": "ops.minimum",
    "math.pow": "ops.power",
    "math.reduce_max": "ops.max",
    "math.reduce_mean": "ops.mean",
    "math.reduce_min": "ops.min",
    "math.reduce_sum": "ops.sum",
    "math.sigmoid": "ops.sigmoid",
    "math.sqrt": "ops.sqrt",
    "math.square": "ops.square",
    "math.tanh": "ops.tanh",
    "matmul": "ops.matmul",
    "maximum": "ops.maximum",
    "minimum": "ops.minimum",
    "multiply": "ops.multiply",
    "nn.elu": "ops.elu",
    "nn.gelu": "ops.gelu",
    "nn.leaky_relu": "ops.leaky_relu",
    "nn.log_softmax": "ops.log_softmax",
    "nn.relu": "ops.relu",
    "nn.sigmoid": "ops.sigmoid",
    "nn.softmax": "ops.softmax",
    "nn.softplus": "ops.softplus",
    "nn.tanh": "ops.tanh",
    "one_hot": "ops.one_hot",
    "ones": "ops.ones",
    "ones_like": "ops.ones_like",
    "pow": "ops.power",
    "random.normal": "random.normal",
    "random.set_seed": set_random_seed,
    "random.uniform": "random.uniform",
    "reduce_max": "ops.max",
    "reduce_mean": "ops.mean",
    "reduce_min": "ops.min",
    "reduce_sum": "ops.sum",
    "reshape": "ops.reshape",
    "set_random_seed": set_random_seed,
    "shape": "ops.shape",
    "sigmoid": "ops.sigmoid",
    "sqrt": "ops.sqrt",
    "square": "ops.square",
    "squeeze": "ops.squeeze",
    "stack": "ops.stack",
    "tanh": "ops.tanh",
    "Tensor": torch.Tensor,
    "transpose": "ops.transpose",
    "Variable": "Variable",
    "where": "ops.where",
    "zeros": "ops.zeros",
    "zeros_like": "ops.zeros_like",
    **{name: Dtype(name) for name in DTYPES},
}

# Arguments by which TensorFlow's functions differ.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "keep_dims": ("keepdims",),
    "values": ("xs", "arrays", "tensors"),
    "input_tensor": ("x",),
    "depth": ("num_classes",),
    "clip_value_min": ("x_min",),
    "clip_value_max": ("x_max",),
    "perm": ("axes",),
    "logits": ("x",),
}
