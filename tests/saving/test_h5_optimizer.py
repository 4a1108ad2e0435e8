"""Training that goes on from `.h5` files of Keras 1 and 2, with the numbers of the Keras that wrote them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.saving import files_of_old_optimizers as files
from tests.saving.files_of_old_optimizers import Case
from torchkeras_compat import models


def _loaded(path: Path, case: Case, **options: Any) -> Any:
    file = str(path / "old.h5")
    files.write(file, case, **options)
    return models.load_model(file)


@pytest.mark.parametrize("case", list(files.all_cases()), ids=str)
def test_training_goes_on_as_in_the_keras_that_wrote_the_file(tmp_path: Path, case: Case) -> None:
    restarts = bool(case.settings.get("decay")) and not files.is_counted(case)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = _loaded(tmp_path, case)
    assert len(caught) == restarts, [str(w.message) for w in caught]
    for steps in (1, 2):
        model.train_on_batch(np.float32(files.X), np.float32(files.Y))
        for found, expected in zip(model.get_weights(), files.after(case, steps), strict=True):
            np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)
    if files.is_counted(case):
        assert int(model.optimizer.iterations) == 9


ADAM = Case("2.2.4", "Adam", {})


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (slice(0, 5), "it has 4 arrays, where 2 for each of 4 weights are expected"),
        (slice(1, None), "the count of updates is missing"),
        (slice(0, 1), "it has 0 arrays"),
        (slice(0, 14), "it has 12 arrays|13 arrays"),
    ],
)
def test_a_state_of_another_number_of_arrays_is_left_out(tmp_path: Path, names: slice, why: str) -> None:
    arrays = [*files.state(ADAM), ("more:0", np.zeros(1, "float32"))][names]
    with pytest.warns(UserWarning, match=f"(?s){why}.*starts with a new state"):
        model = _loaded(tmp_path, ADAM, arrays=arrays)
    assert int(model.optimizer.iterations) == 0
    model.train_on_batch(np.float32(files.X), np.float32(files.Y))
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize("count", [np.nan, np.inf, -1.0, 1e300, 0.5])
def test_a_count_that_is_none_is_left_out(tmp_path: Path, count: float) -> None:
    arrays = [(name, np.array(count) if array.shape == () else array) for name, array in files.state(ADAM)]
    with pytest.warns(UserWarning, match="its count of updates is"):
        model = _loaded(tmp_path, ADAM, arrays=arrays)
    assert int(model.optimizer.iterations) == 0


def test_moments_that_cannot_be_second_ones_are_left_out(tmp_path: Path) -> None:
    """Weights would become NaN."""
    arrays = [(name, array if array.shape in ((), (1,)) else -abs(array)) for name, array in files.state(ADAM)]
    with pytest.warns(UserWarning, match="its 'velocity' has negative numbers"):
        model = _loaded(tmp_path, ADAM, arrays=arrays)
    model.train_on_batch(np.float32(files.X), np.float32(files.Y))
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_names_that_say_something_else_are_left_out(tmp_path: Path) -> None:
    case = Case("2.10.0", "Adam", {})
    arrays = [(name.replace("/v:", "/w:"), array) for name, array in files.state(case)]
    with pytest.warns(UserWarning, match="'Adam/b/kernel/w:0' does not belong to it"):
        _loaded(tmp_path, case, arrays=arrays)
    arrays = [(name, array) for name, array in files.state(case) if "/v:" not in name]
    with pytest.warns(UserWarning, match="its 'velocity' is missing"):
        _loaded(tmp_path, case, arrays=arrays)


@pytest.mark.parametrize("version", ["1.2.2", "2.2.4", "2.3.1"])
def test_a_model_that_never_trained_starts_without_a_word(tmp_path: Path, version: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = _loaded(tmp_path, Case(version, "Adam", {}), arrays=[])
    assert int(model.optimizer.iterations) == 0
    assert float(model.optimizer.learning_rate) == pytest.approx(0.05)


def test_a_product_of_momenta_that_is_none_is_left_out(tmp_path: Path) -> None:
    case = Case("2.3.1", "Nadam", {})
    arrays = [(n, np.float32(np.nan) if "m_schedule" in n else array) for n, array in files.state(case)]
    with pytest.warns(UserWarning, match="its product of momenta is nan"):
        _loaded(tmp_path, case, arrays=arrays)
