"""The names of hooks: torch keeps under them what its methods register."""

from __future__ import annotations

import pytest
from torch import nn

from torchkeras_compat.module_hooks import HOOKS_OF_CALLS


@pytest.mark.parametrize(
    "register",
    [
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_backward_hook",
    ],
)
def test_every_hook_of_a_call_is_found(register):
    module = nn.Linear(2, 2)
    assert not any(getattr(module, name) for name in HOOKS_OF_CALLS)
    handle = getattr(module, register)(lambda *args: None)
    assert any(getattr(module, name) for name in HOOKS_OF_CALLS)
    handle.remove()
    assert not any(getattr(module, name) for name in HOOKS_OF_CALLS)
