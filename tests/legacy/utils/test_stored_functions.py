from __future__ import annotations

import pytest

from torchkeras_compat.errors import FileSafetyError
from torchkeras_compat.legacy.utils.stored_functions import func_dump, func_load


def test_bytecode_is_refused():
    with pytest.raises(FileSafetyError, match="`func_dump` of 'test_bytecode_is_refused'.*register_keras_serializable"):
        func_dump(test_bytecode_is_refused)
    with pytest.raises(FileSafetyError, match="custom_objects"):
        func_load("4wAAAA==", None, None)
