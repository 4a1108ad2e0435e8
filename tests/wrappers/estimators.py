"""Networks to make estimators of, scikit-learn's own checks, and the comparison with real Keras."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

import torchkeras_compat as keras

QUIET = {"verbose": 0}
X = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
NUMBERS = X.sum(1)
LABELS = np.where(NUMBERS > 0, "up", "down")


def network(X, y, loss="mse", units=4, activation=None, optimizer="sgd", K=keras):
    """A small compiled network of the width that the data asks for."""
    model = K.Sequential(
        [
            K.Input((X.shape[1],)),
            K.layers.Dense(units, activation="relu"),
            K.layers.Dense(y.shape[1] if y.ndim > 1 else 1, activation=activation),
        ]
    )
    model.compile(optimizer, loss)
    return model


def classifying(X, y, **kwargs):
    return network(X, y, "categorical_crossentropy", activation="softmax", **kwargs)


def compiled(loss="mse", units=1, activation=None):
    return network(X, np.zeros((1, units)), loss, activation=activation)


def checks(estimator, failing=None):
    """The checks of scikit-learn, with the same names in every process (its own have addresses of functions)."""
    failing, seen = failing or {}, collections.Counter()
    for _, check in estimator_checks_generator(estimator, legacy=False):
        name = getattr(check, "func", check).__name__
        seen[name] += 1
        marks = [pytest.mark.xfail(reason=failing[name], strict=False)] if name in failing else []
        yield pytest.param(estimator, check, id=f"{name}-{seen[name]}", marks=marks)


def compare_with_keras(real_keras, kind):
    """Weights, losses and predictions of three epochs are those of Keras's estimator of this name."""
    is_classifier = kind == "SKLearnClassifier"
    y = LABELS if is_classifier else NUMBERS
    loss, activation = ("categorical_crossentropy", "softmax") if is_classifier else ("mse", None)
    weights = network(X, np.zeros((1, 1 + is_classifier)), K=real_keras).get_weights()

    def fitted(K):
        def make(X, y, units):
            model = network(X, y, loss, units, activation, K=K)
            model.set_weights(weights)
            return model

        estimator = getattr(K.wrappers, kind)(make, model_kwargs={"units": 4}, fit_kwargs={"shuffle": False, **QUIET})
        return estimator.fit(X, y, epochs=3, batch_size=8)

    mine, other = fitted(keras), fitted(real_keras)
    for ours, theirs in zip(mine.model_.get_weights(), other.model_.get_weights()):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(mine.history_.history["loss"], other.history_.history["loss"], rtol=1e-5)
    if is_classifier:
        assert list(mine.predict(X)) == list(other.predict(X)) and set(mine.classes_) == {"up", "down"}
        np.testing.assert_allclose(mine.decision_function(X), other.decision_function(X), rtol=1e-5, atol=1e-6)
    else:
        np.testing.assert_allclose(mine.predict(X), other.predict(X), rtol=1e-5, atol=1e-6)
    if kind == "SKLearnTransformer":
        np.testing.assert_allclose(mine.transform(X), other.transform(X), rtol=1e-5, atol=1e-6)
    assert mine.predict(X).shape == (24,)
    assert mine.epoch_ == 3
