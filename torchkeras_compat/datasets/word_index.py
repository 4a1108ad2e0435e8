"""Words and their indices, from JSON files."""

from __future__ import annotations

import json
from pathlib import Path

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.reading import reading

_LARGEST = 64 << 20  # bytes


def read_word_index(path: str | Path) -> dict[str, int]:
    """Return the index of each word.

    Raises:
        FileContentError: the file is not JSON, or holds something else than words and integers.
        FileLimitError: it is far larger than the vocabularies of datasets.
        OSError: the system raised it.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "words.json"
        >>> _ = path.write_text('{"the": 1, "and": 2}')
        >>> read_word_index(path)
        {'the': 1, 'and': 2}
    """
    with reading(str(path)):
        if Path(path).stat().st_size > _LARGEST:
            raise FileLimitError(f"It has more than {_LARGEST:,} bytes.")
        words = json.loads(Path(path).read_bytes())
        if not isinstance(words, dict) or not set(map(type, words.values())) <= {int}:
            raise FileContentError("It does not hold words with an integer each.")
        return words
