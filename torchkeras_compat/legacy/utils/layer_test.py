"""`layer_test` and `keras_test`: a layer put through what a layer should do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras_compat.backend.session import clear_session
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential

Array = np.ndarray[Any, Any]


def keras_test(func: Callable[..., Any]) -> Callable[..., Any]:
    """Let a test forget the names of layers when it is done, as Keras's tests do.

    Args:
        func: The test.

    Example:
        >>> keras_test(lambda: 3)()
        3

    Source: Keras 2.2 API, utils/test_utils.
    """

    @functools.wraps(func)
    def cleaned(*args: Any, **kwargs: Any) -> Any:
        output = func(*args, **kwargs)
        clear_session()
        return output

    return cleaned


def layer_test(
    layer_cls: type,
    kwargs: dict[str, Any] | None = None,
    input_shape: Any = None,
    input_dtype: str | None = None,
    input_data: Any = None,
    expected_output: Any = None,
    expected_output_dtype: str | None = None,
    fixed_batch_size: bool = False,
) -> Array:
    """Return what a layer computes, after its weights, config, shapes and training in a model were checked.

    Args:
        layer_cls: Class of the layer.
        kwargs: Its arguments.
        input_shape: Shape of the data, with the batch; None for a random size.
        input_dtype: Dtype of random data; None for that of the data, or ``floatx``.
        input_data: The data; None for random numbers of ``[0, 10)``.
        expected_output: What the layer must compute; None for anything.
        expected_output_dtype: Dtype of the output; None for that of the input.
        fixed_batch_size: Whether the model is made for this batch size alone.

    Raises:
        AssertionError: the layer does something else.
        ValueError: there is neither data nor a shape.

    Example:
        >>> from torchkeras_compat import layers
        >>> layer_test(layers.Dense, {"units": 3}, input_shape=(2, 4)).shape
        (2, 3)

    Source: Keras 2.3 API, utils/test_utils.
    """
    arguments = dict(kwargs or {})
    data = _data(input_shape, input_dtype, input_data)
    dtype = input_dtype or data.dtype.name
    layer: Any = layer_cls(**arguments)
    shape = data.shape if fixed_batch_size else (None, *data.shape[1:])
    x = Input(batch_shape=shape, dtype=dtype)
    y = layer(x)
    assert str(y.dtype) == (expected_output_dtype or dtype), (y.dtype, expected_output_dtype or dtype)

    weights = layer.get_weights()
    layer.set_weights(weights)
    copy = type(layer).from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()

    model: Any = Functional(x, y)
    actual: Array = np.asarray(model.predict(data, verbose=0))
    _check_shape(y.shape, actual.shape)
    _check_shape(layer.compute_output_shape(shape), actual.shape)
    if expected_output is not None:
        np.testing.assert_allclose(actual, expected_output, rtol=1e-3)
    recovered: Any = Model.from_config(model.get_config())
    if model.get_weights():
        recovered.set_weights(model.get_weights())
        if not layer.losses and not _is_random(layer):
            np.testing.assert_allclose(recovered.predict(data, verbose=0), actual, rtol=1e-3)
    if not np.issubdtype(actual.dtype, np.floating) or not layer.trainable_weights:
        return actual
    sequential: Any = Sequential([Input(batch_shape=shape, dtype=dtype), type(layer).from_config(layer.get_config())])
    sequential.compile("rmsprop", "mse")
    sequential.train_on_batch(data, actual)
    return actual


def _data(shape: Any, dtype: str | None, data: Any) -> Array:
    if data is not None:
        return np.asarray(data, dtype=dtype)
    if shape is None:
        raise ValueError("`layer_test` needs `input_data` or `input_shape`.")
    sizes = [np.random.randint(1, 4) if size is None else size for size in shape]
    return (10 * np.random.random(sizes)).astype(dtype or "float32")


def _check_shape(expected: Any, actual: tuple[int, ...]) -> None:
    assert len(expected) == len(actual), (expected, actual)
    for size, found in zip(expected, actual):
        assert size is None or size == found, (expected, actual)


def _is_random(layer: Any) -> bool:
    """Whether a layer draws random numbers also where it does not train."""
    return getattr(layer, "stateful", False)
