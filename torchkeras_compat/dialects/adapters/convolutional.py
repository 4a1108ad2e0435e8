"""Convolutions of Keras 1, whose kernel sizes are arguments of their own, and their output shapes."""

from __future__ import annotations

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments
from torchkeras_compat.dialects.adapters.values import meant

_SIZES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))


def convolution(arguments: Arguments, dialect: str) -> Arguments:
    """A convolution: ``nb_row`` and ``nb_col``, or ``kernel_dim1`` to ``3``, are ``kernel_size``.

    Raises:
        TypeError: one of them is missing, or ``kernel_size`` is given besides.
    """
    found = meant(arguments, dialect)
    for names in _SIZES:
        given = [name for name in names if name in found]
        if not given:
            continue
        values = [found.pop(name) for name in given]
        if "kernel_size" in found:
            raise TypeError(f"`kernel_size` is {', '.join(names)} in newer Keras. Give one of them. Received: {given}")
        if len(given) == 1 and given[0] == names[0] and isinstance(values[0], (tuple, list)):
            found["kernel_size"] = tuple(values[0])  # of Keras 2, in code of Keras 1
        elif len(given) < len(names):
            raise TypeError(
                f"A kernel has the sizes {', '.join(names)}. Received: {dict(zip(given, values, strict=True))}"
            )
        else:
            found["kernel_size"] = tuple(values)
    if found.get("atrous_rate") is not None and "dilation_rate" not in found:
        found["dilation_rate"] = found.pop("atrous_rate")
    return _with_shape_of_steps(found)


def in_two_sizes(arguments: Arguments, dialect: str) -> Arguments:
    """Return arguments of a class by its name of Keras 1: two ints by place are the sizes of its kernel.

    Keras 2 took them so, too, while its own order has the strides in the second place.

    Args:
        arguments: Arguments by their names.
        dialect: Name of the dialect.
    """
    size, stride = arguments.get("kernel_size"), arguments.get("strides")
    if dialect != "keras2" or not isinstance(size, int) or not isinstance(stride, int):
        return arguments
    return {**{k: v for k, v in arguments.items() if k != "strides"}, "kernel_size": (size, stride)}


def named_as_in_keras_1(adapter: Adapter) -> Adapter:
    """Return the adapter of a convolution for its name of Keras 1."""
    return lambda arguments, dialect: adapter(in_two_sizes(arguments, dialect), dialect)


def _with_shape_of_steps(arguments: Arguments) -> Arguments:
    """Return arguments with ``input_dim`` of a layer over steps as the shape of its input."""
    found = dict(arguments)
    dim, length = found.pop("input_dim", None), found.pop("input_length", None)
    if dim is not None:
        found.setdefault("input_shape", (length, dim))
    return found


def separable_convolution(arguments: Arguments, dialect: str) -> Arguments:
    """A separable convolution, whose ``init`` is that of both kernels."""
    found = convolution(arguments, dialect)
    start = found.pop("init", None)
    if start is not None:
        found.setdefault("depthwise_initializer", start)
        found.setdefault("pointwise_initializer", start)
    for name in ("kernel_initializer", "kernel_regularizer", "kernel_constraint"):  # which Keras 2 took and did not use
        found.pop(name, None)
    return found


def deconvolution(arguments: Arguments, dialect: str) -> Arguments | tuple[str, Arguments]:
    """A transposed convolution, which Keras 1 gave ``output_shape``, the batch axis first."""
    found = convolution(arguments, dialect)
    if found.get("output_shape") is None:
        found.pop("output_shape", None)
        return found
    names = {
        "nb_filter": "filters",
        "init": "kernel_initializer",
        "border_mode": "padding",
        "subsample": "strides",
        "dim_ordering": "data_format",
        "W_regularizer": "kernel_regularizer",
        "b_regularizer": "bias_regularizer",
        "W_constraint": "kernel_constraint",
        "b_constraint": "bias_constraint",
        "bias": "use_bias",
    }
    renamed = {names.get(name, name): value for name, value in found.items()}
    layouts = {"th": "channels_first", "tf": "channels_last", "default": None}
    if renamed.get("data_format") in layouts:
        renamed["data_format"] = layouts[renamed["data_format"]]
    return "legacy.layers.sized_transposed_convolution.SizedConv2DTranspose", renamed


CONVOLUTIONS: dict[str, Adapter] = {
    "layers.AtrousConv2D": named_as_in_keras_1(convolution),
    "layers.AtrousConvolution2D": named_as_in_keras_1(convolution),
    "layers.Conv1D": convolution,
    "layers.Conv2D": convolution,
    "layers.Conv3D": convolution,
    "layers.Conv2DTranspose": deconvolution,
    "layers.Conv3DTranspose": convolution,
    "layers.Convolution2D": named_as_in_keras_1(convolution),
    "layers.Deconv2D": named_as_in_keras_1(deconvolution),
    "layers.Deconvolution2D": named_as_in_keras_1(deconvolution),
    "layers.DepthwiseConv2D": convolution,
    "layers.SeparableConv1D": separable_convolution,
    "layers.SeparableConv2D": separable_convolution,
    "layers.SeparableConvolution2D": named_as_in_keras_1(separable_convolution),
}
