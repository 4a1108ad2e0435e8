"""Checks of a loss."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.masks import set_mask
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.testing.check import Results, check, fail, run_checks
from torchkeras_compat.testing.comparing import check_equal, check_finite
from torchkeras_compat.testing.configs import copied_by_config
from torchkeras_compat.testing.devices import accelerators, stand_in_device
from torchkeras_compat.testing.making import maker_of, name_of
from torchkeras_compat.testing.targets import Targets


def check_loss(
    loss: Any,
    y_true: Any = None,
    y_pred: Any = None,
    *,
    arguments: Mapping[str, Any] | None = None,
    skip: Collection[str] | Mapping[str, str] = (),
    custom_objects: Mapping[str, Any] | None = None,
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of a loss.

    Args:
        loss: Subclass of ``Loss``, a function that makes one, or one.
        y_true: Targets of six samples or more; None for one-hot ones of three classes.
        y_pred: Predictions for them; None for probabilities.
        arguments: Arguments of the class or function.
        skip: Names of checks to leave out, best a dict of names and reasons.
        custom_objects: Further classes and functions that the config of the loss names.
        hypothesis: Whether to try values that Hypothesis draws, too; None for what pytest received.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        TypeError: ``loss`` is of another type.
        ValueError: ``skip`` names no check, or targets and predictions are too few or not as many.

    Example:
        >>> from torchkeras_compat.losses import MeanSquaredError
        >>> len(check_loss(MeanSquaredError).failed)
        0
    """
    subject = LossSubject(loss, y_true, y_pred, arguments=arguments, custom_objects=custom_objects)
    return run_checks(subject, skip, hypothesis=hypothesis).raise_failures()


