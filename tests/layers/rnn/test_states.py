"""States that are given to a recurrent layer."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers


def test_states_that_do_not_fit_are_refused() -> None:
    layer, x = layers.LSTM(2), torch.zeros(3, 4, 5)
    with pytest.raises(ValueError, match="Received 1"):
        layer(x, initial_state=torch.zeros(3, 2))
    with pytest.raises(ValueError, match=r"\(3, 7\)"):
        layer(x, initial_state=[torch.zeros(3, 7), torch.zeros(3, 2)])
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 5"):
        layer(x)
        layer(torch.zeros(3, 4, 6))
