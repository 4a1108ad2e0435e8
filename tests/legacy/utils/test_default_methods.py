from __future__ import annotations

from torchkeras_compat.legacy.utils.default_methods import default, is_default


def test_marks():
    @default
    def method():
        return 3

    assert is_default(method) and method() == 3 and not is_default(len)
