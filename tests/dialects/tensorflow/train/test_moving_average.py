from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.train.moving_average import ExponentialMovingAverage
from torchkeras_compat.dialects.tensorflow.variable import Variable


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [({}, 1.29), ({"num_updates": 3}, 2.597633123), ({"zero_debias": True}, 1.29)],
)
def test_averages_are_those_of_tensorflow(settings: dict[str, object], wanted: float) -> None:
    """Of 1, 2, 3 with decay 0.9: TensorFlow 2.15."""
    v = Variable(1.0)
    averages = ExponentialMovingAverage(0.9, **settings)  # type: ignore[arg-type]
    for value in (1.0, 2.0, 3.0):
        v.assign(value)
        averages.apply([v])
    assert float(averages.average(v).numpy()) == pytest.approx(wanted, rel=1e-6)


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="Received: 1.5"):
        ExponentialMovingAverage(1.5)
    averages = ExponentialMovingAverage(0.9)
    with pytest.raises(ValueError, match="is needed"):
        averages.apply()
    with pytest.raises(TypeError, match="Received: int"):
        averages.apply([3])
    assert averages.average(Variable(1.0)) is None
