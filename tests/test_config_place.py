"""What an error says of the place in a config."""

from __future__ import annotations

from torchkeras_compat import layers
from torchkeras_compat.config_place import making, where


def test_the_place_is_named_from_the_inside() -> None:
    assert where() == ""
    with making(layers.TimeDistributed, {"name": "steps"}), making(layers.Dense, {}):
        assert where() == ", in Dense of TimeDistributed 'steps'"
    assert where() == ""


def test_the_place_ends_with_an_error() -> None:
    try:
        with making(layers.Dense, {}):
            raise ValueError
    except ValueError:
        assert where() == ""
