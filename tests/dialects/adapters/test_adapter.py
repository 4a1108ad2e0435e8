from typing import get_args

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments


def test_an_adapter_takes_the_arguments_and_the_dialect() -> None:
    taken, _ = get_args(Adapter)
    assert taken == [Arguments, str]
