from __future__ import annotations

from torchkeras_compat.dialects.tensorflow.companions import INSTEAD, missing_companion


def test_each_says_what_to_use() -> None:
    for name in INSTEAD:
        sentence = missing_companion(f"{name}.core")
        assert sentence is not None and sentence.startswith(f"`{name}`")
    assert missing_companion("numpy") is None
