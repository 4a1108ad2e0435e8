"""Recorded functions of `ops` in files: Keras stores an operation as a class, its settings apart from its inputs."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat import kinds, public_names
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.errors import FileSafetyError, nearest
from torchkeras_compat.ops import indexing
from torchkeras_compat.own_code import is_own
from torchkeras_compat.saving.file_limits import current_limits
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.old_files import OLD_FUNCTION
from torchkeras_compat.serialization import serialize_config
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import symbolic_leaves
from torchkeras_compat.symbolic.operation import FunctionCall
from torchkeras_compat.symbolic.shapes import infer_outputs

# Parameters that Keras hands to `call`; all others are settings of the operation.
_INPUTS = frozenset(
    "x x1 x2 xs a b y array arrays inputs outputs images image1 image2 target output targets predictions data indices"
    " values weights condition start stop step fill_value operands key query value kernel depthwise_kernel"
    " pointwise_kernel bins q constant_values condlist choicelist default sorted_sequence segment_ids updates"
    " start_indices variable f init elems index branches loop_vars init_val pred true_fn false_fn elements mean"
    " variance offset scale gamma beta bias mask transform coordinates start_points end_points output_shape translation"
    " abs_ angle target_length output_length sequence_lengths".split()
)
_SETTINGS = {"trapezoid": {"x"}, "squareplus": {"b"}, "bincount": {"weights"}, "unique": {"fill_value"}}
_SETTINGS |= {name: {"fill_value"} for name in ("resize", "affine_transform", "map_coordinates", "elastic_transform")}
_MORE_INPUTS = {"isclose": _INPUTS | {"rtol", "atol"}}
_SETTINGS["perspective_transform"] = {"fill_value"}
_SETTINGS["histogram"] = {"bins"}

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
    **{name: name.upper() for name in ("fft", "fft2", "ifft2", "rfft", "irfft", "stft", "istft")},
}
_CORE = frozenset(
    "map scan associative_scan scatter scatter_update slice slice_update switch while_loop stop_gradient fori_loop"
    " unstack cast saturate_cast convert_to_tensor cond vectorized_map".split()
)


_BYTES_TO_FIND_SHAPES = 2**24
_Calls = list[tuple[Any, dict[str, Any]]]


def operation_name(function: Callable[..., Any]) -> tuple[str, str]:
    """Return the class and the module under which Keras stores a function of `ops`.

    Example:
        >>> from torchkeras_compat import ops
        >>> operation_name(ops.expand_dims), operation_name(ops.relu)
        (('ExpandDims', 'keras.src.ops.numpy'), ('Relu', 'keras.src.ops.nn'))
    """
    name = function.__name__.strip("_")
    cls = _CLASSES.get(name) or "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return cls, f"keras.src.ops.{_module(name)}"


def _module(name: str) -> str:
    if name in _CORE:
        return "core"
    if name == "get_item":
        return "numpy"
    for space in ("numpy", "nn", "linalg", "image"):
        if name in public_names.names_in(f"ops.{space}"):
            return space
    return "math"


def operation_class(operation: Any) -> str:
    """Return Keras's name of the class of an operation."""
    return operation_name(operation.function)[0] if isinstance(operation, FunctionCall) else type(operation).__name__


def operation_config(operation: FunctionCall, calls: _Calls) -> tuple[dict[str, Any], _Calls]:
    """Return the config of an operation, and the arguments of its calls without what the config holds.

    Args:
        operation: Recorded function.
        calls: Positional and keyword arguments of its calls.

    Raises:
        ValueError: the function is none of `ops`, nor one of an old dialect that files may name.
    """
    function = operation.function
    if not _is_of_ops(function):
        old = _of_old_dialect(operation, calls)
        if isinstance(old, dict):
            return old, calls
        function, calls = old
    cls, module = operation_name(function)
    config: dict[str, Any] = {"name": operation.name}
    left: list[tuple[Any, dict[str, Any]]] = []
    for args, kwargs in calls:
        inputs, settings = _split(function, args, kwargs)
        config.update({k: v for k, v in settings.items() if k != "name"})
        left.append(([list(x) if isinstance(x, tuple) else x for x in inputs], {}))
    entry = {"module": module, "class_name": cls, "config": serialize_config(config), "registered_name": cls}
    return entry, left


def _is_of_ops(function: Callable[..., Any]) -> bool:
    return str(getattr(function, "__module__", "")).startswith(("torchkeras_compat.ops.", __name__))


def _of_old_dialect(operation: FunctionCall, calls: _Calls) -> dict[str, Any] | tuple[Callable[..., Any], _Calls]:
    """Return the function of `ops` that a function of an old dialect means, with its calls; else an entry of its own.

    Raises:
        ValueError: no file can name the function.
    """
    function = operation.function
    path = public_names.named("dialects.saved_functions.path_of")(function) if is_own(function) else None
    if path is None:
        raise ValueError(
            f"The model calls {getattr(function, '__module__', None)}.{getattr(function, '__name__', function)} on"
            f" symbolic tensors (operation '{operation.name}'), which no config can name. Use the function of `ops`, or"
            " put the call into a `Layer`."
        )
    core_call = public_names.named("dialects.core_calls.core_call")
    found = [core_call(path, function, args, kwargs) for args, kwargs in calls]
    if found and None not in found:
        return getattr(found[0][0], "__wrapped__", found[0][0]), [call[1:] for call in found]
    config = {"name": operation.name, "function": path}
    return {"module": kinds.OLD_FUNCTIONS, "class_name": OLD_FUNCTION, "config": config, "registered_name": None}


