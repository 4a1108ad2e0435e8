"""`CuDNNLSTM` and `CuDNNGRU`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.layers import GRU, LSTM
from torchkeras_compat.legacy.layers.cudnn_recurrent import CuDNNGRU, CuDNNLSTM

BOTH = [(CuDNNLSTM, LSTM), (CuDNNGRU, GRU)]


@pytest.mark.parametrize(("kind", "plain"), BOTH)
def test_they_compute_what_the_plain_layers_do_from_the_same_weights(kind: Any, plain: Any) -> None:
    layer, other = kind(3, return_sequences=True), plain(3, return_sequences=True)
    x = torch.randn(2, 5, 4)
    layer(x), other(x)
    other.set_weights(layer.get_weights())
    assert torch.equal(layer(x), other(x))
    assert isinstance(layer, plain)


@pytest.mark.parametrize(("kind", "plain"), BOTH)
def test_round_trip(kind: Any, plain: Any, tmp_path: Path) -> None:
    check_round_trip(kind(3, return_sequences=True, go_backwards=True), torch.randn(2, 5, 4), tmp_path)


def test_what_they_did_not_have() -> None:
    with pytest.raises(ValueError, match="CuDNNLSTM has dropout=0.0 and no other. Use `LSTM`"):
        CuDNNLSTM(3, dropout=0.2)
    with pytest.raises(ValueError, match="CuDNNGRU has activation='tanh'"):
        CuDNNGRU(3, activation="relu")
