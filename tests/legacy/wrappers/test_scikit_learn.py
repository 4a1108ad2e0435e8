"""The two estimators, and what scikit-learn's tools do with them. Authority: Keras 2.3's documentation."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tests.legacy.wrappers.models import X, Y, binary, categorical, regression
from torchkeras_compat.legacy.wrappers.scikit_learn import KerasClassifier, KerasRegressor

pytest.importorskip("sklearn")
from sklearn.base import is_classifier, is_regressor
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def test_two_classes():
    classifier = KerasClassifier(binary, epochs=60, batch_size=10, verbose=0)
    classifier.fit(X, np.where(Y, "yes", "no"), sample_weight=np.ones(60))
    assert classifier.classes_.tolist() == ["no", "yes"] and classifier.n_classes_ == 2
    probabilities, labels = classifier.predict_proba(X), classifier.predict(X)
    assert probabilities.shape == (60, 2) and np.allclose(probabilities.sum(1), 1)
    assert labels.shape == (60, 1) and np.array_equal(labels[:, 0] == "yes", probabilities[:, 1] > 0.5)
    accuracy = classifier.score(X, np.where(Y, "yes", "no"))
    assert accuracy == pytest.approx(np.mean(labels[:, 0] == np.where(Y, "yes", "no"))) and accuracy > 0.8


def test_several_classes():
    labels = np.array(["a", "b", "c"])[np.arange(60) % 3]
    classifier = KerasClassifier(categorical, verbose=0)
    classifier.fit(X, labels)
    found = classifier.predict(X, batch_size=7)
    assert found.shape == (60,) and classifier.predict_proba(X).shape == (60, 3)
    assert classifier.score(X, labels) == pytest.approx(np.mean(found == labels), abs=1e-6)
    one_hot = np.eye(3)[np.arange(60) % 3]
    classifier.fit(X, one_hot)
    assert classifier.classes_.tolist() == [0, 1, 2]
    assert classifier.score(X, one_hot) == pytest.approx(np.mean(classifier.predict(X) == np.arange(60) % 3), abs=1e-6)


def test_regression():
    regressor = KerasRegressor(regression, epochs=2, verbose=0)
    regressor.fit(X, X[:, 0])
    assert regressor.predict(X).shape == (60,)
    expected = -np.mean((regressor.predict(X) - X[:, 0]) ** 2)
    assert regressor.score(X, X[:, 0]) == pytest.approx(expected, rel=1e-4)


def test_what_cannot_be_scored_is_refused():
    classifier = KerasClassifier(binary, verbose=0)
    with pytest.raises(ValueError, match=r"\(60, 1, 1\)"):
        classifier.fit(X, Y.reshape(60, 1, 1))
    classifier.fit(X, Y)
    with pytest.raises(ValueError, match=r"not there in `fit`: \[7\]"):
        classifier.score(X[:2], [0, 7])
    classifier.model.compile("sgd", "binary_crossentropy")
    with pytest.raises(ValueError, match="not configured to compute accuracy"):
        classifier.score(X, Y)


@pytest.mark.filterwarnings("error")
def test_tools_of_scikit_learn():
    classifier = KerasClassifier(build_fn=binary, epochs=2, batch_size=10, verbose=0)
    assert is_classifier(classifier) and is_regressor(KerasRegressor(regression))
    assert cross_val_score(classifier, X, Y, cv=3).shape == (3,)
    search = GridSearchCV(classifier, {"optimizer": ["sgd", "adam"], "epochs": [1, 2]}, cv=2).fit(X, Y)
    assert set(search.best_params_) == {"optimizer", "epochs"} and len(search.cv_results_["params"]) == 4
    settings = {"units": [2, 3], "batch_size": [5, 10]}
    assert RandomizedSearchCV(classifier, settings, n_iter=2, cv=2).fit(X, Y, verbose=0).best_score_ >= 0
    pipeline = Pipeline([("scale", StandardScaler()), ("model", classifier)])
    pipeline.fit(X, Y, model__epochs=1)
    assert pipeline.predict(X).shape == (60, 1) and 0 <= pipeline.score(X, Y) <= 1
    scores = cross_val_score(
        KerasRegressor(regression, verbose=0), X, X[:, 0], cv=KFold(3), scoring="neg_mean_squared_error"
    )
    assert (scores < 0).all()


def test_pickles():
    classifier = KerasClassifier(binary, verbose=0)
    classifier.fit(X, Y)
    copy = pickle.loads(pickle.dumps(classifier))
    assert np.array_equal(copy.predict_proba(X), classifier.predict_proba(X))
