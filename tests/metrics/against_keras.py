"""What each metric is compared with Keras in: a module's tests inherit `MetricChecks` and list their `cases`."""

from __future__ import annotations

import copy
import pickle
import types
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest
import torch

from torchkeras_compat import metrics

RNG = np.random.default_rng(11)
_START = RNG.bit_generator.state
DATA: dict[str, Callable[[tuple[int, ...]], np.ndarray]] = {
    "real": lambda shape: RNG.normal(size=shape).astype("float32"),
    "positive": lambda shape: RNG.random(shape).astype("float32") * 3,
    "fraction": lambda shape: RNG.random(shape).astype("float32"),
    "binary": lambda shape: RNG.integers(0, 2, shape).astype("float32"),
    "probability": lambda shape: RNG.dirichlet(np.ones(shape[-1]), shape[:-1]).astype("float32"),
    "one_hot": lambda shape: np.eye(shape[-1], dtype="float32")[RNG.integers(0, shape[-1], shape[:-1])],
    "class": lambda shape: RNG.integers(0, shape[-1], shape[:-1]).astype("int32"),
    "classes": lambda shape: RNG.integers(0, 3, shape).astype("int32"),
    "ids": lambda shape: np.argsort(RNG.random(shape), axis=-1).astype("int32"),
}


class Case(NamedTuple):
    """A class of `metrics`, its arguments, which kind of targets and predictions, and whether any rank is accepted."""

    name: str
    arguments: dict[str, Any]
    targets: str
    predictions: str
    any_rank: bool = True

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join(f'{k}={v}' for k, v in self.arguments.items())}"

    def make(self, space: types.ModuleType = metrics, **more: Any) -> Any:
        return getattr(space, self.name)(**self.arguments, **more)


def batches(case: Case, shape: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (DATA[case.targets]((n, *shape[1:])), DATA[case.predictions]((n, *shape[1:]))) for n in (shape[0], shape[0], 2)
    ]


def assert_same(ours: Any, theirs: Any) -> None:
    """Same result, same state under the same names, in the same dtypes."""
    result, expected = ours.result(), theirs.result()
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype
    torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-6)
    assert [v.path for v in ours.variables] == [v.path for v in theirs.variables]
    for v, w in zip(ours.variables, theirs.variables, strict=True):
        assert v.dtype == w.dtype
        torch.testing.assert_close(v.value, w.value, rtol=1e-5, atol=1e-6)


def restart_data() -> None:
    """Draw the same data again, so that a test does not depend on those before it."""
    RNG.bit_generator.state = _START


class MetricChecks:
    """Values and state over several batches, weights, dtypes, configs and copies of each of `cases`."""

    cases: ClassVar[list[Case]]

    @pytest.fixture(autouse=True)
    def same_data_in_any_order(self) -> None:
        restart_data()

    def test_results_and_state_are_those_of_keras(self, real_keras: types.ModuleType, case: Case) -> None:
        for shape in [(6, 3), (2, 4, 3)] if case.any_rank else [(6, 3)]:
            ours, theirs = case.make(name="m"), case.make(real_keras.metrics, name="m")
            for y_true, y_pred in batches(case, shape):
                ours.update_state(torch.tensor(y_true), torch.tensor(y_pred))
                theirs.update_state(torch.tensor(y_true), torch.tensor(y_pred))
                assert_same(ours, theirs)
            ours.reset_state()
            assert all((v.numpy() == 0).all() for v in ours.variables)

    def test_weights_count_as_in_keras(self, real_keras: types.ModuleType, case: Case) -> None:
        ours, theirs = case.make(name="m"), case.make(real_keras.metrics, name="m")
        for y_true, y_pred in batches(case, (6, 3)):
            per_sample = RNG.random(len(y_true)).astype("float32")
            if case.name.endswith("IoU") and y_true.ndim == 2 and case.targets != "one_hot":
                per_sample = RNG.random(y_true.shape).astype("float32")  # Keras wants one for each value here
            ours.update_state(y_true, y_pred, sample_weight=per_sample)
            theirs.update_state(y_true, y_pred, sample_weight=per_sample)
        assert_same(ours, theirs)

    def test_configs_go_both_ways(self, real_keras: types.ModuleType, case: Case) -> None:
        metric = case.make(name="mine")
        again = metrics.deserialize(metrics.serialize(metric))
        assert type(again) is type(metric)
        assert again.get_config() == metric.get_config()
        theirs = real_keras.metrics.deserialize(metrics.serialize(metric))
        assert type(theirs).__name__ == case.name
        if case.arguments.get("label_weights") is not None:
            return  # Keras puts a tensor into the config, which is not JSON
        mine = metrics.deserialize(real_keras.metrics.serialize(theirs))
        assert mine.get_config() == metric.get_config()
        assert theirs.get_config().items() <= metric.get_config().items()

    def test_stateless_use_pickles_and_copies(self, case: Case) -> None:
        (first, second, _) = batches(case, (6, 3))
        metric = case.make()
        metric.update_state(*first)
        kept = [v.value.clone() for v in metric.variables]
        after = metric.stateless_update_state(metric.variables, *second)
        lent = metric.stateless_result(after)
        assert all((a == 0).all() for a in metric.stateless_reset_state())
        for v, before in zip(metric.variables, kept, strict=True):
            torch.testing.assert_close(v.value, before)
        for other in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):
            other.update_state(*second)
            torch.testing.assert_close(other.result(), lent)
        torch.testing.assert_close(metric(*second), lent)

    def test_updates_do_not_wait_for_the_device(self, case: Case) -> None:
        """The meta device has no values: whatever asks for one fails there."""
        metric = case.make()
        per_value = case.name.endswith("IoU") and case.targets != "one_hot"
        for y_true, y_pred in batches(case, (6, 3)):
            a, b = torch.tensor(y_true, device="meta"), torch.tensor(y_pred, device="meta")
            weight = torch.ones(a.shape if per_value else a.shape[:1], device="meta")
            metric.update_state(a, b)
            metric.update_state(a, b, sample_weight=weight)
        assert all((v.numpy() == 0).all() for v in metric.variables)

    def test_lists_arrays_and_low_precision_are_accepted(self, case: Case) -> None:
        y_true, y_pred = DATA[case.targets]((6, 3)), DATA[case.predictions]((6, 3))
        expected = case.make()(y_true, y_pred)
        torch.testing.assert_close(case.make()(y_true.tolist(), y_pred.tolist()), expected)
        if y_pred.dtype == "float32":
            rounded = torch.tensor(y_pred).bfloat16()
            whole = case.make()(y_true, rounded.float())
            halved = case.make()(torch.tensor(y_true), rounded)
            assert halved.dtype == whole.dtype
            # Elementwise steps are in bfloat16 (3 significant digits), the sums in the dtype of the state.
            torch.testing.assert_close(halved, whole, rtol=5e-2, atol=5e-2)


