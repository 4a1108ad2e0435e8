"""States of `.keras` files of Keras 2.12 to 2.15: numbered arrays, some more or fewer than today's."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat.optimizers.adafactor import Adafactor
from torchkeras_compat.optimizers.adam import Adam
from torchkeras_compat.optimizers.adaptive import Nadam
from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.optimizers.sgd import SGD
from torchkeras_compat.saving.counted_state import complete_state, counted_targets, has_lost_state
from torchkeras_compat.saving.old_optimizer_state import product_of_momenta


def _built(optimizer: Any) -> Any:
    optimizer.build([torch.nn.Parameter(torch.ones(shape)) for shape in ((2, 3), (3,))])
    return optimizer


@pytest.mark.parametrize(
    ("optimizer", "shapes", "numbers"),
    [
        (Adam(), [(), (2, 3), (2, 3), (3,), (3,)], [0, 1, 2, 3, 4]),
        (Nadam(), [(), (2, 3), (2, 3), (3,), (3,)], [0, 1, 2, 3, 4]),
        (Adafactor(), [(), (2,), (3,), (2, 3), (3,)], [0, 1, 2, 3, 4]),
        (SGD(), [(), (2, 3), (3,)], [0]),  # whose moments were of no use
        (SGD(), [()], [0]),
        (LossScaleOptimizer(Adam()), [(), (2, 3), (2, 3), (3,), (3,)], []),  # the optimizer inside has them
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_variables_by_the_numbers_of_the_file(optimizer: Any, shapes: list[Any], numbers: list[int]) -> None:
    found = counted_targets(_built(optimizer), shapes)
    assert found is not None
    assert list(found) == numbers
    assert all(tuple(variable.shape) == shapes[i] for i, variable in found.items())


def test_other_numbers_and_shapes_fit_nothing() -> None:
    optimizer = _built(Adam())
    assert counted_targets(optimizer, [(), (2, 3)]) is None
    assert counted_targets(optimizer, [(), (3, 2), (2, 3), (3,), (3,)]) is None
    assert counted_targets(_built(SGD(momentum=0.9)), [()]) is None


def test_the_product_of_nadam_follows_from_the_count() -> None:
    optimizer = _built(Nadam())
    optimizer.iterations.assign(4)
    complete_state(optimizer, {id(optimizer._u_product)})
    assert float(optimizer._u_product) == 1.0
    complete_state(optimizer, set())
    assert float(optimizer._u_product) == pytest.approx(product_of_momenta(optimizer, 4))
    complete_state(object(), set())


def test_the_state_of_a_legacy_optimizer_is_not_in_a_keras_file() -> None:
    legacy = {"module": "keras.optimizers.legacy", "class_name": "Adam", "config": {}}
    assert has_lost_state({"optimizer": legacy})
    assert has_lost_state({"optimizer": {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": legacy}}})
    assert not has_lost_state({"optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {}}})
    assert not any(has_lost_state(x) for x in (None, {}, {"optimizer": "adam"}, {"optimizer": {"config": 3}}))
