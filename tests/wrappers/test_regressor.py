"""The regressor: scikit-learn's own checks, and numbers beside those of real Keras."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import DataConversionWarning

from tests.wrappers.estimators import NUMBERS, QUIET, X, checks, compare_with_keras, network
from torchkeras_compat.wrappers import SKLearnRegressor


@pytest.mark.parametrize(("estimator", "check"), list(checks(SKLearnRegressor(network, fit_kwargs=QUIET))))
def test_scikit_learns_checks_pass(estimator, check):
    check(estimator)


def test_numbers_are_those_of_keras(real_keras):
    compare_with_keras(real_keras, "SKLearnRegressor")


def test_targets_may_have_several_columns():
    y = np.stack([NUMBERS, -NUMBERS], 1)
    regressor = SKLearnRegressor(network, fit_kwargs={"epochs": 60, **QUIET}).fit(X, y)
    assert regressor.predict(X).shape == (24, 2)
    assert regressor.score(X, y) > 0.5


def test_a_column_of_targets_is_warned_of():
    with pytest.warns(DataConversionWarning):
        assert SKLearnRegressor(network, fit_kwargs=QUIET).fit(X, NUMBERS[:, None]).predict(X).shape == (24,)
