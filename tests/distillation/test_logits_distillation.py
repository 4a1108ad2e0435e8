"""`LogitsDistillation`: configs and arguments; its numbers are tested in `test_comparison`."""

from __future__ import annotations

import pytest

from tests.distillation.checks import check_config
from torchkeras_compat import losses
from torchkeras_compat.distillation.logits_distillation import LogitsDistillation


@pytest.mark.parametrize(
    "loss", [LogitsDistillation(2.0, "mse"), LogitsDistillation(2, losses.MeanSquaredError(reduction="sum"))]
)
def test_configs_go_both_ways(real_keras, loss):
    check_config(loss, real_keras)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"temperature": "hot"}, "temperature must be a number, got <class 'str'>"),
        ({"temperature": True}, "temperature must be a number"),
        ({"temperature": 0}, "temperature must be positive. Received: temperature=0"),
        ({"temperature": float("nan")}, "temperature must be positive"),
        ({"loss": "nope"}, "nope"),
        ({"loss": None}, "At least one loss must be non-`None`"),
        ({"loss": [None, None]}, "At least one loss must be non-`None`"),
    ],
)
def test_bad_arguments_are_refused(arguments, match):
    with pytest.raises(ValueError, match=match):
        LogitsDistillation(**arguments)
