from torchkeras_compat.dialects.tensorflow.names import core, data, mathematics
from torchkeras_compat.dialects.tensorflow.names.table import PATHS


def test_no_path_is_given_twice() -> None:
    assert len(PATHS) == sum(len(part.PATHS) for part in (core, data, mathematics))
