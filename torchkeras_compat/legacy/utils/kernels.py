"""Kernels of convolutions between Theano and TensorFlow, which differ by a flip, and of dense layers behind them."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.saving.old_arrays.turned_kernels import is_turned
from torchkeras_compat.user_warnings import warn_user

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
_ALIASES = ("Convolution1D", "Convolution2D", "Convolution3D", "AtrousConvolution2D", "Deconvolution2D")


def convert_kernel(kernel: Any, dim_ordering: str | None = None) -> np.ndarray[Any, Any]:
    """Return a kernel with its spatial axes the other way round: Theano's for TensorFlow, and back.

    Args:
        kernel: Shape ``(steps, channels, filters)``, with up to three spatial axes.
        dim_ordering: The argument of Keras 1: ``"tf"`` for this shape, ``"th"`` for ``(filters, channels, ...)``. None
            for the shape above.

    Raises:
        ValueError: another number of axes, or another ``dim_ordering``.

    Example:
        >>> convert_kernel(np.arange(3).reshape(3, 1, 1)).ravel().tolist()
        [2, 1, 0]

    Source: Keras 2.3 API, utils/conv_utils.
    """
    array = np.asarray(kernel)
    if not 3 <= array.ndim <= 5:
        raise ValueError(f"Invalid kernel shape: {array.shape}. A kernel has one to three spatial axes, and two more.")
    if dim_ordering not in ("tf", "th", None):
        raise ValueError(f"`dim_ordering` must be 'tf' or 'th'. Received: {dim_ordering!r}")
    axes = range(2, array.ndim) if dim_ordering == "th" else range(array.ndim - 2)
    return np.flip(array, tuple(axes)).copy()


def convert_all_kernels_in_model(model: Any) -> None:
    """Flip the kernels of all convolutions of a model, those of nested models included, in place.

    Kernels that were flipped already as they were loaded from a file of Keras 1 on Theano stay, with a warning.

    Args:
        model: A built model.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> model = Sequential([layers.Input((4, 1)), layers.Conv1D(1, 3)])
        >>> before = model.layers[0].get_weights()[0]
        >>> convert_all_kernels_in_model(model)
        >>> bool((model.layers[0].get_weights()[0] == before[::-1]).all())
        True

    Source: Keras 2.3 API, utils/layer_utils.
    """
    for layer in model.layers:
        if hasattr(layer, "layers"):
            convert_all_kernels_in_model(layer)
        elif any(base.__name__ in (*_CONVOLUTIONS, *_ALIASES) for base in type(layer).__mro__) and layer.built:
            if is_turned(layer.weights[0]):
                warn_user(
                    f"The kernel of '{layer.name}' stays as it is: it was turned round when it was loaded, since its"
                    " file is one of Theano. The call can be removed."
                )
                continue
            weights = layer.get_weights()
            layer.set_weights([convert_kernel(weights[0]), *weights[1:]])


def convert_dense_weights_data_format(
    dense: Any, previous_feature_map_shape: tuple[int, int, int], target_data_format: str = "channels_first"
) -> None:
    """Reorder the inputs of a dense layer behind ``Flatten`` for images of another data format, in place.

    Args:
        dense: A built ``Dense``.
        previous_feature_map_shape: Of the images that are flattened, in the target data format, without the batch.
        target_data_format: ``"channels_first"`` or ``"channels_last"``.

    Raises:
        ValueError: another data format, or a shape that does not fit the layer.

    Example:
        >>> from torchkeras_compat import layers
        >>> dense = layers.Dense(1, use_bias=False)
        >>> dense.build((None, 4))
        >>> dense.set_weights([np.arange(4.0).reshape(4, 1)])
        >>> convert_dense_weights_data_format(dense, (2, 1, 2))
        >>> dense.get_weights()[0].ravel().tolist()
        [0.0, 2.0, 1.0, 3.0]

    Source: Keras 2.15 API, utils/layer_utils.
    """
    target = config.standardize_data_format(target_data_format)
    kernel, *rest = dense.get_weights()
    shape = tuple(previous_feature_map_shape)
    if len(shape) != 3 or np.prod(shape) != len(kernel):
        raise ValueError(
            "`previous_feature_map_shape` is that of the images before `Flatten`: three numbers, whose product is the "
            f"number of inputs of the layer. Received: {shape}, for {len(kernel)} inputs"
        )
    if target == "channels_first":
        channels, height, width = shape
        moved = kernel.reshape(height, width, channels, -1).transpose(2, 0, 1, 3)
    else:
        height, width, channels = shape
        moved = kernel.reshape(channels, height, width, -1).transpose(1, 2, 0, 3)
    dense.set_weights([moved.reshape(kernel.shape), *rest])
