"""`SKLearnRegressor`: a model as a scikit-learn regressor."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.wrappers.estimator import Estimator
from torchkeras_compat.wrappers.scikit_learn import RegressorMixin


class SKLearnRegressor(RegressorMixin, Estimator):
    """A model as a scikit-learn regressor, of one number a sample or several.

    Args:
        model: Compiled model, or function ``model(X=..., y=..., **model_kwargs)`` that returns one; ``y`` is
            ``(samples, outputs)``. A model is copied with new weights for each ``fit``.
        warm_start: Whether each ``fit`` goes on with the model of the last one; the first ``fit`` then trains a given
            model itself, not a copy.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of ``model.fit``; those given to ``fit`` come before them. ``verbose`` and ``batch_size``
            hold for predictions, too.

    Attributes:
        model_: The trained model.
        history_: The `History` that its ``fit`` returned.
        n_features_in_: Features of ``X``.

    Raises:
        ImportError: scikit-learn is not installed.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> model = Sequential([layers.Input((1,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> regressor = SKLearnRegressor(model, fit_kwargs={"epochs": 200, "verbose": 0})
        >>> regressor.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]).predict([[3.0]]).round()
        array([7.], dtype=float32)

    Source: Keras API, wrappers/SKLearnRegressor.
    """

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn may expect: one epoch does not make a good regressor."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags
