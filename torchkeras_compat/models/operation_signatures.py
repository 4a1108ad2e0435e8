"""How Keras stores functions of tensors: their classes, and which arguments are inputs of a call and which settings.

Keras makes an operation of each call on a symbolic tensor, ``Sum(axis=1).symbolic_call(x)`` for ``ops.sum(x, axis=1)``:
the settings go into the config of the operation, and the inputs, by position, into that of its call.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras_compat import kinds, public_names
from torchkeras_compat.config import floatx
from torchkeras_compat.errors import FileSafetyError, nearest
from torchkeras_compat.symbolic.node import symbolic_leaves

Function = Callable[..., Any]

# Parameters that Keras hands to `call`; all others are settings of the operation.
_INPUTS = frozenset(
    "x x1 x2 xs a b y array arrays inputs outputs images image1 image2 target output targets predictions data indices"
    " values weights condition start stop step fill_value operands key query value kernel depthwise_kernel"
    " pointwise_kernel bins q constant_values condlist choicelist default sorted_sequence segment_ids updates"
    " start_indices variable f init elems index branches loop_vars init_val pred true_fn false_fn elements mean"
    " variance offset scale gamma beta bias mask transform coordinates start_points end_points output_shape translation"
    " abs_ angle target_length output_length sequence_lengths min_vals max_vals tensor pattern volumes".split()
)
_SETTINGS = {"trapezoid": {"x"}, "squareplus": {"b"}, "bincount": {"weights"}, "unique": {"fill_value"}}
_SETTINGS |= {name: {"fill_value"} for name in ("resize", "affine_transform", "map_coordinates", "elastic_transform")}
_SETTINGS |= {name: {"offset"} for name in ("diagonal", "trace")}
_SETTINGS["perspective_transform"] = {"fill_value"}
_SETTINGS["histogram"] = {"bins"}
_MORE_INPUTS = {"isclose": _INPUTS | {"rtol", "atol"}}

# Classes whose name does not follow from that of the function.
_CLASSES = {
    "allclose": "AllClose",
    "isin": "IsIn",
    "searchsorted": "SearchSorted",
    "cdist": "CDist",
    "svd": "SVD",
    "jvp": "JVP",
    "psnr": "PSNR",
    "ssim": "SSIM",
    "ctc_loss": "CTCLoss",
    "ctc_decode": "CTCDecode",
    "rms_normalization": "RMSNorm",
    "layer_normalization": "LayerNorm",
    "batch_normalization": "BatchNorm",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "hsv_to_rgb": "HSVToRGB",
    "extract_patches_3d": "ExtractPatches",
    **{name: name.upper() for name in ("fft", "fft2", "ifft2", "rfft", "irfft", "stft", "istft")},
}
_CORE = frozenset(
    "map scan associative_scan scatter scatter_update slice slice_update switch while_loop stop_gradient fori_loop"
    " unstack cast saturate_cast convert_to_tensor cond vectorized_map".split()
)
# Operations of Keras that lie beside `ops`: module of the class, and public name of the function.
_ACTIVATIONS = "keras.src.activations.activations"
_QUANTIZERS = "keras.src.quantizers.quantizers"
_BESIDE = {
    "ReLU": (_ACTIVATIONS, "activations.relu"),
    "Mish": (_ACTIVATIONS, "activations.mish"),
    "FakeQuantWithMinMaxVars": (_QUANTIZERS, "quantizers.fake_quant_with_min_max_vars"),
}
# Functions whose further keyword arguments Keras takes in each call.
_NAMED_INPUTS = frozenset(("einsum", "rearrange"))
# Functions whose outputs Keras can only describe where all inputs have a dtype and a shape: not for numbers and lists.
_OF_ARRAYS = frozenset("bitwise_and bitwise_or bitwise_xor digitize heaviside hypot".split())
# Settings of operations of Keras 3.0 to 3.14 by their later names, None for one that says what is so anyway.
_OLD_SETTINGS: dict[str, dict[str, str | None]] = {
    "threshold": {"threshold_value": "threshold", "value": "default_value"},
    "fft": {"axis": None},
}


def is_beside_ops(function: Function) -> bool:
    """Return whether Keras has an operation of its own for a function that is none of `ops`.

    Example:
        >>> from torchkeras_compat import activations, ops
        >>> is_beside_ops(activations.relu), is_beside_ops(ops.relu)
        (True, False)
    """
    return not operation_name(function)[1].startswith("keras.src.ops")


def takes_name(function: Function) -> bool:
    """Return whether the class of Keras has a name among its settings."""
    return operation_name(function)[1] != _QUANTIZERS


def operation_name(function: Function) -> tuple[str, str]:
    """Return the class and the module under which Keras stores a function.

    Example:
        >>> from torchkeras_compat import ops
        >>> operation_name(ops.expand_dims), operation_name(ops.relu)
        (('ExpandDims', 'keras.src.ops.numpy'), ('Relu', 'keras.src.ops.nn'))
    """
    name = function.__name__.strip("_")
    for cls, (module, path) in _BESIDE.items():
        if path.rpartition(".")[2] == name and _raw(public_names.named(path)) is _raw(function):
            return cls, module
    cls = _CLASSES.get(name) or "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return cls, f"keras.src.ops.{_module(name)}"


def _module(name: str) -> str:
    if name in _CORE:
        return "core"
    if name == "rearrange":
        return "einops"
    if name == "get_item":
        return "numpy"
    for space in ("numpy", "nn", "linalg", "image"):
        if name in public_names.names_in(f"ops.{space}"):
            return space
    return "math"


def is_operation(module: Any, class_name: Any) -> bool:
    """Return whether a config names an operation rather than a layer.

    Example:
        >>> is_operation("keras.src.ops.nn", "Relu"), is_operation("keras.layers", "ReLU")
        (True, False)
        >>> is_operation(None, "Dense")
        False
    """
    if str(module or "").startswith("keras.src.ops"):
        return True
    return isinstance(class_name, str) and class_name in _BESIDE and _BESIDE[class_name][0] == module


def is_known(class_name: str) -> bool:
    """Return whether an operation of Keras has this name.

    Example:
        >>> is_known("ExpandDims"), is_known("SpatialDropout1D")
        (True, False)
    """
    return class_name in _BESIDE or class_name.lower() in _functions()


def is_input(function: Function, parameter: str) -> bool:
    """Return whether Keras takes an argument of a function in each call, and not as a setting of the operation."""
    name = function.__name__.strip("_")
    return parameter in _MORE_INPUTS.get(name, _INPUTS) and parameter not in _SETTINGS.get(name, ())


def split_call(
    function: Function, args: Any, kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any], dict[str, Any]]:
    """Return the inputs of a call, in Keras's order, those given by name, and its other arguments that are given.

    Example:
        >>> from torchkeras_compat import ops
        >>> split_call(ops.sum, (1,), {"axis": 0})
        ([1], {}, {'axis': 0})
    """
    signature = inspect.signature(function)
    name = function.__name__.strip("_")
    inputs: list[Any] = []
    named: dict[str, Any] = {}
    settings: dict[str, Any] = {"dtype": floatx()} if name == "one_hot" else {}  # torch's default in Keras is another
    bound = signature.bind(*args, **kwargs)
    given = set(bound.arguments)
    bound.apply_defaults()
    for key, value in bound.arguments.items():
        kind = signature.parameters[key].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            inputs.extend(value)
        elif kind is inspect.Parameter.VAR_KEYWORD:
            (named if name in _NAMED_INPUTS else settings).update(value)
        elif is_input(function, key) or symbolic_leaves(value):
            inputs.append(value)  # Keras's `call` may need one that is None by default here
        elif key in given and not (key == "dtype" and value is None):
            settings[key] = value
    if name == "extract_patches_3d" and isinstance(settings["size"], int):
        settings["size"] = (settings["size"],) * 3  # which tells the class that the inputs are volumes
    return inputs, named, settings


def with_arrays(function: Function, inputs: list[Any]) -> list[Any]:
    """Return the inputs of a call with numbers and lists as arrays, where Keras can only describe those."""
    if function.__name__ not in _OF_ARRAYS:
        return inputs
    dtypes = [x.dtype for x in symbolic_leaves(inputs)]
    is_number = [isinstance(x, (int, float, list, tuple)) and not symbolic_leaves(x) for x in inputs]
    return [np.asarray(x, dtypes[0]) if number else x for x, number in zip(inputs, is_number, strict=True)]


def joined_call(
    function: Function, settings: dict[str, Any], args: Any, kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a function for the settings of an operation and the arguments of a call of it.

    Raises:
        TypeError: a call has more arguments than the function.

    Example:
        >>> from torchkeras_compat import ops
        >>> joined_call(ops.sum, {"axis": 0}, [1], {})
        ([1], {'axis': 0})
    """
    parameters = inspect.signature(function).parameters
    names = [name for name, p in parameters.items() if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    named = {**settings, **kwargs}
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters.values()):
        first = [name for name in names if name in settings]  # `einsum(subscripts, *operands)`
        return [*(settings[name] for name in first), *args], {k: v for k, v in named.items() if k not in first}
    left = [name for name in names if name not in named]
    if all(is_input(function, name) for name in left if parameters[name].default is inspect.Parameter.empty):
        # Operations of Keras 3.0 to 3.9 take some settings in calls, after the inputs.
        left.sort(key=lambda name: not is_input(function, name))
    if len(args) > len(left):
        raise TypeError(f"{function.__name__} takes {left} in calls. Received: {len(args)} arguments.")
    found = dict(zip(left, args, strict=False))
    positional = [name for i, name in enumerate(names[: len(args)]) if left[i] == name]
    if positional != names[: len(positional)]:
        positional = []
    return [found.pop(name) for name in positional], {**named, **found}


