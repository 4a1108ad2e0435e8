"""What the functions of TensorFlow that files of Keras 2 name are today, and how their arguments are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torchkeras_compat.config import floatx
from torchkeras_compat.dialects.saved_functions import old_arguments_of, path_in_files

# Arguments of several functions of TensorFlow 1, and what they are called now.
_RENAMED: dict[str, str] = {
    "filter": "filters",
    "rate": "dilations",
    "dilation_rate": "dilations",
    "keep_dims": "keepdims",
    "reduction_indices": "axis",
    "other": "y",
    "window_fn": "window",
}
# Arguments that say how TensorFlow computes, and nothing about the result.
_WITHOUT_MEANING = frozenset(
    "name use_cudnn_on_gpu use_cudnn_on_gpu_data parallel_iterations swap_memory back_prop validate_shape layout"
    " preferred_dtype dtype_hint validate_indices partition_strategy".split()
)
# They take any number of arguments, which are not in the file.
_LOST = frozenset(("einsum", "linalg.einsum", "meshgrid"))
# Operators of which files of some versions do not hold the second operand.
_LOST_SECOND = frozenset(("__operators__.eq", "__operators__.ne"))


@dataclass(frozen=True)
class Meaning:
    """What a function is today.

    Args:
        path: Where files find it, as in `saved_functions`.
        first: What its first argument is called, where the function of today has another one first.
        fixed: Arguments that only the function of today has.
        renamed: Arguments by other names.
        unused: Arguments that change nothing.
    """

    path: str
    first: str | None = None
    fixed: dict[str, Any] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    unused: frozenset[str] = frozenset()

    def is_unused(self, argument: str) -> bool:
        """Return whether an argument says nothing about the result."""
        return argument in _WITHOUT_MEANING or argument in self.unused

    def name_of(self, argument: str) -> str:
        """Return what an argument is called today."""
        return self.renamed.get(argument) or _RENAMED.get(argument, argument)


_OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "floordiv": "floor_div",
    "mod": "math.floormod",
    "pow": "pow",
    "neg": "negative",
    "abs": "abs",
    "matmul": "matmul",
    "eq": "equal",
    "ne": "not_equal",
    "getitem": "__operators__.getitem",
}
_MEANINGS: dict[str, Meaning] = {
    **{f"__operators__.{name}": Meaning(f"tf.{path}") for name, path in _OPERATORS.items()},
    # It casts nothing: a dtype that the tensor does not have was refused.
    **dict.fromkeys(
        ("convert_to_tensor", "compat.v1.convert_to_tensor"), Meaning("tf.identity", unused=frozenset(("dtype",)))
    ),
    "zeros": Meaning("tf.zeros", fixed={"value": 0, "dtype": "float32"}),
    "ones": Meaning("tf.zeros", fixed={"value": 1, "dtype": "float32"}),
    "fill": Meaning("tf.fill", first="dims"),
    "compat.v1.math.in_top_k": Meaning("tf.math.in_top_k", first="predictions"),
    "compat.v1.nn.softmax_cross_entropy_with_logits_v2": Meaning("tf.nn.softmax_cross_entropy_with_logits"),
    "compat.v1.nn.depthwise_conv2d_native": Meaning("tf.nn.depthwise_conv2d"),
    **dict.fromkeys(
        ("debugging.check_numerics", "debugging.assert_all_finite"), Meaning("tf.debugging.check_numerics")
    ),
    "signal.stft": Meaning("tf.signal.stft_by_window_name"),
    "signal.inverse_stft": Meaning("tf.signal.inverse_stft_by_window_name"),
}


def meaning_of(symbol: str) -> Meaning:
    """Return what a function of a file is today.

    Args:
        symbol: Its path below ``tensorflow``, ``"compat.v1.shape"``; of one of Keras with ``keras``.

    Raises:
        FileSafetyError: files may not name it.

    Example:
        >>> meaning_of("math.reduce_sum").path, meaning_of("__operators__.add").path
        ('tf.reduce_sum', 'tf.add')
    """
    if symbol == "keras.backend.cast_to_floatx":
        return Meaning("keras.backend.cast", fixed={"dtype": floatx()})
    return _MEANINGS.get(symbol) or Meaning(path_in_files(symbol), renamed=old_arguments_of(symbol))


def is_lost(symbol: str, arguments: dict[str, Any]) -> bool:
    """Return whether a file does not hold what a function is called on.

    Args:
        symbol: Path of the function.
        arguments: Those in the file, but for the first.
    """
    return symbol in _LOST or (symbol in _LOST_SECOND and not {"other", "y"} & arguments.keys())
