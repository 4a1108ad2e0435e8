"""The classifier: scikit-learn's own checks, and numbers beside those of real Keras."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tests.wrappers.estimators import LABELS, NUMBERS, QUIET, X, checks, classifying, compare_with_keras, compiled
from torchkeras_compat.wrappers import SKLearnClassifier

# What a network that learns by chance, for a few epochs, cannot promise; real Keras names the same ones.
EXPECTED_TO_FAIL = {
    "check_classifiers_one_label_sample_weights": "a weight of zero is not a sample left out",
    "check_classifiers_classes": "a few epochs do not find all classes",
    "check_classifier_data_not_an_array": "two fits draw other numbers",
    "check_supervised_y_2d": "two fits draw other numbers",
    "check_fit_idempotent": "two fits draw other numbers",
    "check_classifiers_train": "the decision function has a column for each class, of two classes too",
}


@pytest.mark.parametrize(
    ("estimator", "check"),
    list(checks(SKLearnClassifier(classifying, fit_kwargs={"epochs": 2, **QUIET}), EXPECTED_TO_FAIL)),
)
def test_scikit_learns_checks_pass(estimator, check):
    check(estimator)


def test_numbers_are_those_of_keras(real_keras):
    compare_with_keras(real_keras, "SKLearnClassifier")


@pytest.mark.parametrize("given", [compiled("categorical_crossentropy", 2, "softmax"), classifying])
def test_pickling_keeps_what_was_learned(given):
    classifier = SKLearnClassifier(given, fit_kwargs=QUIET).fit(X, LABELS)
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(again.decision_function(X), classifier.decision_function(X))
    assert list(again.predict(X)) == list(classifier.predict(X))
    assert again.history_.history == classifier.history_.history
    again.fit(X, LABELS)


def test_targets_that_are_not_classes_are_refused():
    for y, words in (
        (NUMBERS, "Only binary and multiclass target types are supported. Target type: continuous.*SKLearnRegressor"),
        (np.ones((24, 2)), "Target type: multilabel-indicator"),
        (["a"] * 24, "only one class is present. Received: .*'a'"),
    ):
        with pytest.raises(ValueError, match=words):
            SKLearnClassifier(classifying).fit(X, y)
