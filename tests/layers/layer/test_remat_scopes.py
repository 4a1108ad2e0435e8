"""What layers know of the scopes that recompute them."""

from __future__ import annotations

import pickle
from typing import Any

from tests.python_calls import observed
from torchkeras_compat import RematScope, layers
from torchkeras_compat.layers.layer.remat_scopes import OPEN_SCOPES


def test_new_layers_enter_the_innermost_open_scope() -> None:
    outer, inner = RematScope("activations"), RematScope()
    with outer:
        with inner:
            assert OPEN_SCOPES == [outer, inner]
            layer = layers.Dense(2)
        other = layers.Dense(2)
    assert OPEN_SCOPES == []
    assert layer._remat_scope is inner and other._remat_scope is outer


def test_a_layer_made_outside_has_nothing_of_it() -> None:
    called: list[str] = []
    made: list[layers.Layer] = []

    def profile(frame: Any, event: str, arg: object) -> None:
        if event == "call":
            called.append(frame.f_code.co_name)

    observed(profile, lambda: made.append(layers.Dense(2)))
    (layer,) = made
    assert called.count("__init__") and not any("remat" in name or "scope" in name for name in called)
    assert not any("remat" in name or name in ("call", "_large_outputs") for name in layer.__dict__)
    assert layer.rematerialized_call(len) is len


def test_a_copy_is_recomputed_as_the_layer_is() -> None:
    with RematScope():
        layer = layers.Dense(2)
    copy = pickle.loads(pickle.dumps(layer))
    assert copy.__dict__["call"].__self__ is copy and copy._remat_scope.mode == "full"
