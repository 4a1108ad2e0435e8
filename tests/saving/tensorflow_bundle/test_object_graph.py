from __future__ import annotations

import random
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.file_limits import FileLimits, reading_within
from torchkeras_compat.saving.tensorflow_bundle.object_graph import read_graph
from torchkeras_compat.saving.tensorflow_bundle.wire import field, varint_field

writer: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("writer.py"))))


def test_a_graph_is_read() -> None:
    nodes = writer.nodes_of(["layer_with_weights-0/kernel", "optimizer/iter"])
    nodes[2]["name"] = "dense/kernel"
    nodes.append({"key": "slot"})
    nodes[3]["slots"] = {(2, "m"): 5}
    found = read_graph(writer.graph(nodes))
    assert found[0].children == {"layer_with_weights-0": 1, "optimizer": 3}
    assert (found[2].key, found[2].name) == ("layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE", "dense/kernel")
    assert found[3].slots == {(2, "m"): 5} and found[5].key == "slot"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (writer.graph([{"children": {"a": 7}}]), "has no object 7"),
        (writer.graph([{"children": {"a": 2**60}}]), "has no object"),
        (writer.graph([{"slots": {(0, "m"): 9}}]), "has no object 9"),
        (field(1, field(1, varint_field(1, 0) + field(2, b"\xff"))), "not UTF-8"),
        (b"\x0a\xff", "does not end"),
    ],
)
def test_broken_graphs_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(FileContentError, match=words):
        read_graph(data)


def test_the_number_of_objects_is_bounded() -> None:
    with reading_within(FileLimits(objects=10)), pytest.raises(FileLimitError, match="too large"):
        read_graph(writer.graph([{}] * 101))
    with reading_within(FileLimits(objects=10)), pytest.raises(FileLimitError, match="too large"):
        read_graph(writer.graph([{"children": {str(i): 0 for i in range(101)}}]))


def test_mutated_graphs_do_no_harm() -> None:
    data = writer.graph(writer.nodes_of([f"layer_with_weights-{i}/kernel" for i in range(5)]))
    rng = random.Random(0)
    for _ in range(500):
        changed = bytearray(data)
        changed[rng.randrange(len(data))] = rng.randrange(256)
        try:
            read_graph(bytes(changed[: rng.choice([len(data), rng.randrange(len(data))])]))
        except FileContentError:
            continue
