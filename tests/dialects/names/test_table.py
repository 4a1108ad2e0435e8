from torchkeras_compat.dialects.names.table import BY_PATH, ROWS


def test_no_path_is_given_twice() -> None:
    assert len(BY_PATH) == len(ROWS)
