from torchkeras_compat.dialects.tensorflow.names import core, data, mathematics
from torchkeras_compat.dialects.tensorflow.names.table import PATHS


def test_no_path_is_given_twice() -> None:
    parts = (core, data, mathematics)
    assert len({path for part in parts for path in part.PATHS}) == sum(len(part.PATHS) for part in parts)


def test_older_namespaces_hold_the_names_too() -> None:
    for path in ("data.Dataset", "io.read_file", "nest.flatten", "concat"):
        assert PATHS[f"compat.v1.{path}"] == PATHS[f"compat.v2.{path}"] == PATHS[path]
    assert PATHS["compat.v1.gfile.Exists"].endswith("gfile.exists")


def test_the_first_version_keeps_what_is_its_own() -> None:
    assert PATHS["compat.v1.image.resize"] != PATHS["image.resize"]
    assert "mul" not in PATHS
    assert PATHS["compat.v1.mul"] == PATHS["multiply"]
