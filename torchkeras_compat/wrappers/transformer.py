"""`SKLearnTransformer`: a model as a scikit-learn transformer."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.wrappers.estimator import Estimator
from torchkeras_compat.wrappers.scikit_learn import TransformerMixin


class SKLearnTransformer(TransformerMixin, Estimator):
    """A model as a step of a scikit-learn pipeline that gives new features. (No transformer of attention.)

    Args:
        model: Compiled model, or function ``model(X=..., y=..., **model_kwargs)`` that returns one; ``y`` is
            ``(samples, outputs)``. A model is copied with new weights for each ``fit``.
        warm_start: Whether each ``fit`` goes on with the model of the last one; the first ``fit`` then trains a given
            model itself, not a copy.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of ``model.fit``; those given to ``fit`` come before them. ``verbose`` and ``batch_size``
            hold for :meth:`transform`, too.

    Attributes:
        model_: The trained model.
        history_: The `History` that its ``fit`` returned.
        n_features_in_: Features of ``X``.

    Raises:
        ImportError: scikit-learn is not installed.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> model = Sequential([layers.Input((3,)), layers.Dense(2), layers.Dense(3)])
        >>> model.compile("adam", "mse")
        >>> X = np.ones((4, 3))
        >>> SKLearnTransformer(model, fit_kwargs={"verbose": 0}).fit(X, X).transform(X).shape
        (4, 3)

    Source: Keras API, wrappers/SKLearnTransformer.
    """

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn may expect: the dtype of the output is that of the model."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    def transform(self, X: Any) -> np.ndarray:
        """Return the outputs of the model, ``(samples, outputs)``.

        Args:
            X: ``(samples, features)``, array-like.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
            ValueError: the data does not fit.
        """
        return self._outputs(X)
