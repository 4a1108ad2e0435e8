"""`StackedRNNCells`: what it takes; what it computes is tested in `test_rnn`."""

from __future__ import annotations

import pytest

from torchkeras_compat import layers


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="cell without a `state_size`"):
        layers.StackedRNNCells([layers.Dense(3)])
