"""`KerasClassifier` and `KerasRegressor`: models as estimators of scikit-learn, by a function that makes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.legacy.wrappers.base_wrapper import BaseWrapper
from torchkeras_compat.wrappers.scikit_learn import ClassifierMixin, RegressorMixin

Array = np.ndarray[Any, Any]


class KerasClassifier(ClassifierMixin, BaseWrapper):  # type: ignore[misc, unused-ignore]
    """A model as a classifier of scikit-learn.

    Labels may be numbers or strings of shape ``(samples,)`` or ``(samples, 1)``, or one-hot vectors. The model has one
    unit with a sigmoid for two classes, or a unit for each class.

    Args:
        build_fn: Function, or object with ``__call__``, that returns a compiled model; None for a subclass that defines
            ``__call__``.
        sk_params: Arguments of ``build_fn``, and of ``fit``, ``evaluate`` and ``predict``; each gets those that it has.
            ``nb_epoch`` is the name of ``epochs`` in Keras 1.

    Attributes:
        model: The model that ``fit`` made and trained.
        classes_: The labels, sorted.
        n_classes_: Their number.

    Raises:
        ValueError: nobody takes one of the arguments.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> def make(units=4):
        ...     model = Sequential([layers.Dense(units, activation="relu"), layers.Dense(1, activation="sigmoid")])
        ...     model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        ...     return model
        >>> x = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> classifier = KerasClassifier(make, units=8, epochs=2, verbose=0)
        >>> history = classifier.fit(x, ["no", "no", "yes", "yes"])
        >>> len(history.epoch), classifier.classes_.tolist(), classifier.predict_proba(x).shape
        (2, ['no', 'yes'], (4, 2))

    Source: Keras 2.3 API, wrappers/scikit_learn.
    """

    def fit(self, x: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """Make a new model and train it.

        Args:
            x: ``(samples, features)``, array-like.
            y: Labels.
            sample_weight: ``(samples,)``, or None.
            kwargs: Arguments of ``model.fit``, before those of the constructor.

        Returns:
            The `History` of the training.

        Raises:
            ValueError: ``y`` has another shape.
            TypeError: what makes the model returns something else.
        """
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim in (1, 2):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}. Pass labels (samples,), or one-hot (samples, classes).")
        self.n_classes_ = len(self.classes_)
        if sample_weight is not None:
            kwargs["sample_weight"] = sample_weight
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> Array:
        """Return the label of each sample: of the largest output, or of one output above 0.5.

        Args:
            x: ``(samples, features)``, array-like.
            kwargs: Arguments of ``model.predict``.

        Returns:
            Shape ``(samples,)``; for one output ``(samples, 1)``, as in Keras.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
        """
        outputs = self._predictions(x, kwargs)
        indices = outputs.argmax(axis=-1) if outputs.shape[-1] > 1 else (outputs > 0.5).astype("int32")
        labels: Array = self.classes_[indices]
        return labels

    def predict_proba(self, x: Any, **kwargs: Any) -> Array:
        """Return the probability of each class: the outputs, and for one output ``1 - p`` beside ``p``.

        Args:
            x: ``(samples, features)``, array-like.
            kwargs: Arguments of ``model.predict``.

        Returns:
            Shape ``(samples, classes)``.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
        """
        outputs = self._predictions(x, kwargs)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Return the accuracy that ``model.evaluate`` finds.

        Args:
            x: ``(samples, features)``, array-like.
            y: Labels.
            kwargs: Arguments of ``model.evaluate``, such as ``sample_weight``.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
            ValueError: the model was not compiled with the metric accuracy, or a label was not there in ``fit``.
        """
        y = np.asarray(y)
        if hasattr(self, "classes_") and not (y.ndim == 2 and y.shape[1] > 1):
            unknown = np.setdiff1d(y, self.classes_)
            if len(unknown):
                raise ValueError(f"`score` received labels that were not there in `fit`: {unknown.tolist()!r:.200}")
            y = np.searchsorted(self.classes_, y)
        found = self._evaluation(x, y, kwargs)
        for name in ("accuracy", "acc"):
            if name in found:
                return float(found[name])
        raise ValueError(
            "The model is not configured to compute accuracy. Pass metrics=['accuracy'] to `model.compile`. It has: "
            f"{sorted(found)}"
        )


class KerasRegressor(RegressorMixin, BaseWrapper):  # type: ignore[misc, unused-ignore]
    """A model as a regressor of scikit-learn.

    Args:
        build_fn: Function, or object with ``__call__``, that returns a compiled model; None for a subclass that defines
            ``__call__``.
        sk_params: Arguments of ``build_fn``, and of ``fit``, ``evaluate`` and ``predict``; each gets those that it has.
            ``nb_epoch`` is the name of ``epochs`` in Keras 1.

    Attributes:
        model: The model that ``fit`` made and trained.

    Raises:
        ValueError: nobody takes one of the arguments.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> def make():
        ...     model = Sequential([layers.Dense(1)])
        ...     model.compile("adam", "mse")
        ...     return model
        >>> x = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> regressor = KerasRegressor(make, epochs=1, verbose=0)
        >>> _ = regressor.fit(x, x[:, 0])
        >>> regressor.predict(x).shape, regressor.score(x, x[:, 0]) <= 0
        ((4,), True)

    Source: Keras 2.3 API, wrappers/scikit_learn.
    """

    def predict(self, x: Any, **kwargs: Any) -> Array:
        """Return the outputs for each sample; one output without its axis.

        Args:
            x: ``(samples, features)``, array-like.
            kwargs: Arguments of ``model.predict``.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
        """
        outputs = self._predictions(x, kwargs)
        return np.squeeze(outputs, axis=-1) if outputs.shape[-1] == 1 else outputs

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Return the loss that ``model.evaluate`` finds, with a minus: more is better.

        Args:
            x: ``(samples, features)``, array-like.
            y: ``(samples,)`` or ``(samples, outputs)``.
            kwargs: Arguments of ``model.evaluate``, such as ``sample_weight``.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
        """
        return -float(self._evaluation(x, np.asarray(y), kwargs)["loss"])