class MaskChecks(MetricChecks):
    """`MetricChecks`, and masks for those of `cases` that are the mean of a function's values."""

    mean_cases: ClassVar[list[Case]]

    def __init_subclass__(cls) -> None:
        cls.mean_cases = [case for case in cls.cases if isinstance(case.make(), metrics.MeanMetricWrapper)]

    def test_masks_count_as_in_keras(self, real_keras: types.ModuleType, mean_case: Case) -> None:
        if mean_case.name in ("Accuracy", "BinaryAccuracy") or "ignore_class" in mean_case.arguments:
            return  # there Keras accepts a mask with one entry for each value only
        ours, theirs = mean_case.make(name="m"), mean_case.make(real_keras.metrics, name="m")
        for n, weighted in ((6, False), (3, True)):
            y_true, y_pred = DATA[mean_case.targets]((n, 3)), torch.tensor(DATA[mean_case.predictions]((n, 3)))
            y_pred._keras_mask = torch.tensor(RNG.random(n) > 0.4)  # type: ignore[attr-defined]
            weight = RNG.random(n).astype("float32") if weighted else None
            ours.update_state(torch.tensor(y_true), y_pred, weight)
            theirs.update_state(torch.tensor(y_true), y_pred, weight)
        assert_same(ours, theirs)


class ThresholdChecks(MetricChecks):
    """`MetricChecks`, and predictions that equal a threshold in low precision for the classes in `counters`."""

    counters: ClassVar[list[str]]

    @pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
    def test_thresholds_of_low_precision_predictions_are_those_of_keras(
        self, real_keras: types.ModuleType, counter: str, dtype: torch.dtype
    ) -> None:
        limit = torch.tensor(0.3).to(dtype)  # beside 0.3, and equal to it in this precision
        y_pred = torch.stack([limit, limit.nextafter(torch.zeros((), dtype=dtype)), limit * 2])
        y_true, arguments = torch.tensor([1.0, 0.0, 1.0]), {"thresholds": [0.3]}
        ours = getattr(metrics, counter)(**arguments)(y_true, y_pred)
        theirs = getattr(real_keras.metrics, counter)(**arguments)(y_true, y_pred)
        torch.testing.assert_close(ours, theirs.cpu())


class FunctionChecks(MetricChecks):
    """`MetricChecks`, and values of `functions`: name, targets, predictions, arguments."""

    functions: ClassVar[list[tuple[str, str, str, dict[str, Any]]]]

    def test_functions_are_those_of_keras(
        self, real_keras: types.ModuleType, function: tuple[str, str, str, dict[str, Any]]
    ) -> None:
        name, targets, predictions, arguments = function
        ours, theirs = getattr(metrics, name), getattr(real_keras.metrics, name)
        for shape in ((6, 3), (2, 4, 3)):
            y_true, y_pred = torch.tensor(DATA[targets](shape)), torch.tensor(DATA[predictions](shape))
            torch.testing.assert_close(ours(y_true, y_pred, **arguments), theirs(y_true, y_pred, **arguments))
            if targets == "class":
                last = y_true.unsqueeze(-1)
                torch.testing.assert_close(ours(last, y_pred, **arguments), theirs(last, y_pred, **arguments))
