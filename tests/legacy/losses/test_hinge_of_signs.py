"""Hinge losses of Keras before 2.3, in code and in files."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers, losses, models
from torchkeras_compat.dialects.adapters.functions import function_of
from torchkeras_compat.legacy.losses.hinge_of_signs import hinge_of_signs, squared_hinge_of_signs
from torchkeras_compat.public_names import named
from torchkeras_compat.saving.old_files import training_to_keras3

LABELS = np.array([[0.0, 1.0], [1.0, 0.0]], "float32")
SCORES = np.array([[0.5, 0.25], [-2.0, 3.0]], "float32")


def test_a_target_of_0_is_0() -> None:
    np.testing.assert_allclose(hinge_of_signs(LABELS, SCORES), np.maximum(1 - LABELS * SCORES, 0).mean(-1))
    np.testing.assert_allclose(
        squared_hinge_of_signs(LABELS, SCORES), (np.maximum(1 - LABELS * SCORES, 0) ** 2).mean(-1)
    )
    assert not np.allclose(hinge_of_signs(LABELS, SCORES), losses.hinge(LABELS, SCORES))  # there it is -1


def test_signs_give_what_they_give_today() -> None:
    signs = 2 * LABELS - 1
    np.testing.assert_array_equal(hinge_of_signs(signs, SCORES), losses.hinge(signs, SCORES))
    np.testing.assert_array_equal(squared_hinge_of_signs(signs, SCORES), losses.squared_hinge(signs, SCORES))


@pytest.mark.parametrize(
    ("version", "is_of_signs"), [("1.2.2", True), ("2.2.4", True), ("2.3.1", False), ("2.15.0", False)]
)
def test_a_file_means_that_of_its_version(version: str, is_of_signs: bool) -> None:
    training = {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": "squared_hinge", "metrics": ["hinge"]}
    found = training_to_keras3(training, version)
    found["optimizer"] = found.pop("optimizer_config")
    model = Sequential([layers.Input((2,)), layers.Activation("linear")])
    model.compile_from_config(found)
    logs = model.evaluate(SCORES, LABELS, verbose=0, return_dict=True)
    space = (squared_hinge_of_signs, hinge_of_signs) if is_of_signs else (losses.squared_hinge, losses.hinge)
    expected = [float(np.mean(np.asarray(function(LABELS, SCORES)))) for function in space]
    assert logs == pytest.approx(dict(zip(["loss", "hinge"], expected, strict=True)))


def test_code_of_keras_1_means_it() -> None:
    for kind in ("losses", "metrics"):
        path = function_of("keras1", kind, "hinge")
        assert path is not None and named(path) is hinge_of_signs
        assert function_of("keras2", kind, "hinge") is None


def test_a_model_that_learns_by_it_comes_back_from_its_file(tmp_path) -> None:
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", hinge_of_signs)
    model.save(tmp_path / "m.keras")
    assert models.load_model(tmp_path / "m.keras").loss is hinge_of_signs
