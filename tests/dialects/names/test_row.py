from torchkeras_compat.dialects.names.row import Name


def test_a_row_names_a_path_its_target_and_versions() -> None:
    assert Name("layers.A", "layers.B", "1.0-2.3")._fields == ("path", "target", "versions")
