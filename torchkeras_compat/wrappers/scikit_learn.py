"""scikit-learn's base classes, or stand-ins that let the wrappers be imported where it is not installed."""

from __future__ import annotations

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "sklearn":
        raise
    is_installed = False
    BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin = (
        type(name, (), {}) for name in ("BaseEstimator", "ClassifierMixin", "RegressorMixin", "TransformerMixin")
    )
else:
    is_installed = True


def require(name: str) -> None:
    """Refuse to make an estimator without scikit-learn.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    if not is_installed:
        raise ImportError(
            f"{name} needs scikit-learn, which is not installed. Run: pip install torchkeras-compat[sklearn]"
        )
