from __future__ import annotations

from torchkeras_compat import layers
from torchkeras_compat.dialects.facades import facade_of
from torchkeras_compat.dialects.originals import original


def test_facades_are_replaced_in_any_nesting() -> None:
    facade = facade_of("keras1", "layers.Dense", layers.Dense)
    assert original({"a": [facade, 1], "b": (facade,)}) == {"a": [layers.Dense, 1], "b": (layers.Dense,)}
    assert original(facade) is layers.Dense


def test_subclasses_of_the_user_stay() -> None:
    class Own(facade_of("keras1", "layers.Dense", layers.Dense)):
        pass

    assert original(Own) is Own
