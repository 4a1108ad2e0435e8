"""Checks of a metric."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import Any

import torch

from torchkeras_compat.device import package_device
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.testing.check import Results, check, fail, run_checks
from torchkeras_compat.testing.comparing import check_equal, check_finite, tensors
from torchkeras_compat.testing.configs import copied_by_config
from torchkeras_compat.testing.devices import accelerators, stand_in_device
from torchkeras_compat.testing.making import maker_of, name_of
from torchkeras_compat.testing.targets import Targets


def check_metric(
    metric: Any,
    y_true: Any = None,
    y_pred: Any = None,
    *,
    arguments: Mapping[str, Any] | None = None,
    skip: Collection[str] | Mapping[str, str] = (),
    custom_objects: Mapping[str, Any] | None = None,
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of a metric.

    Args:
        metric: Subclass of ``Metric``, a function that makes one, or one that has seen nothing.
        y_true: Targets of six samples or more; None for one-hot ones of three classes.
        y_pred: Predictions for them; None for probabilities.
        arguments: Arguments of the class or function.
        skip: Names of checks to leave out, best a dict of names and reasons.
        custom_objects: Further classes and functions that the config of the metric names.
        hypothesis: Whether to try values that Hypothesis draws, too; None for what pytest received.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        TypeError: ``metric`` is of another type.
        ValueError: ``skip`` names no check, or targets and predictions are too few or not as many.

    Example:
        >>> from torchkeras_compat.metrics import MeanSquaredError
        >>> len(check_metric(MeanSquaredError).failed)
        0
    """
    subject = MetricSubject(metric, y_true, y_pred, arguments=arguments, custom_objects=custom_objects)
    return run_checks(subject, skip, hypothesis=hypothesis).raise_failures()


class MetricSubject:
    """A metric to check; see :func:`check_metric`."""

    kind = "metric"
    takes_custom_objects = True

    def __init__(
        self,
        metric: Any,
        y_true: Any = None,
        y_pred: Any = None,
        *,
        arguments: Mapping[str, Any] | None = None,
        custom_objects: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name_of(metric)
        self.make = maker_of(metric, arguments, Metric)
        self.targets = Targets(y_true, y_pred)
        self.custom_objects = dict(custom_objects or {})

    def fed(self, *parts: slice, **options: Any) -> Any:
        """A new metric that has seen these parts of the samples, each as a batch."""
        metric = self.make()
        for part in parts or (slice(None),):
            metric.update_state(self.targets.y_true[part], self.targets.y_pred[part], **options)
        return metric


@check("metric", "Add to the state in `update_state`, and compute the value from the whole state in `result`.")
def batched(subject: MetricSubject) -> None:
    """Batches of several sizes give the result of all samples at once."""
    whole = subject.fed().result()
    check_finite("the result", whole)
    check_equal("batches give another result", subject.fed(slice(0, 2), slice(2, None)).result(), whole)
    check_equal("asking for the result changes it", (metric := subject.fed()).result(), metric.result())


@check("metric", "Keep all that is counted in variables of `add_variable`, or set the rest again in `reset_state`.")
def reset_state(subject: MetricSubject) -> None:
    """After `reset_state` a metric is as new."""
    metric = subject.fed(slice(0, 2))
    metric.reset_state()
    with contextlib.suppress(ValueError):  # some have no result before they have seen data
        new = subject.make().result()
        check_equal("the result after `reset_state` is not that of a new metric", metric.result(), new)
    metric.update_state(subject.targets.y_true, subject.targets.y_pred)
    check_equal("what was before `reset_state` still counts", metric.result(), subject.fed().result())


@check("metric", "Take `sample_weight` in `update_state`, and multiply by it what each sample adds to sums and counts.")
def weights(subject: MetricSubject) -> None:
    """Samples of weight 0 do not count, and weights of 1 change nothing."""
    size, dtype = len(subject.targets), to_torch_dtype(subject.make().dtype)
    found = subject.fed(sample_weight=torch.ones(size, dtype=dtype)).result()
    check_equal("weights of 1 change the result", found, subject.fed().result())
    weight = (torch.arange(size) < 4).to(dtype)
    found = subject.fed(sample_weight=weight).result()
    check_equal("samples of weight 0 count", found, subject.fed(slice(0, 4)).result())


@check(
    "metric", "Make state of sums and counts, or say how else it is combined: `add_variable(..., aggregation='mean')`."
)
def merge(subject: MetricSubject) -> None:
    """The states of two halves, combined as their variables say, are the state of the whole."""
    parts = [subject.fed(slice(0, 2)), subject.fed(slice(2, None))]
    whole = subject.fed()
    merged = []
    for first, second in zip(*(part.variables for part in parts)):
        total = first.value + second.value
        merged.append({"sum": total, "mean": total / 2}.get(first.aggregation, first.value))
    check_equal("the combined state gives another result", subject.fed().stateless_result(merged), whole.result())


@check("metric", "Return every argument of the constructor from `get_config`, and hand `name` and `dtype` on.")
def config(subject: MetricSubject) -> None:
    """`from_config` makes an equal, new metric from what `get_config` returned, through JSON."""
    metric = subject.fed()
    again = copied_by_config(metric, subject.custom_objects)
    again.update_state(subject.targets.y_true, subject.targets.y_pred)
    check_equal("the copy computes something else", again.result(), metric.result())


@check("metric", "Make tensors on the device of `y_pred`, and read no value in `update_state`: `item` and NumPy wait.")
def devices(subject: MetricSubject) -> None:
    """`update_state` works on every device that there is, mixes none of them, and waits for none."""
    expected = subject.fed().result()
    y_true, y_pred = subject.targets.y_true, subject.targets.y_pred
    for kind in accelerators():
        with package_device(kind):
            metric = subject.make()
            metric.update_state(y_true.to(kind), y_pred.to(kind))
        found = metric.result()
        if any(x.device.type != kind for x in tensors(found)):
            fail(f"predictions on {kind} gave a result that is not there", [x.device for x in tensors(found)])
        check_equal(f"the result is another one on {kind}", [x.cpu() for x in tensors(found)], tensors(expected))
    with stand_in_device() as kind:
        metric = subject.make()
        metric.update_state(torch.empty_like(y_true, device=kind), torch.empty_like(y_pred, device=kind))


@check("metric", "Look at the example that is shown: these values are what Hypothesis reduced it to.", draws=True)
def any_batches(subject: MetricSubject) -> None:
    """For any number of samples, predictions and batches, batches give the finite result of all samples at once."""

    def try_values(y_true: torch.Tensor, y_pred: torch.Tensor, cut: int) -> None:
        whole, parts = subject.make(), subject.make()
        whole.update_state(y_true, y_pred)
        for part in (slice(0, cut), slice(cut, None)):
            if len(y_true[part]):
                parts.update_state(y_true[part], y_pred[part])
        expected = whole.result()
        check_finite(f"for {len(y_true)} samples, the result", expected)
        check_equal(f"batches of {cut} and {len(y_true) - cut} give another result", parts.result(), expected)

    subject.targets.draw(try_values)
