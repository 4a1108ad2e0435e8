"""What the class of all metrics does for those that users write."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat import Variable, config, metrics
from torchkeras_compat.metrics.base import Metric, divide_no_nan


class Count(Metric):
    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.seen = self.add_variable((), "zeros", name="seen")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.seen.assign_add(len(y_true))

    def result(self) -> torch.Tensor:
        return self.seen.value


def test_variables_are_found_in_attributes_lists_and_dicts() -> None:
    metric = Count()
    metric.part = Count()
    metric.parts = [Count(), {"a": Count(), "b": [Variable(0.0)]}]
    assert len(metric.variables) == 5
    metric.parts.append(Variable(1.0))
    assert len(metric.variables) == 6
    metric.again = metric.seen
    assert len(metric.variables) == 6
    metric.reset_state()
    assert all((v.numpy() == 0).all() for v in metric.variables)


def test_paths_start_with_the_name_of_the_metric() -> None:
    assert Count().seen.path == "count/seen"
    assert Count().seen.path == "count_1/seen"
    assert metrics.AUC(name="area").variables[0].path == "area/true_positives"


def test_a_dtype_is_that_of_the_state_and_the_global_policy_is_not() -> None:
    assert Count(dtype="float16").seen.dtype == "float16"
    assert Count(dtype="mixed_bfloat16").seen.dtype == "bfloat16"
    with pytest.raises(AttributeError):
        Count().dtype = "float64"  # type: ignore[misc]
    config.set_floatx("float64")
    assert Count().seen.dtype == "float64"


def test_forgetting_super_is_explained() -> None:
    class Forgetful(Metric):
        def __init__(self) -> None:
            self.total = self.add_variable((), "zeros")

    with pytest.raises(RuntimeError, match=r"Forgetful makes .* Call `super\(\).__init__\(\)` first"):
        Forgetful()


def test_what_a_subclass_must_define_is_named() -> None:
    with pytest.raises(NotImplementedError, match=r"Metric must define `update_state"):
        Metric().update_state(1, 2)
    with pytest.raises(NotImplementedError, match=r"Metric must define `result"):
        Metric().result()


def test_the_number_of_given_states_is_checked() -> None:
    with pytest.raises(ValueError, match="Received list with length 1, but expected 2 variables"):
        metrics.Mean().stateless_result([1.0])


def test_first_values_may_be_given_as_a_tensor() -> None:
    metric = Metric()
    variable = metric.add_variable((2,), torch.tensor([1.0, 2.0]), name="first")
    assert variable.numpy().tolist() == [1.0, 2.0]


def test_gradients_stay_out_of_the_state() -> None:
    metric = metrics.MeanSquaredError()
    metric.update_state(torch.zeros(2, 1), torch.ones(2, 1, requires_grad=True))
    assert not metric.result().requires_grad


def test_division_by_nothing_is_zero() -> None:
    a = divide_no_nan(torch.tensor([1.0, 0.0, 4.0]), torch.tensor([0.0, 0.0, 2.0]))
    assert a.tolist() == [0.0, 0.0, 2.0]
    assert metrics.Mean().result() == 0
