from __future__ import annotations

from pathlib import Path

import pytest

from torchkeras_compat.dialects.tensorflow.compat import conversion


def test_text_and_bytes() -> None:
    assert conversion.as_bytes("é") == "é".encode() and conversion.as_bytes(b"a") == b"a"
    assert conversion.as_text(b"a") == conversion.as_text("a") == "a"
    assert conversion.as_str_any(3) == "3" and conversion.as_str_any(b"a") == "a"
    assert conversion.path_to_str(Path("a")) == "a" and conversion.path_to_str(3) == 3
    for call in (conversion.as_bytes, conversion.as_text):
        with pytest.raises(TypeError, match="got 3"):
            call(3)


def test_sizes_of_axes() -> None:
    assert conversion.dimension_value(3) == 3 and conversion.dimension_value(None) is None
    assert conversion.dimension_at_index((2, 3), 1) == 3
    assert conversion.forward_compatible(2030, 1, 1)
    assert isinstance(3, conversion.integral_types) and isinstance(3.0, conversion.real_types)
