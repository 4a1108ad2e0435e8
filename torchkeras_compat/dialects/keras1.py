"""Spellings of Keras 1 (2016 to 2017) that notes still carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.public_names import named

# Old argument -> new ones; the first that the class or function has is meant.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "output_dim": ("units",),
    "nb_filter": ("filters",),
    "filter_length": ("kernel_size",),
    "init": ("kernel_initializer", "embeddings_initializer", "alpha_initializer"),
    "inner_init": ("recurrent_initializer",),
    "inner_activation": ("recurrent_activation",),
    "gamma_init": ("gamma_initializer",),
    "beta_init": ("beta_initializer",),
    "W_regularizer": ("kernel_regularizer", "embeddings_regularizer"),
    "U_regularizer": ("recurrent_regularizer",),
    "b_regularizer": ("bias_regularizer",),
    "W_constraint": ("kernel_constraint", "embeddings_constraint"),
    "U_constraint": ("recurrent_constraint",),
    "b_constraint": ("bias_constraint",),
    "bias": ("use_bias",),
    "border_mode": ("padding",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "stride": ("strides",),
    "atrous_rate": ("dilation_rate",),
    "pool_length": ("pool_size",),
    "length": ("size",),
    "dim_ordering": ("data_format",),
    "p": ("rate",),
    "dropout_W": ("dropout",),
    "dropout_U": ("recurrent_dropout",),
    "sigma": ("stddev",),
    "nb_epoch": ("epochs",),
    "nb_classes": ("num_classes",),
    "nb_words": ("num_words",),
    "input": ("inputs",),
    "output": ("outputs",),
}

VALUES: dict[str, dict[Any, Any]] = {
    "data_format": {"th": "channels_first", "tf": "channels_last", "default": None},
}

# Old argument -> (argument that a class or function has which took it, why nothing is lost without it).
DROPPED: dict[str, tuple[str, str]] = {
    "class_mode": ("loss", "the loss says what is predicted"),
    "consume_less": ("recurrent_activation", "torch chooses its kernels itself"),
    "mode": ("momentum", "statistics of features were its default, and are what there is"),
    "show_accuracy": ("batch_size", "metrics are given to `compile`"),
}


def convolution(dimensions: int) -> Any:
    """Return the maker of ``Convolution1D`` to ``3D``: kernel sizes as separate integers, or as Keras 2 has them."""

    def make(filters: int | None = None, *sizes: Any, **arguments: Any) -> Any:
        layer = named(f"layers.Conv{dimensions}D")
        names = ("nb_row", "nb_col") if dimensions == 2 else ("kernel_dim1", "kernel_dim2", "kernel_dim3")[:dimensions]
        if filters is not None:
            arguments["filters"] = filters
        if dimensions > 1 and len(sizes) >= dimensions and all(isinstance(size, int) for size in sizes[:dimensions]):
            arguments["kernel_size"], sizes = tuple(sizes[:dimensions]), sizes[dimensions:]
        elif names[0] in arguments:
            arguments["kernel_size"] = tuple(arguments.pop(name) for name in names)
        elif sizes:
            arguments["kernel_size"], sizes = sizes[0], sizes[1:]
        if sizes:  # what stood behind the sizes in Keras 1: init, activation
            arguments.update(zip(("init", "activation"), sizes))
        return layer(**arguments)

    make.__name__ = f"Convolution{dimensions}D"
    make.makes = (f"layers.Conv{dimensions}D",)  # type: ignore[attr-defined]  # classes that get old arguments
    return make


def merge(
    inputs: Sequence[Any], mode: str = "sum", dot_axes: Any = -1, concat_axis: int = -1, name: str | None = None
) -> Any:
    """Return several tensors merged into one: the function ``merge`` of Keras 1.

    Args:
        inputs: The tensors.
        mode: ``"sum"``, ``"mul"``, ``"ave"``, ``"max"``, ``"concat"``, ``"dot"`` or ``"cos"``.
        dot_axes: Axes of ``"dot"`` and ``"cos"``.
        concat_axis: Axis of ``"concat"``.
        name: Of the layer.

    Raises:
        ValueError: another ``mode``.
    """
    if mode in ("dot", "cos"):
        return named("layers.Dot")(axes=dot_axes, normalize=mode == "cos", name=name)(inputs)
    if mode == "concat":
        return named("layers.Concatenate")(axis=concat_axis, name=name)(inputs)
    layers = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}
    if mode not in layers:
        raise ValueError(
            f"`merge` has the modes {', '.join([*layers, 'concat', 'dot', 'cos'])}. Received: mode={mode!r}"
        )
    return named(f"layers.{layers[mode]}")(name=name)(inputs)


def time_distributed_dense(*args: Any, **arguments: Any) -> Any:
    """Return a dense layer for every step: it is what ``Dense`` does."""
    return named("layers.Dense")(*args, **arguments)


time_distributed_dense.makes = ("layers.Dense",)  # type: ignore[attr-defined]


NAMES: dict[str, Any] = {
    "layers.Convolution1D": convolution(1),
    "layers.Convolution2D": convolution(2),
    "layers.Convolution3D": convolution(3),
    "layers.Deconvolution2D": "layers.Conv2DTranspose",
    "layers.AtrousConvolution1D": "layers.Conv1D",
    "layers.AtrousConvolution2D": "layers.Conv2D",
    "layers.SeparableConvolution2D": "layers.SeparableConv2D",
    "layers.merge": merge,
    "layers.TimeDistributedDense": time_distributed_dense,
}

MODULES: dict[str, tuple[str, ...]] = {
    "engine": ("layers", "models", ""),
    "engine.topology": ("layers", "models", ""),
    "engine.training": ("models",),
    "layers.containers": ("models",),
    "objectives": ("losses",),
    "utils.visualize_util": ("utils",),
}
