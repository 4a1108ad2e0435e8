"""What each schedule is compared with Keras in: a module's tests inherit `ScheduleChecks` and list its `cases`."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.optimizers import schedules
from torchkeras_compat.variables import Variable


class Case(NamedTuple):
    """A schedule, its arguments by position, and those by name."""

    name: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join(self.options) or 'defaults'}"


class ScheduleChecks:
    """Rates and configs of each of `cases`."""

    cases: ClassVar[list[Case]]

    def test_rates_are_those_of_keras(self, real_keras, case):
        name, arguments, options = case
        ours = getattr(schedules, name)(*arguments, **options)
        theirs = getattr(real_keras.optimizers.schedules, name)(*arguments, **options)
        steps = range(0, 61, 3)
        expected = [float(theirs(step)) for step in steps]
        # Keras computes in float32; where a restart falls on a step, it may take either side.
        np.testing.assert_allclose([ours(step) for step in steps], expected, rtol=1e-4, atol=1e-6)
        assert ours.get_config() == theirs.get_config()
        assert type(ours(3)) is float
        assert ours(torch.tensor(3)) == ours(3) == ours(Variable(3.0))

    def test_configs_round_trip(self, real_keras, case):
        name, arguments, options = case
        ours = getattr(schedules, name)(*arguments, **options)
        config = schedules.serialize(ours)
        assert config == real_keras.optimizers.schedules.serialize(
            getattr(real_keras.optimizers.schedules, name)(*arguments, **options)
        )
        again = schedules.deserialize(config)
        assert type(again) is type(ours) and again.get_config() == ours.get_config()
        short = schedules.deserialize({"class_name": name, "config": ours.get_config()})
        assert short.get_config() == ours.get_config()
        optimizer = optimizers.deserialize(optimizers.serialize(optimizers.SGD(ours)))
        assert optimizer._schedule.get_config() == ours.get_config()
