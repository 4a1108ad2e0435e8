"""Functions of old dialects that files may name: those of tensors, by the public path that code knows them by.

``tf.math.l2_normalize`` or ``keras.backend.batch_dot`` as a step of a functional model. What opens files, reaches the
network, prints, or calls a function that it is given is not listed, and so no file can name it. A file that names
a function of this list is read by this package alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from torchkeras_compat import public_names
from torchkeras_compat.dialects.names.backend import ROWS
from torchkeras_compat.dialects.tensorflow.names.table import PATHS
from torchkeras_compat.errors import FileSafetyError, nearest
from torchkeras_compat.kinds import OLD_FUNCTIONS

Function = Callable[..., Any]

# Modules of `dialects.tensorflow` all of whose functions of tensors are listed.
_MODULES = (
    *(f"arrays.{name}" for name in "blocks casting creation gathering joining ordering padding rearranging".split()),
    *(f"arrays.{name}" for name in "scattering selection shapes slicing".split()),
    *(f"image.{name}" for name in "adjusting boxes colors cropping morphology quality random_changes resizing".split()),
    *(f"linalg.{name}" for name in "diagonals factors products solving".split()),
    *(f"math.{name}" for name in "arithmetic clipping comparison counting cumulative elementwise reduction".split()),
    *(f"math.{name}" for name in "segments special trigonometry".split()),
    *(f"nn.{name}" for name in "activations convolution crossentropy lookup normalization pooling".split()),
    *("bitwise", "creation", "random.stateful", "random.stateless"),
    *(f"signal.{name}" for name in "cosine fourier frames mel".split()),
)
_TENSORFLOW = frozenset(f"dialects.tensorflow.{module}" for module in _MODULES)
# They write and read images in a format of files; `window_fn` is a function.
_LEFT_OUT = frozenset(
    "image.adjust_jpeg_quality image.random_jpeg_quality image.stateless_random_jpeg_quality signal.stft"
    " signal.inverse_stft".split()
)
# They call functions that they are given, or print.
_OF_FUNCTIONS = frozenset("map_fn foldl foldr rnn print_tensor".split())
# What public functions record in place of themselves.
_BEHIND = {
    "keras.activations.hard_sigmoid": "saving.keras2_hard_sigmoid.keras2_hard_sigmoid",
    "keras.backend.expand_dims": "legacy.backend.shapes._expanded",
    "keras.backend.in_train_phase": "legacy.backend.control_flow._by_phase",
    "keras.backend.moving_average_update": "legacy.backend.graph.updates._averaged",
    "keras.backend.shape": "legacy.backend.operands.shape_vector",
    "keras.backend.size": "legacy.backend.inspection._product",
    "keras.backend.switch": "legacy.backend.control_flow._chosen",
    "keras.backend.zeros": "legacy.backend.variables._filled",
    "tf.fill": "dialects.tensorflow.creation._expanded",
    "tf.zeros": "dialects.tensorflow.creation._filled",
    "tf.identity": "dialects.tensorflow.creation._copied",
    "tf.__operators__.getitem": "dialects.tensorflow.arrays.slicing.getitem",
    "tf.debugging.check_numerics": "dialects.tensorflow.debugging.comparison.checked",
    **{
        f"tf.signal.{n}_by_window_name": f"dialects.tensorflow.signal.frames.{n}_by_window_name"
        for n in ("stft", "inverse_stft")
    },
    **{
        f"tf.quantization.{n}": f"dialects.tensorflow.math.fake_quantization.{n}"
        for n in (f"fake_quant_with_min_max_{kind}" for kind in ("args", "vars", "vars_per_channel"))
    },
    "tf.nn.conv_transpose": "dialects.tensorflow.nn.convolution._any_transpose",
    "keras.losses.cosine_proximity": "legacy.losses.cosine_proximity.cosine_proximity",
    "keras.losses.hinge_of_signs": "legacy.losses.hinge_of_signs.hinge_of_signs",
    "keras.losses.squared_hinge_of_signs": "legacy.losses.hinge_of_signs.squared_hinge_of_signs",
    "keras.losses.huber_loss": "legacy.losses.huber_loss.huber_loss",
    "keras.losses.mean_cosine_proximity": "legacy.losses.cosine_proximity.mean_cosine_proximity",
    "keras1.backend.kernel": "legacy.backend.keras1._last_axes",
    **{f"keras.metrics.{n}": f"legacy.metrics.batch_scores.{n}" for n in "fbeta_score fmeasure precision".split()},
    "keras.metrics.cosine_similarity": "legacy.losses.cosine_proximity.cosine_similarity_metric",
    "keras.backend.batch_dot_by_matrices": "legacy.backend.products.batch_dot_by_matrices",
    "keras.backend.resize_images_from_corner": "legacy.backend.images.resize_images_from_corner",
    **{f"keras.metrics.{n}": f"legacy.metrics.batch_scores.{n}" for n in ("recall", "matthews_correlation")},
}

# Functions that record nothing themselves but call such as do: for `Lambda` and where activations are given.
_VALUES = {
    **{f"keras.backend.{n}": f"legacy.backend.reductions.{n}" for n in "all any logsumexp max mean min prod".split()},
    **{f"keras.backend.{n}": f"legacy.backend.reductions.{n}" for n in "std sum var".split()},
    "keras.backend.expand_dims": "legacy.backend.shapes.expand_dims",
    "keras.backend.shape": "legacy.backend.inspection.shape",
    "keras.backend.size": "legacy.backend.inspection.size",
}
# Those that are activations of Keras 3, with the same defaults.
_ACTIVATIONS = {
    **{f"keras.backend.{name}": name for name in ("elu", "softmax")},
    **{
        f"tf.{path}": path.rpartition(".")[2]
        for path in (
            *(f"nn.{name}" for name in "elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax".split()),
            *("nn.softplus", "nn.softsign", "nn.tanh", "sigmoid", "tanh"),
        )
    },
}
# Those that are functions of `ops` of the same name.
_OF_OPS = frozenset(
    (
        *(f"tf.{name}" for name in "abs cos exp floor negative round sign sin sqrt square".split()),
        *(f"keras.backend.{name}" for name in "all any logsumexp max mean min prod std sum var".split()),
    )
)


@functools.cache
def _targets() -> dict[str, str]:
    """From the path in files to where the function is; every entry is one that records itself."""
    found = {f"tf.{path}": target for path, target in PATHS.items() if _is_listed(path, target)}
    for row in ROWS:
        if row.target.startswith("legacy.backend.") and row.path.removeprefix("backend.") not in _OF_FUNCTIONS:
            root = "keras1" if row.target.startswith("legacy.backend.keras1.") else "keras"
            found.setdefault(f"{root}.{row.path}", row.target)
            if found[f"{root}.{row.path}"] != row.target:  # of other versions, under the name that it has here
                found[f"{root}.backend.{row.target.rpartition('.')[2]}"] = row.target
    for kind in ("losses", "metrics"):
        found |= {f"keras.{kind}.{name}": f"{kind}.{name}" for name in sorted(public_names.names_in(kind))}
    found |= _BEHIND
    return {path: target for path, target in found.items() if _records(public_names.named(target))}


def _is_listed(path: str, target: str) -> bool:
    if path.startswith("compat.") or path in _LEFT_OUT:
        return False
    return target.rpartition(".")[0] in _TENSORFLOW


def _records(function: Any) -> bool:
    return _raw(function) is not None


def _raw(function: Any) -> Function | None:
    """Return the code of a function that records itself, as the recorded call holds it; None if it does not."""
    attributes = getattr(function, "__dict__", {})
    if "_output_spec" not in attributes:
        return None
    raw: Function | None = attributes.get("__wrapped__")
    return function if raw is None else raw


@functools.cache
def _paths() -> dict[int, str]:
    """From the identity of a recorded function to its path in files: the shortest with the function's own name."""
    found: dict[int, str] = {}
    raw = {path: _raw(public_names.named(target)) for path, target in _targets().items()}
    own = {path: path.rpartition(".")[2] == getattr(function, "__name__", "") for path, function in raw.items()}
    for path in sorted(raw, key=lambda path: (not own[path], path.count("."), len(path), path)):
        found.setdefault(id(raw[path]), path)
    return found


