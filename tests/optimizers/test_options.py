"""Arguments that every optimizer checks."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import optimizers


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of .* clipnorm=1.0, clipvalue=1.0"),
        ({"clipnorm": -1.0}, "clipnorm=-1.0"),
        ({"learning_rate": "fast"}, "learning_rate='fast'"),
        ({"lr": 0.1}, "called `learning_rate`"),
        ({"decay": 0.1}, "InverseTimeDecay"),
        ({"clipnrm": 0.1}, "Did you mean 'clipnorm'"),
        ({"ema_momentum": 2.0}, "ema_momentum=2.0"),
        ({"ema_overwrite_frequency": 1.5}, "ema_overwrite_frequency=1.5"),
        ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps=1"),
        ({"loss_scale_factor": 0.0}, "loss_scale_factor=0.0"),
        ({"learning_rate": iter([torch.ones(1)])}, "params=model.parameters"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else None,
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        optimizers.Adam(**arguments)
