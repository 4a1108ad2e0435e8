"""`SKLearnClassifier`: a model as a scikit-learn classifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.wrappers.estimator import Estimator
from torchkeras_compat.wrappers.scikit_learn import ClassifierMixin


class SKLearnClassifier(ClassifierMixin, Estimator):
    """A model as a scikit-learn classifier.

    The labels in ``y`` may be numbers or strings. The model learns from one-hot vectors, ``(samples, classes)``, of two
    classes too: it ends in one unit for each class, and its loss is ``"categorical_crossentropy"`` or
    ``"binary_crossentropy"``. The prediction is the class of the largest output.

    Args:
        model: Compiled model, or function ``model(X=..., y=..., **model_kwargs)`` that returns one. A model is copied
            with new weights for each ``fit``.
        warm_start: Whether each ``fit`` goes on with the model of the last one; the first ``fit`` then trains a given
            model itself, not a copy.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of ``model.fit``; those given to ``fit`` come before them. ``verbose`` and ``batch_size``
            hold for predictions, too.

    Attributes:
        model_: The trained model.
        history_: The `History` that its ``fit`` returned.
        classes_: The labels, sorted.
        n_features_in_: Features of ``X``.

    Raises:
        ImportError: scikit-learn is not installed.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> def make(X, y):
        ...     model = Sequential([layers.Dense(y.shape[1], activation="softmax")])
        ...     model.compile("sgd", "categorical_crossentropy")
        ...     return model
        >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> classifier = SKLearnClassifier(make, fit_kwargs={"epochs": 100, "verbose": 0})
        >>> classifier.fit(X, ["small", "small", "large", "large"]).predict([[-9.0], [9.0]])
        array(['small', 'large'], dtype='<U5')

    Source: Keras API, wrappers/SKLearnClassifier.
    """

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn may expect: one epoch does not make a good classifier."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the outputs of the model, ``(samples, classes)``: probabilities or logits, as the model gives them.

        Args:
            X: ``(samples, features)``, array-like.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
            ValueError: the data does not fit.
        """
        return self._outputs(X)

    def _encode(self, y: np.ndarray) -> np.ndarray:
        from sklearn.utils.multiclass import type_of_target

        kind = type_of_target(y)
        if kind == "unknown":
            raise ValueError(f"Unknown label type for data: {y!r}. Pass an array of numbers or strings.")
        if kind not in ("binary", "multiclass"):
            raise ValueError(
                f"Only binary and multiclass target types are supported. Target type: {kind}. For numbers to predict,"
                " use SKLearnRegressor."
            )
        classes, indices = np.unique(y, return_inverse=True)
        if len(classes) == 1:
            raise ValueError(
                f"Classifier can't train when only one class is present. Received: {classes[0]!r} for all samples."
            )
        self.classes_ = classes
        return np.eye(len(classes))[indices]

    def _decode(self, outputs: np.ndarray) -> np.ndarray:
        return self.classes_[outputs.argmax(axis=-1)]