def names() -> tuple[str, ...]:
    """Return the paths that a file may name.

    Example:
        >>> "tf.nn.relu" in names(), "tf.io.read_file" in names(), "tf.py_function" in names()
        (True, False, False)
    """
    return tuple(_targets())


def path_of(function: Function) -> str | None:
    """Return the path by which files name a recorded function; None for what they cannot name.

    Args:
        function: What a call of it holds: the code behind the function that records itself.

    Example:
        >>> path_of(function_at("tf.reduce_mean")[0]), path_of(len)
        ('tf.reduce_mean', None)
    """
    return _paths().get(id(function))


def function_at(path: str) -> tuple[Function, Function | None]:
    """Return the function that a file names, and what gives its outputs for KerasTensors if meta tensors do not.

    Args:
        path: One of :func:`names`.

    Raises:
        FileSafetyError: it is none of these.

    Example:
        >>> function_at("tf.io.read_file")
        Traceback (most recent call last):
        torchkeras_compat.errors.FileSafetyError: The file uses the function 'tf.io.read_file', ...
    """
    target = _targets().get(path) if isinstance(path, str) else None
    if target is None:
        raise FileSafetyError(
            f"The file uses the function {path!r}, which is none of those of tensors that a file may name."
            f"{nearest(str(path), _targets())} Put the computation into a `Layer` of your own, and pass it in"
            " `custom_objects`."
        )
    function = public_names.named(target)
    raw = _raw(function)
    assert raw is not None
    return raw, function._output_spec


