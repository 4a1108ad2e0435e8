from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Variable
from torchkeras_compat.device import shape_inference_device
from torchkeras_compat.legacy.backend.graph import updates as K
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_values_are_assigned_at_once() -> None:
    v = Variable([1.0, 2.0])
    assert K.update_add(v, 1.0).tolist() == v.numpy().tolist() == [2.0, 3.0]
    assert K.update_sub(v, [1.0, 1.0]).tolist() == [1.0, 2.0]
    assert K.moving_average_update(v, torch.zeros(2), 0.5).tolist() == [0.5, 1.0]


def test_recorded_values_are_assigned_in_a_run() -> None:
    v, x = Variable(1.0), placeholder(())
    change = K.moving_average_update(v, x, 0.75)
    assert float(v) == 1.0
    f = function([x], [v], updates=[change])
    assert f([5.0]) == [1.0]  # outputs are computed before updates
    assert float(v) == 2.0


def test_an_update_in_a_function_is_not_made_when_it_is_written() -> None:
    v, x = Variable(0), placeholder(())
    f = function([x], [], updates=[K.update_add(v, 1)])
    assert int(v) == 0
    f([0.0])
    f([0.0])
    assert int(v) == 2


def test_pairs_are_updates_as_in_keras_1() -> None:
    v, x = Variable(1.0), placeholder(())
    function([x], [], updates=[(v, v * x), None])([3.0])
    assert float(v) == 3.0


def test_finding_shapes_changes_nothing() -> None:
    v = Variable([1.0])
    with shape_inference_device():
        assert K.update_add(v, 1.0).is_meta
    assert v.numpy().tolist() == [1.0]


def test_other_things_are_refused() -> None:
    with pytest.raises(TypeError, match="Only variables can be updated"):
        K.update(torch.ones(1), 2.0)
    with pytest.raises(TypeError, match="`updates` holds updates"):
        K.as_updates([3])
    with pytest.raises(ValueError, match="shape"):
        K.update(Variable([1.0]), [1.0, 2.0])
