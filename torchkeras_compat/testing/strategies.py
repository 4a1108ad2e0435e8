"""Shapes and values that Hypothesis draws; nothing here loads it before it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.testing.check import NotApplicable

EXAMPLES = 40  # of each check; Hypothesis's own default is 100
LARGEST = 100.0  # of the values that are drawn


def hypothesis() -> Any:
    """Return the module, which is an extra.

    Raises:
        NotApplicable: it is not installed.
    """
    try:
        import hypothesis  # an extra, and slow to load
    except ImportError as error:
        raise NotApplicable("hypothesis is not installed: pip install torchkeras-compat[testing]") from error
    return hypothesis


def for_all(body: Callable[..., None], **strategies: Any) -> None:
    """Call ``body`` with drawn arguments until one call raises; then with the smallest that does.

    Args:
        body: What is tried.
        strategies: Its arguments, as functions of the module of strategies.
    """
    module = hypothesis()
    from hypothesis import strategies as st  # only here, see `hypothesis`

    # The same examples in every run, and none kept on disk: a check says the same twice.
    settings = module.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(module.HealthCheck),
    )

    def call(**drawn: Any) -> None:
        body(**drawn)

    settings(module.given(**{name: make(st) for name, make in strategies.items()})(call))()


def filler(low: float, high: float, seed: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return a function that fills a tensor: floats between two values, integers from those that are there."""
    generator = torch.Generator().manual_seed(seed)

    def fill(x: torch.Tensor) -> torch.Tensor:
        if x.is_floating_point():
            low_value, high_value = min(low, high), max(low, high)
            return low_value + (high_value - low_value) * torch.rand(x.shape, generator=generator, dtype=x.dtype)
        if not x.numel():
            return x
        return x.flatten()[torch.randint(x.numel(), (x.numel(),), generator=generator)].reshape(x.shape)

    return fill


def number(st: Any) -> Any:
    """Strategy of one number of ordinary size."""
    return st.floats(-LARGEST, LARGEST, width=32)


def for_any_inputs(body: Callable[[int, int, Any], None]) -> None:
    """Call ``body(batch, free, fill)`` with drawn batch sizes, lengths of free axes and fillers."""
    for_all(
        lambda batch, free, low, high, seed: body(batch, free, filler(low, high, seed)),
        batch=lambda st: st.integers(0, 5),
        free=lambda st: st.integers(4, 9),
        low=number,
        high=number,
        seed=lambda st: st.integers(0, 999),
    )
