"""Names of optimizers."""

from __future__ import annotations

import pytest

from torchkeras_compat import optimizers


def test_an_unknown_name_is_repeated():
    with pytest.raises(ValueError, match="adammm"):
        optimizers.get("adammm")
