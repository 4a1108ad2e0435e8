"""Optimizers of files of Keras 1 and 2; what they compute is tested in `tests/saving/test_h5_optimizer`."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat import optimizers
from torchkeras_compat.dialects.old_files.optimizers import optimizer_of_today
from torchkeras_compat.dialects.old_files.versions import file_version
from torchkeras_compat.errors import FileContentError, UnknownNameError
from torchkeras_compat.saving.old_files import to_keras3


def _today(class_name: str, version: str, **settings: Any) -> tuple[str, dict[str, Any]]:
    return optimizer_of_today(class_name, settings, file_version(version))


@pytest.mark.parametrize(
    ("version", "name", "settings", "expected"),
    [
        ("2.15.0", "Adam", {"name": "Adam", "decay": 0.0}, "Adam"),
        ("2.15.0", "Adam", {"name": "Adam", "decay": 0.1}, "LegacyAdam"),
        ("2.15.0", "RMSprop", {"name": "RMSprop", "decay": 0.0}, "LegacyRMSprop"),
        ("2.15.0", "RMSprop", {"name": "RMSprop", "is_legacy_optimizer": False}, "RMSprop"),
        ("2.10.0", "RMSprop", {"name": "RMSprop"}, "LegacyRMSprop"),
        ("2.15.0", "Adagrad", {"name": "Adagrad", "decay": 0.0}, "LegacyAdagrad"),
        ("2.15.0", "Dense", {"name": "Dense", "decay": 0.1}, "Dense"),
        ("2.2.4", "RMSprop", {"lr": 0.1}, "LegacyRMSprop"),
        ("1.0.8", "Nadam", {"lr": 0.1}, "LegacyNadam"),
        ("1.0.8", "Adam", {"lr": 0.1}, "Adam"),
        ("2.2.4", "Adam", {"lr": 0.1, "clipnorm": 1.0, "clipvalue": 0.5}, "LegacyAdam"),
        ("2.4.0", "Adam", {"name": "Adam", "clipnorm": 1.0, "clipvalue": 0.5}, "LegacyAdam"),
        ("2.1.6-tf", "Adagrad", {"lr": 0.1}, "LegacyAdagrad"),
    ],
)
def test_optimizers_with_another_formula(version: str, name: str, settings: dict[str, Any], expected: str) -> None:
    assert _today(name, version, **settings)[0] == expected


def test_settings_that_are_not_in_the_file_are_those_of_its_version() -> None:
    assert _today("Nadam", "2.15.0", name="N", decay=0.01)[1]["schedule_decay"] == 0.01
    assert _today("Nadam", "2.15.0", name="N", decay=0.0, schedule_decay=0.01)[1]["schedule_decay"] == 0.01
    assert _today("Adagrad", "2.2.4", decay=0.0)[1]["initial_accumulator_value"] == 0.0
    assert _today("Adam", "1.2.2", lr=0.1)[1]["epsilon"] == 1e-8
    assert "epsilon" not in _today("Adam", "2.2.4", lr=0.1, epsilon=None)[1]
    assert _today("Adadelta", "1.0.0")[1]["learning_rate"] == 1.0
    assert _today("Adamax", "2.1.0")[1]["learning_rate"] == 0.002


def test_norms_are_of_all_gradients_together_before_tensorflow() -> None:
    assert _today("SGD", "2.2.4", lr=0.1, clipnorm=1.0)[1]["global_clipnorm"] == 1.0
    assert _today("SGD", "1.2.2", lr=0.1, clipnorm=0.0, clipvalue=0.0)[1] == {"learning_rate": 0.1}
    for version in ("2.1.6-tf", "2.4.0"):
        assert _today("SGD", version, lr=0.1, clipnorm=1.0)[1]["clipnorm"] == 1.0


INNER = {"class_name": "Adam", "config": {"name": "Adam", "learning_rate": 0.5, "decay": 0.0}}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("LossScaleOptimizerV3", {"inner_optimizer": INNER, "dynamic": True, "initial_scale": 8.0}),
        ("LossScaleOptimizer", {"inner_optimizer": INNER, "dynamic": True, "initial_scale": 8.0}),
        (
            "LossScaleOptimizer",
            {"optimizer": INNER, "loss_scale": {"class_name": "DynamicLossScale", "config": {"initial_loss_scale": 8}}},
        ),
    ],
)
def test_dynamic_loss_scales(name: str, settings: dict[str, Any]) -> None:
    made: Any = optimizers.deserialize(to_keras3({"class_name": name, "config": settings}))
    assert isinstance(made, optimizers.LossScaleOptimizer)
    assert made.initial_scale == 8.0
    assert float(made.learning_rate) == 0.5


@pytest.mark.parametrize(
    "settings",
    [
        {"inner_optimizer": INNER, "dynamic": False, "initial_scale": 4.0, "dynamic_growth_steps": None},
        {"optimizer": INNER, "loss_scale": {"class_name": "FixedLossScale", "config": {"loss_scale_value": 4.0}}},
        {"optimizer": INNER, "loss_scale": 4.0},
        {"optimizer": {**INNER, "config": {**INNER["config"], "decay": 0.1}}, "loss_scale": 4.0},  # type: ignore[dict-item]
    ],
)
def test_fixed_loss_scales_are_a_setting_of_the_optimizer_inside(settings: dict[str, Any]) -> None:
    made: Any = optimizers.deserialize(to_keras3({"class_name": "LossScaleOptimizerV1", "config": settings}))
    assert type(made).__name__.removeprefix("Legacy") == "Adam"
    assert made.loss_scale_factor == 4.0
    assert type(made).from_config(made.get_config()).loss_scale_factor == 4.0


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"inner_optimizer": None}, "has no optimizer inside"),
        ({"optimizer": INNER, "loss_scale": []}, "is a number or a loss scale"),
        ({"optimizer": INNER, "loss_scale": {"config": {"multiplier": 3.0}}}, "grows by 3.0 at a time"),
    ],
)
def test_loss_scales_that_cannot_be(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(FileContentError, match=why):
        _today("LossScaleOptimizerV1", "2.3.0-tf", **settings)


def test_optimizers_of_tensorflow_addons_are_refused_with_a_way_out() -> None:
    with pytest.raises(UnknownNameError, match=r"(?s)'AdamW' of tensorflow_addons.*compile=False.*weight_decay / lear"):
        _today("Addons>AdamW", "2.8.0", weight_decay=0.1)
    with pytest.raises(UnknownNameError, match=r"(?s)'Yogi' of tensorflow_addons.*'Addons>Yogi': ..."):
        _today("Addons>Yogi", "2.8.0")


def test_both_spellings_of_the_learning_rate() -> None:
    assert _today("SGD", "2.4.0", lr=0.5, learning_rate=0.1)[1]["learning_rate"] == 0.5
