"""ScheduleFreeAdamW beside Keras."""

from __future__ import annotations

from typing import ClassVar

from tests.optimizers.against_keras import Case, OptimizerChecks


class TestScheduleFreeAdamW(OptimizerChecks):
    names: ClassVar[list[str]] = ["ScheduleFreeAdamW"]
    own: ClassVar[list[Case]] = [
        Case("ScheduleFreeAdamW", {"warmup_steps": 3}),
    ]
