"""What the three scikit-learn estimators share: making the model, fitting it, predicting with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.models.cloning import clone_model
from torchkeras_compat.models.model import Model
from torchkeras_compat.wrappers.scikit_learn import BaseEstimator, require


class Estimator(BaseEstimator):
    """A scikit-learn estimator that trains a model; the base of the public ones.

    Args:
        model: Compiled model, or function ``model(X=..., y=..., **model_kwargs)`` that returns one. ``y`` is what the
            model learns from: ``(samples, outputs)``.
        warm_start: Whether each ``fit`` goes on with the model of the last one; the first ``fit`` then trains a given
            model itself, not a copy.
        model_kwargs: Further arguments of the function.
        fit_kwargs: Arguments of ``model.fit``; those given to :meth:`fit` come before them.

    Attributes:
        model_: The trained model.
        history_: The `History` that its ``fit`` returned.
        n_features_in_: Features of ``X``.

    Raises:
        ImportError: scikit-learn is not installed.
    """

    def __init__(
        self,
        model: Any,
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ) -> None:
        require(type(self).__name__)
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn may expect: training draws random numbers."""
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags

    @property
    def epoch_(self) -> int:
        """Epochs that the last ``fit`` ran; 0 before it."""
        return len(self.history_.epoch) if hasattr(self, "history_") else 0

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """Train the model.

        Args:
            X: ``(samples, features)``, array-like.
            y: ``(samples,)`` or ``(samples, outputs)``, array-like.
            kwargs: Arguments of ``model.fit``, such as ``epochs`` or ``sample_weight``.

        Returns:
            The estimator.

        Raises:
            TypeError: ``model`` is neither a model nor a function that returns one.
            ValueError: the data does not fit.
            RuntimeError: the model is not compiled with a loss and an optimizer.
        """
        X, y = self._validated(X, y)
        targets = self._encode(y)
        model = self._make_model(X, targets)
        self.history_ = model.fit(X, targets, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def predict(self, X: Any) -> Any:
        """Return the prediction for each sample, in the form of the ``y`` of ``fit``.

        Args:
            X: ``(samples, features)``, array-like.

        Raises:
            sklearn.exceptions.NotFittedError: ``fit`` has not been called.
            ValueError: the data does not fit.
        """
        return self._decode(self._outputs(X))

    def set_fit_request(self, **kwargs: bool | str | None) -> Any:
        """Say which metadata, of any name, scikit-learn's tools pass on to ``fit``, as its metadata routing has it.

        Args:
            kwargs: ``name=True`` to ask for it, ``False`` to leave it out, None to refuse it, or the name that the
                user of the tool gives it.

        Returns:
            The estimator.

        Raises:
            RuntimeError: metadata routing is off.
        """
        import sklearn
        from sklearn.utils.metadata_routing import get_routing_for_object

        if not sklearn.get_config()["enable_metadata_routing"]:
            raise RuntimeError(
                "This method is only available when metadata routing is enabled. Call"
                " sklearn.set_config(enable_metadata_routing=True) first."
            )
        requests = get_routing_for_object(self)
        for name, alias in kwargs.items():
            requests.fit.add_request(param=name, alias=alias)
        self._metadata_request = requests
        return self

    # -- what the estimators do in their own way -------------------------------------------------------------------

    def _encode(self, y: np.ndarray) -> np.ndarray:
        """Return what the model learns from, ``(samples, outputs)``."""
        from sklearn.utils.multiclass import type_of_target

        if type_of_target(y) == "unknown":
            raise ValueError(f"Unknown label type for data: {y!r}. Pass an array of numbers.")
        self._y_ndim = y.ndim
        return y.reshape(-1, 1) if y.ndim == 1 else y

    def _decode(self, outputs: np.ndarray) -> np.ndarray:
        """Return predictions in the form of ``y``."""
        return outputs[:, 0] if self._y_ndim == 1 and outputs.ndim == 2 and outputs.shape[1] == 1 else outputs

    # -- the model -------------------------------------------------------------------------------------------------

    def _make_model(self, X: np.ndarray, y: np.ndarray) -> Any:
        """Return the model to train: that of the last ``fit``, a copy of the given one, or a new one."""
        given: Any = self.model
        if self.warm_start and hasattr(self, "model_"):
            model = self.model_
        elif isinstance(given, Model):
            model = given if self.warm_start else clone_model(given)
        elif callable(given):
            model = given(X=X, y=y, **(self.model_kwargs or {}))
        else:
            raise TypeError(
                f"`model` of {type(self).__name__} is a compiled model, or a function `model(X, y)` that returns one. "
                f"Received: {given!r} of type {type(given)}"
            )
        if not isinstance(model, Model):
            raise TypeError(
                f"The function `model` of {type(self).__name__} must return a model. It returned: {model!r} of type "
                f"{type(model)}"
            )
        if not model.compiled or not model.loss or not model.optimizer:
            raise RuntimeError(
                "Given model needs to be compiled, and have a loss and an optimizer. Call"
                f" model.compile(optimizer, loss) before {type(self).__name__} gets it."
            )
        return model

    def _outputs(self, X: Any) -> np.ndarray:
        """Return what the trained model makes of ``X``, as quietly as it was trained."""
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        quiet = {k: v for k, v in (self.fit_kwargs or {}).items() if k in ("batch_size", "verbose")}
        return self.model_.predict(X, **quiet)

    def _validated(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        from sklearn.utils.validation import column_or_1d, validate_data

        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None. Pass what the model learns: "
                "for an autoencoder, X itself."
            )
        X, y = validate_data(self, X, y, multi_output=True)
        if hasattr(y, "toarray"):
            y = y.toarray()
        # One column is taken for a vector, with scikit-learn's own warning: predictions are vectors then.
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
