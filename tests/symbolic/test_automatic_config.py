"""Configs taken from the call of the constructor."""

from __future__ import annotations

import pytest

from torchkeras_compat.symbolic.operation import Operation


def test_variadic_constructors_ask_for_get_config():
    class Many(Operation):
        def __init__(self, *parts):
            super().__init__()

    with pytest.raises(NotImplementedError, match="Define `get_config"):
        Many(1, 2).get_config()
