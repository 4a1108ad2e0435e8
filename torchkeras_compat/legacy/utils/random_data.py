"""Data at random, to try models with."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def get_test_data(
    num_train: int = 1000,
    num_test: int = 500,
    input_shape: tuple[int, ...] = (10,),
    output_shape: tuple[int, ...] = (2,),
    classification: bool = True,
    num_classes: int = 2,
    *,
    nb_train: int | None = None,
    nb_test: int | None = None,
    nb_class: int | None = None,
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return ``(x_train, y_train), (x_test, y_test)``: noise around the number of the class, or of the sample.

    Args:
        num_train: Samples to train with.
        num_test: Samples to test.
        input_shape: Shape of a sample.
        output_shape: Shape of a target, without classes.
        classification: Whether targets are integers below ``num_classes``, else floats in ``[0, 2)`` with the mean of
            the sample.
        num_classes: Number of classes.
        nb_train: The name of ``num_train`` in Keras 1.
        nb_test: The name of ``num_test`` in Keras 1.
        nb_class: The name of ``num_classes`` in Keras 1.

    Example:
        >>> (x, y), (x_test, y_test) = get_test_data(20, 10, (4,))
        >>> x.shape, y.shape, x_test.shape, sorted(set(y.tolist()))
        ((20, 4), (20,), (10, 4), [0, 1])

    Source: Keras 2.3 API, utils/test_utils.
    """
    train = num_train if nb_train is None else nb_train
    samples = train + (num_test if nb_test is None else nb_test)
    classes = num_classes if nb_class is None else nb_class
    x = np.zeros((samples, *input_shape), dtype="float32")
    if classification:
        y: Array = np.random.randint(0, classes, size=(samples,))
        for i in range(samples):
            x[i] = np.random.normal(loc=y[i], scale=0.7, size=input_shape)
    else:
        location = np.random.random((samples,))
        y = np.zeros((samples, *output_shape), dtype="float32")
        for i in range(samples):
            x[i] = np.random.normal(loc=location[i], scale=0.7, size=input_shape)
            y[i] = np.random.normal(loc=location[i], scale=0.7, size=output_shape)
    return (x[:train], y[:train]), (x[train:], y[train:])