def path_in_files(symbol: Any) -> str:
    """Return the path by which files of today name what files of Keras 2 call a function.

    Args:
        symbol: Path below ``tensorflow``, or below nothing: ``"math.reduce_sum"``, ``"keras.backend.batch_flatten"``.

    Raises:
        FileSafetyError: files may not name it.

    Example:
        >>> path_in_files("compat.v1.math.reduce_sum"), path_in_files("keras.backend.batch_flatten")
        ('tf.reduce_sum', 'keras.backend.batch_flatten')
    """
    found = _public(symbol)
    path = None if found is None else path_of(_raw(found) or found)
    if path is None:
        path = symbol if isinstance(symbol, str) and symbol.startswith("keras.") else f"tf.{symbol}"
        function_at(path)
    return path


def old_arguments_of(symbol: str) -> dict[str, str]:
    """Return the names that arguments of a function of TensorFlow had in its first version, and those of now."""
    found: dict[str, str] = getattr(_public(symbol), "old_names", {})
    return found


def _public(symbol: Any) -> Any:
    target = PATHS.get(symbol) if isinstance(symbol, str) else None
    return None if target is None else public_names.named(target)


def named_value(function: Function) -> tuple[str, str] | None:
    """Return the module and name by which files name a function that is given as a value; None if they cannot.

    Args:
        function: An activation, or the function of a ``Lambda``.

    Example:
        >>> named_value(value_at("tf.math.l2_normalize")), named_value(value_at("tf.nn.relu"))
        (('torchkeras_compat.dialects', 'tf.math.l2_normalize'), ('keras.activations', 'relu'))
    """
    path = _values().get(id(function)) or path_of(_raw(function) or function)
    if path is None or path.startswith(("keras.losses.", "keras.metrics.")):  # those have names of their own in files
        return None
    if path in _ACTIVATIONS:
        return "keras.activations", _ACTIVATIONS[path]
    return ("keras.ops", path.rpartition(".")[2]) if path in _OF_OPS else (OLD_FUNCTIONS, path)


@functools.cache
def _values() -> dict[int, str]:
    return {id(public_names.named(target)): path for path, target in _VALUES.items()}


def value_at(path: str) -> Function:
    """Return a function that a file names as a value, for the core: it takes and returns plain tensors.

    Args:
        path: As :func:`named_value` returned it.

    Raises:
        FileSafetyError: it is none that files may name.

    Example:
        >>> import torch
        >>> value_at("tf.math.reduce_sum")(torch.ones(3))
        tensor(3.)
    """
    if path in _VALUES:
        function: Function = public_names.named(_VALUES[path])
        return function
    raw, _ = function_at(path)
    found: Function = public_names.named(_targets()[path])
    if hasattr(found, "_is_operation"):
        return found
    raw.__qualname__ = f"{found.__name__}.__wrapped__"  # by which it is pickled
    return raw
