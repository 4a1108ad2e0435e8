from __future__ import annotations

import pytest

from torchkeras_compat.dialects.old_signatures import COMPUTED, REQUIRED, parse_signature, read_signatures


def test_a_signature_is_read() -> None:
    found = parse_signature("units, activation=None, *, seed=0, dtype=K.floatx(), **kwargs")
    assert found.defaults == {"units": REQUIRED, "activation": None, "seed": 0, "dtype": COMPUTED}
    assert found.positional == 2 and not found.has_varargs


@pytest.mark.parametrize(("file", "least"), [("keras1.txt", 300), ("keras2.txt", 370), ("tf_keras.txt", 450)])
def test_every_line_of_a_file_is_read(file: str, least: int) -> None:
    assert len(read_signatures(file)) >= least
