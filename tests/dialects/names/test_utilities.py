from torchkeras_compat.dialects.names.utilities import ROWS
from torchkeras_compat.public_names import named


def test_every_target_is_there() -> None:
    assert [row.path for row in ROWS if not callable(named(row.target))] == []
