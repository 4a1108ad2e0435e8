"""Arguments that every optimizer checks."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
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


# Arguments that Keras takes as None; numbers that are missing are refused, here and, later and less clearly, there.
NONE = (
    *("weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "ema_overwrite_frequency", "loss_scale_factor"),
    *("gradient_accumulation_steps", "name", "ema_momentum", "nesterov", "amsgrad", "centered", "use_ema"),
    *("relative_step", "exclude_layers", "exclude_embeddings", "rms_rate", "adam_weight_decay"),
)
ALL = [
    *("Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Muon", "Nadam"),
    *("RMSprop", "SGD", "ScheduleFreeAdamW"),
]


def weights_after(space: Any, kind: str, steps: int = 3, **arguments: Any) -> np.ndarray:
    optimizer = getattr(space.optimizers, kind)(**arguments)
    w = space.Variable(np.array([[0.5, -1.0, 2.0], [0.0, 3.0, -0.7]], "float32"), name="w")
    rng = np.random.default_rng(0)
    for _ in range(steps):
        gradient = torch.tensor(rng.normal(size=(2, 3)).astype("float32"))
        optimizer.apply_gradients([(gradient, w)])
    return w.value.detach().numpy().copy()


@pytest.mark.parametrize("name", ALL)
def test_each_option_may_be_none_where_keras_takes_it_and_a_number_may_not(real_keras, name) -> None:
    for argument in inspect.signature(getattr(real_keras.optimizers, name).__init__).parameters:
        if argument in ("self", "kwargs", "learning_rate") or (name, argument) == ("AdamW", "weight_decay"):
            continue
        if argument in NONE:
            ours = weights_after(torchkeras_compat, name, **{argument: None})
            theirs = weights_after(real_keras, name, **{argument: None})
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-6, err_msg=argument)
        else:
            with pytest.raises(ValueError, match=rf"`{argument}` (of {name} is a number|must be).*{argument}=None"):
                weights_after(torchkeras_compat, name, **{argument: None})


def test_the_average_needs_a_momentum() -> None:
    with pytest.raises(ValueError, match=r"`ema_momentum` must be in the range \[0, 1\]. Received: ema_momentum=None"):
        optimizers.SGD(use_ema=True, ema_momentum=None)


SCHEDULES = {
    "polynomial": lambda k: k.optimizers.schedules.PolynomialDecay(0.1, 4, 0.0),
    "cosine": lambda k: k.optimizers.schedules.CosineDecay(0.1, 4),
    "pieces": lambda k: k.optimizers.schedules.PiecewiseConstantDecay([3], [0.1, 0.0]),
    "restarts": lambda k: k.optimizers.schedules.CosineDecayRestarts(0.1, 3),
    "from 0": lambda k: k.optimizers.schedules.PolynomialDecay(0.0, 4, 0.1),
    "warmup": lambda k: k.optimizers.schedules.CosineDecay(0.0, 4, warmup_target=0.1, warmup_steps=2),
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_may_reach_zero(real_keras, name, schedule) -> None:
    made = SCHEDULES[schedule]
    ours = weights_after(torchkeras_compat, name, 9, learning_rate=made(torchkeras_compat))
    theirs = weights_after(real_keras, name, 9, learning_rate=made(real_keras))
    assert np.isfinite(ours).all()
    if name != "Ftrl":  # Keras divides by the rate
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-6)
    for rate in (0, 0.0):
        kept = weights_after(torchkeras_compat, name, 3, learning_rate=rate)
        np.testing.assert_array_equal(kept, np.array([[0.5, -1.0, 2.0], [0.0, 3.0, -0.7]], "float32"))