@functools.cache
def _functions() -> dict[str, str]:
    spaces = (*(f"ops.{space}" for space in ("image", "linalg", "nn", "numpy")), "ops")
    names = {n.replace("_", ""): n for space in spaces for n in sorted(public_names.names_in(space))}
    return {cls.lower(): name for name, cls in _CLASSES.items()} | names


def function_named(class_name: str) -> Function:
    """Return the function, as users call it, that an operation of a file computes.

    Args:
        class_name: Keras's name of the class of the operation.

    Raises:
        FileSafetyError: the operation takes functions.
        ValueError: there is no such operation.

    Example:
        >>> function_named("ExpandDims").__name__
        'expand_dims'
    """
    if class_name in _BESIDE:
        return public_names.named(_BESIDE[class_name][1])  # type: ignore[no-any-return]
    known = _functions()
    name = known.get(class_name.lower())
    if name is None:
        raise ValueError(
            f"The file uses the operation {class_name!r}, which torchkeras_compat.ops does not have."
            f"{nearest(class_name, known)}"
        )
    found: Function | None = kinds.find("operations", name)
    if found is None:
        raise FileSafetyError(
            f"The file uses the operation {class_name!r}, which calls functions, and no function is taken from a file."
            " Put the computation into a `Layer` of your own, and pass it in `custom_objects`."
        )
    return found


def _raw(function: Function) -> Function:
    raw: Function = getattr(function, "__wrapped__", function)
    return raw


def renamed_settings(function: Function, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of an operation of Keras 3.0 to 3.14 by the names of the arguments of a function.

    Raises:
        ValueError: a setting that later versions do not have is not the value that they compute with.

    Example:
        >>> from torchkeras_compat import ops
        >>> renamed_settings(ops.threshold, {"threshold_value": 1, "value": 0})
        {'threshold': 1, 'default_value': 0}
    """
    old = _OLD_SETTINGS.get(function.__name__.strip("_"), {})
    found = {}
    for key, value in settings.items():
        name = old.get(key, key)
        if name is not None:
            found[name] = value
        elif value != -1:
            raise ValueError(f"{function.__name__} computes along the last axis. Received: {key}={value!r}")
    return found
