"""What the estimators share: models, clones, pickles, and scikit-learn's tools around them."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.metadata_routing import get_routing_for_object

import torchkeras_compat as keras
from tests.wrappers.estimators import LABELS, NUMBERS, QUIET, X, classifying, compiled, network
from torchkeras_compat.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer


def test_arguments_of_fit_come_before_fit_kwargs_and_change_nothing_there():
    fit_kwargs = {"epochs": 5, **QUIET}
    regressor = SKLearnRegressor(network, fit_kwargs=fit_kwargs)
    assert regressor.epoch_ == 0
    assert regressor.fit(X, NUMBERS, epochs=2).epoch_ == 2
    assert fit_kwargs == {"epochs": 5, **QUIET}
    assert regressor.fit(X, NUMBERS).epoch_ == 5


def test_a_given_model_is_copied_with_new_weights():
    model = compiled()
    before = model.get_weights()
    regressor = SKLearnRegressor(model, fit_kwargs=QUIET).fit(X, NUMBERS)
    assert regressor.model is model and regressor.model_ is not model
    for now, then in zip(model.get_weights(), before):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("given", [compiled(), network], ids=["model", "function"])
def test_a_warm_start_goes_on(given):
    regressor = SKLearnRegressor(given, warm_start=True, fit_kwargs=QUIET).fit(X, NUMBERS)
    model, steps = regressor.model_, int(regressor.model_.optimizer.iterations)
    assert (model is given) == isinstance(given, keras.Model)
    assert regressor.fit(X, NUMBERS).model_ is model
    assert int(model.optimizer.iterations) == steps + 1
    cold = SKLearnRegressor(given, fit_kwargs=QUIET).fit(X, NUMBERS)
    assert cold.model_ is not cold.fit(X, NUMBERS).model_


def test_clones_have_models_of_their_own():
    regressor = SKLearnRegressor(compiled(), True, {"a": 1}, {"epochs": 2, **QUIET})
    other = clone(regressor)
    assert other.model is not regressor.model and other.model.compiled
    assert other.get_params().keys() == {"model", "warm_start", "model_kwargs", "fit_kwargs"}
    assert (other.warm_start, other.model_kwargs, other.fit_kwargs) == (True, {"a": 1}, {"epochs": 2, **QUIET})
    before = regressor.model.get_weights()
    other.fit(X, NUMBERS)
    np.testing.assert_array_equal(regressor.model.get_weights()[0], before[0])


def test_scikit_learns_tools_work_on_them():
    classifier = SKLearnClassifier(
        classifying, model_kwargs={"units": 8}, fit_kwargs={"epochs": 60, "batch_size": 4, **QUIET}
    )
    pipeline = make_pipeline(StandardScaler(), classifier).fit(X, LABELS)
    assert pipeline.score(X, LABELS) > 0.7
    scores = cross_val_score(SKLearnRegressor(network, fit_kwargs=QUIET), X, NUMBERS, cv=3)
    assert scores.shape == (3,) and np.isfinite(scores).all()
    kwargs = [{"units": 2}, {"units": 8}]
    search = GridSearchCV(classifier, {"model_kwargs": kwargs, "fit_kwargs": [{"epochs": 2, **QUIET}]}, cv=2)
    search.fit(X, LABELS)
    assert search.best_params_["model_kwargs"] in kwargs
    assert search.best_estimator_.model_.layers[0].units == search.best_params_["model_kwargs"]["units"]
    transformer = SKLearnTransformer(network, fit_kwargs=QUIET)
    assert make_pipeline(transformer, StandardScaler()).fit(X, NUMBERS).transform(X).shape == (24, 1)


def test_metadata_of_any_name_reaches_fit():
    regressor = SKLearnRegressor(network, fit_kwargs=QUIET)
    with pytest.raises(RuntimeError, match="only available when metadata routing is enabled"):
        regressor.set_fit_request(sample_weight=True)
    with sklearn.config_context(enable_metadata_routing=True):
        regressor.set_fit_request(sample_weight="importance").set_score_request(sample_weight=False)
        assert get_routing_for_object(regressor).fit.requests == {"sample_weight": "importance"}
        assert get_routing_for_object(clone(regressor)).fit.requests == {"sample_weight": "importance"}
        found = cross_validate(regressor, X, NUMBERS, cv=2, params={"importance": np.zeros(24)}, return_estimator=True)
    for estimator in found["estimator"]:
        assert estimator.history_.history["loss"] == [0.0]


def test_what_does_not_fit_is_refused():
    uncompiled = keras.Sequential([keras.layers.Dense(1)])
    for wrong, error, words in (
        (3, TypeError, "function `model.X, y.`.*Received: 3"),
        (uncompiled, RuntimeError, "needs to be compiled, and have a loss and an optimizer"),
        (lambda X, y: None, TypeError, "must return a model. It returned: None"),
    ):
        with pytest.raises(error, match=words):
            SKLearnRegressor(wrong).fit(X, NUMBERS)
    with pytest.raises(NotFittedError):
        SKLearnRegressor(network).predict(X)
