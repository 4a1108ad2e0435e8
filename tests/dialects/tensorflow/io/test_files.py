from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError, NotFoundError
from torchkeras_compat.dialects.tensorflow.io import files


def text(value: Any) -> Any:
    return np.asarray(value, dtype=object).tolist()


def test_files_are_written_with_their_directory(tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "a.bin")
    files.write_file(path, b"\0a\0")
    assert text(files.read_file(path)) == b"\0a\0"
    assert text(files.read_file(np.array(path.encode(), dtype=object))) == b"\0a\0"
    assert text(files.matching_files(str(tmp_path / "*" / "*.bin"))) == [path.encode()]
    with pytest.raises(NotFoundError, match="No such file"):
        files.read_file(str(tmp_path / "b"))


def test_base64() -> None:
    """Values of TensorFlow 2.15."""
    assert text(files.encode_base64("ab?>")) == b"YWI_Pg"
    assert text(files.encode_base64("ab?>", pad=True)) == b"YWI_Pg=="
    assert text(files.decode_base64(["YWI_", "YWI_Pg=="])) == [b"ab?", b"ab?>"]
    with pytest.raises(InvalidArgumentError, match="base64"):
        files.decode_base64("a+b")
