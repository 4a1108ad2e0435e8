from torchkeras_compat.dialects.tensorflow.names.core import PATHS
from torchkeras_compat.public_names import named


def test_every_target_is_there() -> None:
    assert [path for path, target in PATHS.items() if named(target) is None] == ["newaxis"]
