"""Functions that a user gives to layers, as the core calls them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from torchkeras_compat.activations import relu
from torchkeras_compat.given_functions import GivenFunction, as_given, for_the_core
from torchkeras_compat.layers import Dense


def _half(x: Any) -> Any:
    return x / 2


def _square(x: Any) -> Any:
    return x * x


def test_elsewhere_a_function_stays_itself() -> None:
    assert for_the_core(_half) is _half
    assert Dense(4, activation=_half).activation is _half


def test_it_is_equal_to_the_function() -> None:
    given = GivenFunction(_half, _square)
    assert given == _half and {_half: 1}[given] == 1 and given == GivenFunction(_half, _half)
    assert given.__name__ == "_half" and repr(given) == repr(_half)
    assert as_given(given) is _half and as_given(relu) is relu


def test_it_survives_copies() -> None:
    given = GivenFunction(_half, _square)
    assert copy.deepcopy(given) is given and given(3) == 9
    assert pickle.loads(pickle.dumps(given)) is _half  # which is asked for again where it is used
