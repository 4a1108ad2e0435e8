from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Variable, layers
from torchkeras_compat.legacy.backend import learning_phase, random_numbers
from torchkeras_compat.legacy.backend import sessions as K
from torchkeras_compat.legacy.backend.graph.updates import update_add
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_a_session_runs_the_graph() -> None:
    x, v = placeholder((2,)), Variable([1.0, 1.0])
    with K.get_session() as session:
        doubled, new = session.run([x * 2, update_add(v, x)], feed_dict={x: [3.0, 4.0]})
    assert doubled.tolist() == [6.0, 8.0]
    assert new.tolist() == v.numpy().tolist() == [4.0, 5.0]


def test_the_session_that_was_set_comes_back() -> None:
    marker = object()
    K.set_session(marker)
    assert K.get_session() is marker
    K.clear_session()
    assert isinstance(K.get_session(), K.Session)


def test_a_cleared_session_is_as_after_the_start() -> None:
    learning_phase.set_learning_phase(1)
    first = random_numbers.random_normal((2,), seed=5)
    K.clear_session()
    assert not learning_phase.global_learning_phase_is_set()
    assert torch.equal(random_numbers.random_normal((2,), seed=5), first)
    assert layers.Dense(1).name == "dense"
    K.reset_uids()
    assert layers.Dense(1).name == "dense"


def test_code_around_sessions_runs_as_it_stands() -> None:
    K.manual_variable_initialization(True)
    with pytest.raises(ValueError, match="takes True or False. Received: 'yes'"):
        K.manual_variable_initialization("yes")
    with K.control_dependencies([None]):
        pass
    assert K.run_as_it_is(len) is len
