from torchkeras_compat.dialects.tensorflow.names import core, data, mathematics
from torchkeras_compat.dialects.tensorflow.names.table import PATHS


def test_no_path_is_given_twice() -> None:
    given = [path for part in (core, data, mathematics) for path in part.PATHS]
    assert len(given) == len(set(given))


def test_old_namespaces_hold_the_whole_and_what_is_their_own() -> None:
    assert PATHS["compat.v2.concat"] == PATHS["compat.v1.concat"] == PATHS["concat"]
    assert PATHS["compat.v1.image.resize"] != PATHS["image.resize"]
    assert "mul" not in PATHS
    assert PATHS["compat.v1.mul"] == PATHS["multiply"]
