"""Decorators of `keras.legacy.interfaces`."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.legacy import interfaces


class Mine:
    @interfaces.legacy_dense_support
    def __init__(self, units: int, use_bias: bool = True, kernel_initializer: Any = None) -> None:
        self.given = (units, use_bias, kernel_initializer)

    @interfaces.legacy_global_pooling_support
    def pool(self, data_format: Any = "unset") -> Any:
        return data_format

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss: Any, params: Any) -> Any:
        return loss, params


def test_names_and_values() -> None:
    assert Mine(3, use_bias=False).given == (3, False, None)
    with pytest.warns(
        UserWarning, match=r"call of `Mine` to Keras 2: \[\('output_dim', 'units'\), \('bias', 'use_bias'\)"
    ):
        assert Mine(output_dim=3, bias=False).given == (3, False, None)
    with pytest.warns(UserWarning, match="data_format"):
        assert Mine(3).pool(dim_ordering="th") == "channels_first"
    with pytest.warns(UserWarning, match="data_format"):
        assert Mine(3).pool(dim_ordering="default") is None


def test_arguments_by_place() -> None:
    assert Mine(3).get_updates("loss", ["w"]) == ("loss", ["w"])
    with pytest.warns(UserWarning, match="loss, params"):
        assert Mine(3).get_updates(["w"], [], "loss") == ("loss", ["w"])


def test_what_cannot_be_meant() -> None:
    with pytest.raises(TypeError, match=r"`Mine` takes 1 arguments by place: \['units'\]. Received: 2"):
        Mine(3, False)
    with pytest.raises(TypeError, match="'output_dim' and 'units'"):
        Mine(units=3, output_dim=4)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="takes no constraints"):
        Mine(3).get_updates(["w"], ["nonneg"], "loss")
