"""What the class of all metrics does for those that users write."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
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


def test_sums_of_low_precision_are_exact_in_the_state() -> None:
    """10,000 ones: bfloat16 itself cannot count beyond 256."""
    metric = metrics.Sum()
    metric.update_state(torch.ones(10_000, dtype=torch.bfloat16))
    assert metric.result() == 10_000
    accuracy = metrics.Accuracy()
    accuracy.update_state(torch.ones(10_001, dtype=torch.bfloat16), torch.ones(10_001, dtype=torch.bfloat16))
    assert accuracy.count.numpy() == 10_001


def test_integer_states_stay_integers() -> None:
    metric = metrics.Mean(dtype="int32")
    assert metric([1.5, 2.7]) == 1.5  # of 1 and 2, as Keras casts them
    assert metric.total.dtype == "int32"


@pytest.mark.parametrize(("batch", "expected"), [((4, 2), 0.5), ((4, 5), 0.5)])
def test_batches_of_longer_samples_weigh_no_more(batch: tuple[int, int], expected: float) -> None:
    metric = metrics.Mean()
    metric.update_state(torch.zeros(4, 100))
    metric.update_state(torch.ones(batch))
    assert metric.result() == expected


def test_an_update_of_the_accuracy_takes_few_calls() -> None:
    """6 for the same in plain torch: argmax, eq, sum, and two additions."""
    metric = metrics.SparseCategoricalAccuracy()
    y_true, y_pred = torch.zeros(8, dtype=torch.int64), torch.rand(8, 3)
    metric.update_state(y_true, y_pred)
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        metric.update_state(y_true, y_pred)
    finally:
        sys.setprofile(None)
    assert calls <= 24


def test_division_by_nothing_is_zero() -> None:
    a = divide_no_nan(torch.tensor([1.0, 0.0, 4.0]), torch.tensor([0.0, 0.0, 2.0]))
    assert a.tolist() == [0.0, 0.0, 2.0]
    assert metrics.Mean().result() == 0


def test_the_area_under_the_roc_curve_is_the_share_of_pairs_in_order() -> None:
    """Mann and Whitney: the probability that a positive target is predicted higher than a negative one."""
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, 2, 2000)
    y_pred = np.clip(rng.normal(0.4 + 0.2 * y_true, 0.2), 0, 1)
    pairs = y_pred[y_true == 1][:, None] - y_pred[y_true == 0][None]
    expected = (pairs > 0).mean() + 0.5 * (pairs == 0).mean()
    area = metrics.AUC(num_thresholds=2001)(y_true, y_pred)
    assert area.item() == pytest.approx(expected, abs=1e-3)  # the thresholds are 1 / 2000 apart
