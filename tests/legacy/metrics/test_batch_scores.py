"""Scores of a batch, beside scikit-learn's definitions worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers, models
from torchkeras_compat.legacy.metrics.batch_scores import fbeta_score, fmeasure, matthews_correlation, precision, recall

TRUE = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 1.0]])
PREDICTED = np.array([[0.9, 0.6], [0.2, 0.7], [0.1, 0.3], [0.8, 1.0]])
# tp 3 (0.9, 0.7, 1.0), fp 2 (0.6, 0.8), fn 1 (0.2), tn 2


def test_the_scores() -> None:
    assert precision(TRUE, PREDICTED).item() == pytest.approx(3 / 5, rel=1e-5)
    assert recall(TRUE, PREDICTED).item() == pytest.approx(3 / 4, rel=1e-5)
    assert fmeasure(TRUE, PREDICTED).item() == pytest.approx(2 / 3, rel=1e-5)
    assert fbeta_score(TRUE, PREDICTED, beta=2).item() == pytest.approx(5 * 0.6 * 0.75 / (4 * 0.6 + 0.75), rel=1e-5)
    assert fbeta_score(TRUE, PREDICTED, beta=0).item() == pytest.approx(0.6, rel=1e-5)
    expected = (3 * 2 - 2 * 1) / np.sqrt(5 * 4 * 4 * 3)
    assert matthews_correlation(TRUE, PREDICTED).item() == pytest.approx(expected, rel=1e-5)


def test_nothing_is_positive() -> None:
    zeros = np.zeros((2, 2))
    for score in (precision, recall, fmeasure, fbeta_score, matthews_correlation):
        assert score(zeros, zeros).item() == 0.0


def test_an_epoch_shows_the_mean_of_its_batches() -> None:
    model = Sequential([layers.Activation("linear", input_shape=(2,))])
    model.compile("sgd", "mse", metrics=[precision, matthews_correlation])
    found = model.evaluate(PREDICTED, TRUE, batch_size=2, verbose=0, return_dict=True)
    batches = [precision(TRUE[i : i + 2], PREDICTED[i : i + 2]).item() for i in (0, 2)]
    assert found["precision"] == pytest.approx(np.mean(batches))
    assert set(found) == {"loss", "precision", "matthews_correlation"}


def test_in_a_file(tmp_path: Path) -> None:
    model = Sequential([layers.Dense(2, activation="sigmoid", input_dim=2)])
    model.compile("sgd", "mse", metrics=[fmeasure, matthews_correlation])
    model.fit(PREDICTED, TRUE, verbose=0)
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    first = model.evaluate(PREDICTED, TRUE, verbose=0)
    np.testing.assert_allclose(loaded.evaluate(PREDICTED, TRUE, verbose=0), first)


def test_a_negative_beta() -> None:
    with pytest.raises(ValueError, match="beta=-1"):
        fbeta_score(TRUE, PREDICTED, beta=-1)
