from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow import lookup
from torchkeras_compat.dialects.tensorflow.errors import NotFoundError


def test_tables_of_both_kinds() -> None:
    pairs = lookup.KeyValueTensorInitializer(["a", "b"], [0, 1], value_dtype="int64")
    table = lookup.StaticHashTable(pairs, -1)
    assert table.lookup([["a", "x"], ["b", "a"]]).numpy().tolist() == [[0, -1], [1, 0]]
    assert table[["b"]].numpy().tolist() == [1] and table.size().numpy() == 2
    back = lookup.StaticHashTable(lookup.KeyValueTensorInitializer([0, 1], ["a", "b"]), "none")
    assert back.lookup([1, 7]).numpy().tolist() == [b"b", b"none"]
    assert table.export()[1].numpy().tolist() == [0, 1]
    with pytest.raises(TypeError, match="must be string, received: int32"):
        table.lookup([1])
    with pytest.raises(ValueError, match="two values"):
        lookup.StaticHashTable(lookup.KeyValueTensorInitializer(["a", "a"], [0, 1]), -1)
    with pytest.raises(ValueError, match="1 keys and 2 values"):
        lookup.KeyValueTensorInitializer(["a"], [0, 1])


def test_other_strings_get_buckets() -> None:
    table = lookup.StaticVocabularyTable(lookup.KeyValueTensorInitializer(["a", "b"], np.array([0, 1])), 3)
    assert table.lookup(["b", "x", "hello", "a"]).numpy().tolist() == [1, 4, 3, 0]  # TensorFlow 2.15
    assert table.size().numpy() == 5
    with pytest.raises(ValueError, match="num_oov_buckets=0"):
        lookup.StaticVocabularyTable(None, 0)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("a\t5\nb\t6\n")
    whole, number = lookup.TextFileIndex.WHOLE_LINE, lookup.TextFileIndex.LINE_NUMBER
    columns = lookup.TextFileInitializer(str(path), "string", 0, "int64", 1)
    assert lookup.StaticHashTable(columns, -1).lookup(["b"]).numpy().tolist() == [6]
    lines = lookup.TextFileInitializer(str(path), "string", whole, "int64", number)
    assert lookup.StaticHashTable(lines, -1).lookup(["b\t6"]).numpy().tolist() == [1]
    with pytest.raises(ValueError, match="column 7 is asked for"):
        lookup.TextFileInitializer(str(path), "string", 7, "int64", number).pairs()
    with pytest.raises(ValueError, match="expected 9 but got 2"):
        lookup.TextFileInitializer(str(path), "string", 0, "int64", 1, vocab_size=9).pairs()
    with pytest.raises(NotFoundError):
        lookup.TextFileInitializer(str(tmp_path / "b"), "string", 0, "int64", 1).pairs()


def test_tables_that_change() -> None:
    table = lookup.MutableHashTable("int64", "float32", [0.0, 0.0], empty_key=-1)
    table.insert([3, 4], [[1.0, 2.0], [3.0, 4.0]])
    assert table.lookup([4, 9]).numpy().tolist() == [[3, 4], [0, 0]]
    table.remove([4])
    assert table.size().numpy() == 1 and table[[4]].numpy().tolist() == [[0, 0]]
    words = lookup.MutableHashTable("string", "string", "none")
    words.insert(["a"], ["b"])
    assert words.lookup(["a", "c"]).numpy().tolist() == [b"b", b"none"]
    assert words.lookup(["c"], ["d"]).numpy().tolist() == [b"d"]
    with pytest.raises(ValueError, match="1 keys and 2 values"):
        words.insert(["a"], ["b", "c"])
