"""What functions of TensorFlow that have no path of their own in files mean, and how Keras 2 stored their arguments."""

from __future__ import annotations

from typing import Any

# The path of `saved_functions` for functions of other names.
MEANINGS: dict[str, str] = {
    "__operators__.add": "tf.add",
    "__operators__.getitem": "tf.__operators__.getitem",
    "__operators__.sub": "tf.subtract",
    "__operators__.mul": "tf.multiply",
    "__operators__.truediv": "tf.divide",
    "__operators__.floordiv": "tf.floor_div",
    "__operators__.mod": "tf.math.floormod",
    "__operators__.pow": "tf.pow",
    "__operators__.neg": "tf.negative",
    "__operators__.abs": "tf.abs",
    "__operators__.matmul": "tf.matmul",
    "__operators__.eq": "tf.equal",
    "__operators__.ne": "tf.not_equal",
    # It does not cast.
    **dict.fromkeys(("convert_to_tensor", "compat.v1.convert_to_tensor"), "tf.identity"),
    "compat.v1.nn.softmax_cross_entropy_with_logits_v2": "tf.nn.softmax_cross_entropy_with_logits",
    "ones": "tf.zeros",
    "compat.v1.nn.depthwise_conv2d_native": "tf.nn.depthwise_conv2d",
    "debugging.check_numerics": "tf.debugging.check_numerics",
    "debugging.assert_all_finite": "tf.debugging.check_numerics",
    "keras.backend.cast_to_floatx": "keras.backend.cast",
    **dict.fromkeys(("signal.stft", "compat.v1.signal.stft"), "tf.signal.stft_by_window_name"),
    **dict.fromkeys(("signal.inverse_stft", "compat.v1.signal.inverse_stft"), "tf.signal.inverse_stft_by_window_name"),
}
# Arguments that the function of this path takes and the one of TensorFlow has not.
FIXED: dict[str, dict[str, Any]] = {
    "zeros": {"value": 0, "dtype": "float32"},
    "ones": {"value": 1, "dtype": "float32"},
}
# They take any number of arguments, which are not in the file.
LOST = ("einsum", "linalg.einsum", "meshgrid")
# What the first argument is called, where functions of today have another one first.
FIRST: dict[str, str] = {"fill": "dims", "compat.v1.math.in_top_k": "predictions"}
# Arguments of several functions of the first version, and what they are called now.
RENAMED: dict[str, str] = {
    "filter": "filters",
    "rate": "dilations",
    "dilation_rate": "dilations",
    "keep_dims": "keepdims",
    "other": "y",
    "reduction_indices": "axis",
    "window_fn": "window",
}
# Arguments that say nothing about the result of one function.
UNUSED: dict[str, tuple[str, ...]] = dict.fromkeys(("convert_to_tensor", "compat.v1.convert_to_tensor"), ("dtype",))
# Operators of which files of some versions do not hold the second operand.
LOST_SECOND = ("__operators__.eq", "__operators__.ne")
# Arguments that say how TensorFlow computes, and nothing about the result.
_WITHOUT_MEANING = frozenset(
    "use_cudnn_on_gpu use_cudnn_on_gpu_data parallel_iterations swap_memory back_prop validate_shape layout"
    " preferred_dtype dtype_hint validate_indices partition_strategy".split()
)


def without_meaning(argument: str) -> bool:
    """Return whether an argument says nothing about the result of a function."""
    return argument in _WITHOUT_MEANING
