"""What plugins do around a `fit`: they choose the device, and hear of its beginning and its end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchkeras_compat.device import is_device_chosen, package_device, parse_device
from torchkeras_compat.plugins.training import after_train, before_train, training_device
from torchkeras_compat.training.fit_arguments import FitSettings

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


@contextlib.contextmanager
def plugins_around_fit(model: ModelWithSteps, settings: FitSettings) -> Iterator[None]:
    """Let plugins choose the device of a model that has not trained yet, and tell them when training begins and ends.

    Args:
        model: Model, compiled.
        settings: What ``fit`` received, without the data.
    """
    with contextlib.ExitStack() as stack:
        if not is_device_chosen() and not _has_trained(model):
            device = training_device(model, parse_device)
            if device is not None:
                model.to(device)
                stack.enter_context(package_device(device))  # where a model without weights makes them
        seen = settings.as_dict()
        before_train(model, seen)
        try:
            yield
        except BaseException as error:
            after_train(model, seen, error)
            raise
        after_train(model, seen, None)


def _has_trained(model: ModelWithSteps) -> bool:
    """Return whether the optimizer has a state, which lies where the model lies."""
    optimizer = model.optimizer
    return bool(getattr(optimizer, "built", False) or getattr(optimizer, "state", None))