def _split(function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the inputs of a call, in order, and its settings."""
    signature = inspect.signature(function)
    name = function.__name__.strip("_")
    inputs, settings = [], {}
    bound = signature.bind(*args, **kwargs)
    given = set(bound.arguments)
    bound.apply_defaults()
    for key, value in bound.arguments.items():
        kind = signature.parameters[key].kind
        is_input = key in _MORE_INPUTS.get(name, _INPUTS) and key not in _SETTINGS.get(name, ())
        if kind is inspect.Parameter.VAR_POSITIONAL:
            inputs.extend(value)
        elif kind is inspect.Parameter.VAR_KEYWORD:
            settings.update(value)
        elif is_input or symbolic_leaves(value):
            inputs.append(value)  # Keras's `call` may need one that is None by default here
        elif key in given:
            settings[key] = value
    return inputs, settings


@functools.cache
def _functions() -> dict[str, str]:
    spaces = (*(f"ops.{space}" for space in ("image", "linalg", "nn", "numpy")), "ops")
    names = {n.replace("_", ""): n for space in spaces for n in sorted(public_names.names_in(space))}
    return {cls.lower(): name for name, cls in _CLASSES.items()} | names


class OpFromConfig(FunctionCall):
    """The operation of a file, with the settings that are stored with it.

    Args:
        class_name: Keras's name of the class.
        config: Its settings.

    Raises:
        FileSafetyError: the operation takes functions.
        ValueError: there is no such operation.
    """

    def __init__(self, class_name: str, config: dict[str, Any]) -> None:
        spec = _get_item_spec if class_name == "GetItem" else None
        super().__init__(_function(class_name), name=config.get("name"), output_spec=spec)
        self.settings = {k: deserialize_as((), v) for k, v in config.items() if k != "name"}

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record one call, the settings among its arguments."""
        first, settings = _before_inputs(self.function, self.settings)
        names = list(inspect.signature(self.function).parameters)
        if not first and not settings.keys().isdisjoint(names[: len(args)]):  # `pad(x, pad_width, mode, constant)`
            inputs = [name for name in names if name not in settings]
            args, kwargs = args[:1], {**dict(zip(inputs[1:], args[1:], strict=False)), **kwargs}
        return super().symbolic_call(*first, *args, **{**settings, **kwargs})


def _before_inputs(function: Callable[..., Any], settings: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the settings that stand before any number of inputs, ``einsum(subscripts, *operands)``, and the others."""
    parameters = inspect.signature(function).parameters.values()
    if not any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters):
        return [], settings
    names = [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    first = [name for name in names if name in settings]
    return [settings[name] for name in first], {k: v for k, v in settings.items() if k not in first}


def check_operation(class_name: str) -> None:
    """Refuse an operation that a file may not name.

    Raises:
        FileSafetyError: the operation takes functions.
        ValueError: there is no such operation.
    """
    _function(class_name)


def _function(class_name: str) -> Callable[..., Any]:
    if class_name == "GetItem":
        return get_item
    known = _functions()
    name = known.get(class_name.lower())
    if name is None:
        raise ValueError(
            f"The file uses the operation {class_name!r}, which torchkeras_compat.ops does not have."
            f"{nearest(class_name, known)}"
        )
    function = kinds.find("operations", name)
    if function is None:
        raise FileSafetyError(
            f"The file uses the operation {class_name!r}, which calls functions, and no function is taken from a file."
            " Put the computation into a `Layer` of your own, and pass it in `custom_objects`."
        )
    raw: Callable[..., Any] = getattr(function, "__wrapped__", function)
    return raw


def old_function(config: Any) -> FunctionCall:
    """Return the operation of a function of an old dialect, of a config that :func:`operation_config` returned.

    Raises:
        FileSafetyError: the function is none that files may name.
    """
    path = config.get("function") if isinstance(config, dict) else None
    function, spec = public_names.named("dialects.saved_functions.function_at")(path)

    def within_memory(*args: Any, **kwargs: Any) -> Any:
        """Find the outputs, for which small values may be computed: sizes of axes, and what follows from these."""
        limits = dataclasses.replace(current_limits(), bytes_without_weights=_BYTES_TO_FIND_SHAPES)
        with MemoryBudget(str(path), None, limits):
            return infer_outputs(function, args, kwargs) if spec is None else spec(*args, **kwargs)

    return _OldCall(function, config.get("name"), within_memory)


class _OldCall(FunctionCall):
    """The operation of a function of an old dialect, of a file."""

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record one call, in which constants have the dtypes that they had when it was saved."""
        with_dtypes = public_names.named("dialects.old_files.constants.with_dtypes")
        args, kwargs = with_dtypes(self.function, args, kwargs)
        return super().symbolic_call(*args, **kwargs)


def get_item(x: torch.Tensor | KerasTensor, key: Any) -> Any:
    """Return ``x[key]``; files hold tuples as lists."""
    return indexing.get_item(x, tuple(key) if isinstance(key, list) else key)


def _get_item_spec(x: Any, key: Any) -> Any:
    spec: Callable[..., Any] = indexing.get_item._output_spec
    return spec(x, tuple(key) if isinstance(key, list) else key)
