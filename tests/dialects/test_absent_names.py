from __future__ import annotations

import pytest

from torchkeras_compat.dialects import absent_names


@pytest.mark.parametrize("text", [*(t for _, t in absent_names.KERAS.values()), *absent_names.TENSORFLOW.values()])
def test_each_completes_a_sentence(text: str) -> None:
    assert text and text[-1] not in ".:" and "\n" not in text
    assert text[0].islower() or text[0] == "`" or text.startswith(("TPU", "TensorFlow"))
