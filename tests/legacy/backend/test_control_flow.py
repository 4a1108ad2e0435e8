from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Input, layers, models
from torchkeras_compat.legacy.backend import control_flow as K
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.learning_phase import learning_phase, learning_phase_scope
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_only_the_function_that_counts_is_called() -> None:
    def fail():
        raise AssertionError

    assert K.switch(torch.tensor(True), lambda: torch.tensor(1.0), fail) == 1.0
    assert K.switch(False, fail, 2.0) == 2.0


def test_numbers_choose_between_tensors_of_other_shapes() -> None:
    assert K.switch(torch.tensor(1), torch.ones(2), torch.zeros(3)).shape == (2,)


def test_a_condition_of_more_axes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Rank of `condition` should be less .*\(2, 1\), \(2,\) and \(2,\)"):
        K.switch(torch.ones(2, 1), torch.ones(2), torch.ones(2))


def test_a_recorded_condition_decides_in_each_run() -> None:
    decision, x = placeholder((), dtype="bool"), placeholder((2,))
    f = function([decision, x], [K.switch(decision, lambda: x, lambda: -x)])
    assert f([True, [1.0, 2.0]])[0].tolist() == [1.0, 2.0]
    assert f([False, [1.0, 2.0]])[0].tolist() == [-1.0, -2.0]


def test_layers_find_the_mode_of_their_own_call() -> None:
    layer = layers.Lambda(lambda x: K.in_train_phase(x + 1, x))
    x = torch.zeros(1)
    assert layer(x).item() == 0.0
    assert layer(x, training=True).item() == 1.0
    model = models.Sequential([Input((1,)), layer])
    assert model(torch.zeros(1, 1), training=True).item() == 1.0
    assert model.predict(torch.zeros(1, 1), verbose=0).item() == 0.0


def test_a_phase_that_was_set_counts_everywhere() -> None:
    layer = layers.Lambda(lambda x: K.in_test_phase(x, lambda: x + 1))
    with learning_phase_scope(1):
        assert layer(torch.zeros(1)).item() == 1.0


def test_recorded_choices_follow_the_phase_of_the_run() -> None:
    x = placeholder((1,))
    f = function([x, learning_phase()], [K.in_train_phase(lambda: x * 2, x), K.in_train_phase(x, -x, training=0)])
    assert [y.item() for y in f([[3.0], 0])] == [3.0, -3.0]
    assert [y.item() for y in f([[3.0], 1])] == [6.0, -3.0]


def test_functions_over_the_first_axis_take_nestings() -> None:
    a, b = torch.arange(3.0), torch.ones(3)
    assert K.map_fn(lambda ab: ab[0] + ab[1], (a, b)).tolist() == [1.0, 2.0, 3.0]
    assert K.map_fn(lambda x: x > 0, a, dtype="float32").tolist() == [0.0, 1.0, 1.0]
    assert K.map_fn(lambda x: x * 2, placeholder((None, 3))).shape == (None, 3)
    assert K.foldr(lambda total, x: total + x, a, initializer=torch.tensor(10.0)).item() == 13.0
