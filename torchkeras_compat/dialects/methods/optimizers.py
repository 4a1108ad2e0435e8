"""``apply_gradients`` with the arguments that optimizers of tf.keras took besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def apply_gradients(
    core: Callable[..., Any],
    self: Any,
    grads_and_vars: Any,
    name: str | None = None,
    skip_gradients_aggregation: bool = False,
    experimental_aggregate_gradients: bool = True,
) -> Any:
    """Update variables from pairs of gradient and variable; the further arguments are of several replicas."""
    return core(self, grads_and_vars)
