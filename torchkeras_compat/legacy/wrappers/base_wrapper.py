"""What `KerasClassifier` and `KerasRegressor` have in common: making a model, and passing arguments on."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras_compat.errors import nearest
from torchkeras_compat.legacy.utils.has_arg import has_arg
from torchkeras_compat.utils.categorical import to_categorical
from torchkeras_compat.wrappers.scikit_learn import BaseEstimator

# Arguments of the methods of Keras 1 and 2, those of generators left out, which arrays do not need.
FIT = (
    "batch_size epochs verbose callbacks validation_split validation_data shuffle class_weight sample_weight "
    "initial_epoch steps_per_epoch validation_steps validation_batch_size validation_freq"
).split()
EVALUATE = "batch_size verbose sample_weight steps callbacks".split()
PREDICT = "batch_size verbose steps callbacks".split()
_OF_GENERATORS = ("max_queue_size", "max_q_size", "workers", "nb_worker", "use_multiprocessing", "pickle_safe")
_OTHERS = ("x", "y", "nb_epoch", "return_dict", *_OF_GENERATORS)


class BaseWrapper(BaseEstimator):  # type: ignore[misc, unused-ignore]  # it has no types where scikit-learn is absent
    """An estimator of scikit-learn that makes a model by a function, and trains it.

    Args:
        build_fn: Function, or object with ``__call__``, that returns a compiled model; None for a subclass that defines
            ``__call__``.
        sk_params: Arguments of ``build_fn``, and of ``fit``, ``evaluate`` and ``predict``; each gets those that it has.

    Attributes:
        model: The model that ``fit`` made and trained.

    Raises:
        ValueError: none of them has one of the arguments.

    Source: Keras 2.3 API, wrappers/scikit_learn.
    """

    def __init__(self, build_fn: Any = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def check_params(self, params: dict[str, Any]) -> None:
        """Check that somebody takes each argument.

        Args:
            params: Arguments.

        Raises:
            ValueError: nobody takes one of them.
        """
        maker = self._maker()
        known = {*FIT, *EVALUATE, *PREDICT, *_OTHERS}
        for name in params:
            if name not in known and not has_arg(maker, name):
                raise ValueError(
                    f"{name} is not a legal parameter: neither the function that makes the model nor `fit`, `evaluate` "
                    f"or `predict` has it.{nearest(name, known)}"
                )

    def get_params(self, deep: bool = True, **params: Any) -> dict[str, Any]:
        """Return all arguments of the estimator, as scikit-learn wants them.

        Args:
            deep: Changes nothing: no argument is an estimator of its own.
            params: Change nothing, as in Keras.
        """
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> BaseWrapper:
        """Set arguments, ``build_fn`` among them.

        Args:
            params: The arguments.

        Returns:
            The estimator.

        Raises:
            ValueError: nobody takes one of them.
        """
        given = dict(params)
        before = self.build_fn
        self.build_fn = given.pop("build_fn", before)
        try:
            self.check_params(given)
        except ValueError:
            self.build_fn = before
            raise
        self.sk_params.update(given)
        return self

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Make a new model and train it.

        Args:
            x: ``(samples, features)``, array-like, or what else the model takes.
            y: ``(samples,)`` or ``(samples, outputs)``; integers become one-hot for ``"categorical_crossentropy"``.
            kwargs: Arguments of ``model.fit``, before those of the constructor.

        Returns:
            The `History` of the training.

        Raises:
            TypeError: what makes the model returns something else.
        """
        maker = self._maker()
        model = (self if self.build_fn is None else self.build_fn)(**self.filter_sk_params(maker))
        if not callable(getattr(model, "fit", None)):
            raise TypeError(f"The function `build_fn` must return a compiled model. It returned: {model!r:.200}")
        self.model = model
        y = np.asarray(y)
        if _name_of_loss(model) == "categorical_crossentropy" and y.ndim != 2:
            y = to_categorical(y)
        return model.fit(_as_array(x), y, **self._arguments(FIT, kwargs))

    def filter_sk_params(self, fn: Callable[..., Any], override: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return those arguments of the constructor that a function has.

        Args:
            fn: The function.
            override: Arguments that come before them.
        """
        found = {name: value for name, value in self.sk_params.items() if has_arg(fn, name)}
        return {**found, **(override or {})}

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model")

    def _maker(self) -> Callable[..., Any]:
        """Return the function whose signature counts."""
        maker: Any = self.build_fn
        if maker is None:
            maker = getattr(self, "__call__", None)  # noqa: B004  # its signature is wanted
            if maker is None:
                raise ValueError(
                    f"{type(self).__name__} needs `build_fn`, a function that returns a compiled model; or derive a "
                    "class from it that defines `__call__`."
                )
        elif not isinstance(maker, (types.FunctionType, types.MethodType)):
            maker = maker.__call__ if not isinstance(maker, type) else maker
        found: Callable[..., Any] = maker
        return found

    def _arguments(self, names: list[str], given: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments for a method of the model, of the constructor and of the call."""
        found = {name: value for name, value in self.sk_params.items() if name in names}
        if "nb_epoch" in self.sk_params and "epochs" in names:
            found.setdefault("epochs", self.sk_params["nb_epoch"])
        if "callbacks" in found:
            found["callbacks"] = copy.deepcopy(found["callbacks"])  # each training run has its own
        found.update({name: value for name, value in given.items() if name not in _OF_GENERATORS})
        if "nb_epoch" in found:
            found["epochs"] = found.pop("nb_epoch")
        return found

    def _predictions(self, x: Any, kwargs: dict[str, Any]) -> np.ndarray[Any, Any]:
        if not hasattr(self, "model"):
            raise _not_fitted(self)
        return np.asarray(self.model.predict(_as_array(x), **self._arguments(PREDICT, kwargs)))

    def _evaluation(self, x: Any, y: Any, kwargs: dict[str, Any]) -> dict[str, float]:
        """Return the loss and the metrics by their names."""
        if not hasattr(self, "model"):
            raise _not_fitted(self)
        if _name_of_loss(self.model) == "categorical_crossentropy" and np.ndim(y) != 2:
            width = self.model.output_shape[-1] if getattr(self.model, "built", False) else None
            y = to_categorical(y, width)
        arguments = self._arguments(EVALUATE, kwargs)
        return dict(self.model.evaluate(_as_array(x), y, **{**arguments, "return_dict": True}))


def _not_fitted(estimator: Any) -> Exception:
    """Return scikit-learn's error, or one like it."""
    message = f"This {type(estimator).__name__} is not fitted yet. Call `fit` before this method."
    try:
        from sklearn.exceptions import NotFittedError  # optional
    except ImportError:
        return ValueError(message)
    error: Exception = NotFittedError(message)
    return error


def _name_of_loss(model: Any) -> str | None:
    """Return the name of a loss that is a name, a function or an object, as in ``categorical_crossentropy``."""
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", None) or type(loss).__name__
    return {"CategoricalCrossentropy": "categorical_crossentropy"}.get(name, name)


def _as_array(x: Any) -> Any:
    """Return data frames and sparse matrices of scikit-learn's tools as arrays; the rest as it is."""
    if hasattr(x, "toarray") and hasattr(x, "tocsr"):
        return x.toarray()
    return x.to_numpy() if type(x).__module__.partition(".")[0] == "pandas" else x
