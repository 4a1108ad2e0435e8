from __future__ import annotations

import pytest

from torchkeras_compat.legacy.utils.keyword_checks import check_for_unexpected_keys, validate_kwargs


def test_other_names_are_refused():
    check_for_unexpected_keys("loss", {"a": 1}, ["a"])
    with pytest.raises(ValueError, match=r"Unknown entries in loss dictionary: \['b'\].*\['a'\]"):
        check_for_unexpected_keys("loss", {"a": 1, "b": 2}, ["a"])
    validate_kwargs({"units": 1}, ("units",))
    with pytest.raises(TypeError, match="not understood: 'unit'. Did you mean 'units'"):
        validate_kwargs({"unit": 1}, ("units",))
