from __future__ import annotations

from torchkeras_compat.dialects.meanings import METHODS, attributes, methods
from torchkeras_compat.overrides import Addition, Overridable
from torchkeras_compat.public_names import named


def test_every_method_is_one_that_the_core_marks() -> None:
    for path, (owner, _) in METHODS.items():
        assert isinstance(vars(named(owner))[path.rpartition(".")[2]], Overridable)


def test_keras_3_has_no_other_meanings() -> None:
    assert methods("keras3") == {} and attributes("keras3") == {}


def test_every_attribute_that_the_core_marks_has_a_meaning() -> None:
    owners = ("layers.layer.layer.Layer", "layers.activated.Activated", "training.trainer.Trainer")
    owners = (*owners, "metrics.base.Metric", "optimizers.base.Optimizer", "symbolic.keras_tensor.KerasTensor")
    marked = {name for owner in owners for name, value in vars(named(owner)).items() if isinstance(value, Addition)}
    assert marked == set(attributes("keras2"))
