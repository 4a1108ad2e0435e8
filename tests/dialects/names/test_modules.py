from torchkeras_compat.dialects.names.modules import MODULES, ROWS


def test_no_path_is_given_twice() -> None:
    assert len(MODULES) == len(ROWS)
