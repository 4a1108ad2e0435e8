"""Operations of TensorFlow's graphs, read from JSON and from bytes."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.old_files.node_defs import node_def
from torchkeras_compat.errors import FileContentError


def _bytes_of(*attributes):
    """A NodeDef of the operation `Op` with attributes as name and bytes of the value."""
    body = b"\x12\x02Op"
    for name, value in attributes:
        entry = b"\x0a" + bytes([len(name)]) + name.encode() + b"\x12" + bytes([len(value)]) + value
        body += b"\x2a" + bytes([len(entry)]) + entry
    return body.decode()


def _values(found):
    return {name: attribute.value for name, attribute in found.attributes.items()}


def test_json_says_what_kind_each_setting_is():
    found = node_def(
        {
            "name": "f",
            "op": "Conv2D",
            "attr": {
                "padding": {"s": "VkFMSUQ="},
                "strides": {"list": {"i": ["1", "2", "2", "1"]}},
                "alpha": {"f": 0.25},
                "use": {"b": True},
                "T": {"type": "DT_HALF"},
                "none": {"list": {}},
                "count": {"i": "7"},
            },
        },
        "f",
    )
    assert found.op == "Conv2D"
    expected = {"padding": "VALID", "strides": [1, 2, 2, 1], "alpha": 0.25, "use": True, "T": "float16", "none": []}
    assert _values(found) == {**expected, "count": 7}


def test_bytes_are_read_as_json_is():
    found = node_def(
        _bytes_of(
            ("padding", b"\x12\x05VALID"),
            ("strides", b"\x0a\x06\x1a\x04\x01\x02\x02\x01"),
            ("alpha", b"\x25\x00\x00\x00\x3f"),
            ("use", b"\x28\x01"),
            ("T", b"\x30\x01"),
            ("none", b"\x0a\x00"),
            ("count", b"\x18\x07"),
        ),
        "f",
    )
    assert found.op == "Op"
    expected = {"padding": "VALID", "strides": [1, 2, 2, 1], "alpha": 0.5, "use": True, "T": "float32", "none": []}
    assert _values(found) == {**expected, "count": 7}


def test_settings_of_other_kinds_are_known_as_such():
    found = node_def({"op": "Op", "attr": {"a": {"shape": {}}, "b": {"type": "DT_RESOURCE"}, "c": {}}}, "f")
    assert [attribute.is_known for attribute in found.attributes.values()] == [False] * 3
    found = node_def(_bytes_of(("a", b"\x3a\x00"), ("b", b"\x30\x14")), "f")
    assert [attribute.is_known for attribute in found.attributes.values()] == [False] * 2


@pytest.mark.parametrize(
    "content",
    [None, 3, [], {}, {"op": 3}, {"op": ""}, {"op": "A", "attr": 3}, {"op": "A", "attr": {"s": {"s": "!"}}}, "", "\x12",
     "\x12\x7fab", "\x00", "\x2a\x01", 'name: "f"\nop: "Mul"', {"op": "A", "attr": {"i": {"i": "x"}}}],
)  # fmt: skip
def test_what_is_broken_is_refused(content):
    with pytest.raises(FileContentError, match=r"The operation of layer 'f' in the file is broken: its `node_def`"):
        node_def(content, "f")
