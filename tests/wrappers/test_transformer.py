"""The transformer: scikit-learn's own checks, and numbers beside those of real Keras."""

from __future__ import annotations

import pytest

from tests.wrappers.estimators import QUIET, X, checks, compare_with_keras, network
from torchkeras_compat.wrappers import SKLearnTransformer


@pytest.mark.parametrize(("estimator", "check"), list(checks(SKLearnTransformer(network, fit_kwargs=QUIET))))
def test_scikit_learns_checks_pass(estimator, check):
    check(estimator)


def test_numbers_are_those_of_keras(real_keras):
    compare_with_keras(real_keras, "SKLearnTransformer")


def test_a_transformer_needs_targets():
    with pytest.raises(ValueError, match="target y is None.*for an autoencoder, X itself"):
        SKLearnTransformer(network).fit(X, None)