class LossSubject:
    """A loss to check; see :func:`check_loss`."""

    kind = "loss"
    takes_custom_objects = True

    def __init__(
        self,
        loss: Any,
        y_true: Any = None,
        y_pred: Any = None,
        *,
        arguments: Mapping[str, Any] | None = None,
        custom_objects: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name_of(loss)
        self.make = maker_of(loss, arguments, Loss)
        self.targets = Targets(y_true, y_pred)
        self.custom_objects = dict(custom_objects or {})

    def made(self, reduction: str | None = "sum_over_batch_size") -> tuple[Any, torch.Tensor, torch.Tensor]:
        """A new loss with a reduction, targets and predictions."""
        loss = self.make()
        loss.reduction = reduction
        return loss, self.targets.y_true.clone(), self.targets.y_pred.clone()

    def values(self, dtype: torch.dtype | None = None) -> torch.Tensor:
        """What `call` gives, before the reduction."""
        loss, y_true, y_pred = self.made()
        dtype = dtype or to_torch_dtype(loss.dtype)
        return loss.call(y_true.to(dtype) if loss._casts_y_true else y_true, y_pred.to(dtype))

    def sample_values(self) -> torch.Tensor:
        """The same, of each sample."""
        values = self.values()
        if not values.ndim or values.shape[0] != len(self.targets):
            fail(
                "`call` gives no value for each sample", f"shape {tuple(values.shape)} for {len(self.targets)} samples"
            )
        return values


@check("loss", "Define `call` and leave `__call__` alone: it reduces what `call` returns.")
def reductions(subject: LossSubject) -> None:
    """Each reduction is that of the values which `call` returns."""
    values = subject.values()
    expected = {
        "none": values,
        None: values,
        "sum": values.sum(),
        "mean": values.mean(),
        "sum_over_batch_size": values.mean(),
        "mean_with_sample_weight": values.mean(),
    }
    for reduction, wanted in expected.items():
        loss, y_true, y_pred = subject.made(reduction)
        check_equal(f"`reduction={reduction!r}` gives another number", loss(y_true, y_pred), wanted)


@check("loss", "Return a value for each sample from `call`, with the batch axis first, and leave `__call__` alone.")
def weights(subject: LossSubject) -> None:
    """Sample weights multiply the values of their samples."""
    values = subject.sample_values()
    weight = torch.arange(len(values), dtype=values.dtype)
    weighted = values * weight.reshape(-1, *[1] * (values.ndim - 1))
    for reduction, wanted in {"sum": weighted.sum(), "none": weighted, "mean": weighted.mean()}.items():
        loss, y_true, y_pred = subject.made(reduction)
        found = loss(y_true, y_pred, sample_weight=weight)
        check_equal(f"with weights and `reduction={reduction!r}` the loss is another one", found, wanted)
    loss, y_true, y_pred = subject.made("sum")
    found = loss(y_true, y_pred, sample_weight=2.0)
    check_equal("a weight of 2 for all does not double the sum", found, 2 * values.sum())


@check("loss", "Return a value for each sample from `call`, and leave `_keras_mask` on `y_pred` to `__call__`.")
def masks(subject: LossSubject) -> None:
    """Masked samples do not count."""
    values = subject.sample_values()
    mask = torch.arange(len(values)) % 2 == 0
    for reduction, wanted in {"sum": values[mask].sum(), "mean": values[mask].mean()}.items():
        loss, y_true, y_pred = subject.made(reduction)
        set_mask(y_pred, mask if values.ndim == 1 else mask.reshape(-1, *[1] * (values.ndim - 1)).expand(values.shape))
        check_equal(f"with a mask and `reduction={reduction!r}` the loss is another one", loss(y_true, y_pred), wanted)


@check("loss", "Compute with functions of torch; `detach`, rounding and comparisons have no gradient.")
def gradients(subject: LossSubject) -> None:
    """In float64, the gradient of the predictions is the derivative that finite differences give."""
    loss, y_true, y_pred = subject.made()
    y_pred = y_pred.double().requires_grad_()
    y_true = y_true.double() if loss._casts_y_true else y_true
    if not loss.call(y_true, y_pred).requires_grad:
        fail("the loss has no gradient for the predictions")
    torch.autograd.gradcheck(lambda y: loss.call(y_true, y), [y_pred], fast_mode=True)


@check("loss", "Compute in the dtype of the tensors that `call` gets, and cast constants to it.")
def dtype(subject: LossSubject) -> None:
    """The loss has its own dtype, whatever that of targets and predictions."""
    for given in (torch.float16, torch.bfloat16, torch.float64):
        loss, y_true, y_pred = subject.made()
        y_true = y_true.to(given) if y_true.is_floating_point() else y_true
        found = loss(y_true, y_pred.to(given))
        if found.dtype is not to_torch_dtype(loss.dtype):
            fail(f"for predictions in {given} the dtype is not that of the loss, {loss.dtype}", found.dtype)
        check_finite(f"for predictions in {given}, the loss", found)
    loss, y_true, y_pred = subject.made()
    check_equal("arrays give another loss than tensors", loss(y_true.numpy(), y_pred.numpy()), loss(y_true, y_pred))


@check("loss", "Keep logarithms, divisions and roots away from 0: clip with `epsilon()`, or compute from logits.")
def extremes(subject: LossSubject) -> None:
    """At the ends of the range of predictions, the loss and its gradient are finite."""
    for end in subject.targets.extremes():
        loss, y_true, _ = subject.made()
        y_pred = end.requires_grad_()
        value = loss(y_true, y_pred)
        check_finite(f"for predictions of {end.flatten()[0].item():g}, the loss", value)
        value.backward()
        check_finite(f"for predictions of {end.flatten()[0].item():g}, the gradient", y_pred.grad)
    loss, y_true, y_pred = subject.made()
    if y_true.shape == y_pred.shape:
        y_pred = y_true.to(y_pred.dtype, copy=True).requires_grad_()
        value = loss(y_true, y_pred)
        check_finite("for a perfect prediction, the loss", value)
        value.backward()
        check_finite("for a perfect prediction, the gradient", y_pred.grad)


@check("loss", "Return every argument of the constructor from `get_config`, and hand `name` and `reduction` on.")
def config(subject: LossSubject) -> None:
    """`from_config` makes an equal loss from what `get_config` returned, through JSON."""
    loss, y_true, y_pred = subject.made("sum")
    again = copied_by_config(loss, subject.custom_objects)
    check_equal("the copy computes something else", again(y_true, y_pred), loss(y_true, y_pred))


@check(
    "loss", "Make tensors on the device of `y_pred`, and read no value: `item`, `float` and NumPy wait for the device."
)
def devices(subject: LossSubject) -> None:
    """The loss computes on every device that there is, mixes none of them, and waits for none."""
    loss, y_true, y_pred = subject.made()
    expected = loss(y_true, y_pred)
    for kind in accelerators():
        check_equal(f"the loss is another one on {kind}", loss(y_true.to(kind), y_pred.to(kind)).cpu(), expected)
    with stand_in_device() as kind:
        loss = subject.make()
        value = loss(torch.empty_like(y_true, device=kind), torch.empty_like(y_pred, device=kind))
        if value.device.type != kind:
            fail(f"predictions on another device ({kind}) gave a loss that is not there", value.device)


@check("loss", "Look at the example that is shown: these values are what Hypothesis reduced it to.", draws=True)
def any_values(subject: LossSubject) -> None:
    """For any number of samples and predictions in their range, the loss is finite."""

    def try_values(y_true: torch.Tensor, y_pred: torch.Tensor, cut: int) -> None:
        shape = tuple(y_pred.shape)
        check_finite(f"for predictions of shape {shape}, the loss", subject.make()(y_true, y_pred))

    subject.targets.draw(try_values)
