from torchkeras_compat.dialects.names import BY_PATH, ROWS


def test_no_path_is_given_twice_for_a_version() -> None:
    assert len({(row.path, row.versions) for row in ROWS}) == len(ROWS)
    assert all(BY_PATH[row.path].versions >= row.versions for row in ROWS), "that of the latest version is found"
