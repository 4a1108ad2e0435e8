"""Names of functions in bytecode, as versions of Python that wrote files stored them (`base64(marshal.dumps(...))`)."""

from __future__ import annotations

import base64
import marshal
import random
from typing import Any

import pytest

from torchkeras_compat.stored_names import stored_name

# Of `def scaled(x): return x*2` and `lambda x: scaled(x)`; the last has a function, a list and numbers inside.
STORED = [
    (
        "2.7.18",
        "YwEAAAABAAAAAgAAAEMAAABzCAAAAHwAAGQBABRTKAIAAABOaQIAAAAoAAAAACgBAAAAdAEAAAB4KAAAAAAoAAAAAH"
        "MEAAAAbS5weXQGAAAAc2NhbGVkBgAAAHQAAAAA",
        "scaled",
    ),
    (
        "3.6.15",
        "4wEAAAAAAAAAAQAAAAIAAABDAAAAcwgAAAB8AGQBFABTACkCTukCAAAAqQApAdoBeHICAAAAcgIAAAD6BG0ucHnaBn"
        "NjYWxlZAYAAABzAAAAAA==",
        "scaled",
    ),
    (
        "3.8.18",
        "4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMIAAAAfABkARQAUwApAk7pAgAAAKkAqQHaAXhyAgAAAHICAAAA+gRtLn"
        "B52gZzY2FsZWQGAAAA8wAAAAA=",
        "scaled",
    ),
    (
        "3.10.13",
        "4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMIAAAAfABkARQAUwApAk7pAgAAAKkAqQHaAXhyAgAAAHICAAAA+gRtLn"
        "B52gZzY2FsZWQGAAAA8wIAAAAIAA==",
        "scaled",
    ),
    (
        "3.13.0",
        "4wEAAAAAAAAAAAAAAAIAAAADAAAA8wwAAACVAFUAUwEtBQAAJAApAk7pAgAAAKkAqQHaAXhzAQAAACDaBG0ucHnaBn"
        "NjYWxlZHIHAAAABgAAAHMKAAAAgACQYZgBkWOIevMAAAAA",
        "scaled",
    ),
    (
        "2.7.18",
        "YwEAAAABAAAAAgAAAEMAAABzCgAAAHQAAHwAAIMBAFMoAQAAAE4oAQAAAHQGAAAAc2NhbGVkKAEAAAB0AQAAAHgoAA"
        "AAACgAAAAAcwQAAABtLnB5dAgAAAA8bGFtYmRhPgcAAAB0AAAAAA==",
        None,
    ),
    (
        "3.10.13",
        "4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAPMIAAAAdAB8AIMBUwCpAU4pAdoGc2NhbGVkqQHaAXipAHIGAAAA+gRtLn"
        "B52gg8bGFtYmRhPgcAAADzAgAAAAgA",
        None,
    ),
    (
        "2.7.18",
        "YwIAAAAEAAAABwAAAAMAAABzOgAAAIcAAGYBAGQBAIYAAH0CAGQCAIQAAH0DAHwCAHwAAIMBAHwDAGQDAGQKAGQGAG"
        "QLAGYCAGQJAGYGAFMoDAAAAE5jAQAAAAIAAAAEAAAAEwAAAHMhAAAAZwAAdAAAZAEAgwEARF0QAH0BAHwAAIgAABde"
        "AgBxDQBTKAIAAABOaQMAAAAoAQAAAHQFAAAAcmFuZ2UoAgAAAHQBAAAAeXQBAAAAXygBAAAAdAEAAABrKAAAAABzBA"
        "AAAG0ucHl0BQAAAGlubmVyAwAAAHQAAAAAYwEAAAABAAAAAgAAAFMAAABzCgAAAHQAAHwAAIMBAFMoAQAAAE4oAQAA"
        "AHQFAAAAb3V0ZXIoAQAAAHQBAAAAeigAAAAAKAAAAABzBAAAAG0ucHl0CAAAADxsYW1iZGE+BAAAAFIFAAAAZwAAAA"
        "AAAPg/aQoAAABpHgAAAGkBAAAAaQIAAABpAwAAAHkAAAAAAAAAAAAAAAAAAAhAbAcAAAAAAAAAqTenMwRNk2UnAygC"
        "AAAAaQIAAABpAwAAACgAAAAAKAQAAAB0AQAAAHhSAwAAAFIEAAAAdAEAAABnKAAAAAAoAQAAAFIDAAAAcwQAAABtLn"
        "B5UgYAAAACAAAAcwYAAAAAAQ8BCQE=",
        "outer",
    ),
]


def nested(x: Any, k: int = 2) -> Any:
    def inner(y: Any) -> Any:
        return [y + k for _ in range(3)]

    return inner(x), {1, 2}, 1.5, 10**30, (1, (2, 3)), "ü", 3j, nested


@pytest.mark.parametrize(("version", "code", "name"), STORED)
def test_names_in_files_of_all_versions(version: str, code: str, name: str | None) -> None:
    assert stored_name(code) == name, version


def test_both_encodings() -> None:
    data = marshal.dumps(nested.__code__)
    assert stored_name(base64.encodebytes(data).decode()) == "nested"
    assert stored_name(data.decode("raw_unicode_escape")) == "nested"  # Keras 1
    assert stored_name(base64.b64encode(marshal.dumps((lambda x: x).__code__)).decode()) is None


def test_other_values_have_no_name() -> None:
    for code in (None, 3, "", "scaled", "4wE", "c", [], base64.b64encode(b"\xe3" + b"\xff" * 99).decode(), "a" * 2**23):
        assert stored_name(code) is None


def test_broken_bytes_are_walked_over() -> None:
    data = marshal.dumps(nested.__code__)
    for _ in range(500):
        broken = bytearray(data[: random.randrange(1, len(data))])
        for _ in range(3):
            broken[random.randrange(len(broken))] = random.randrange(256)
        name = stored_name(base64.b64encode(bytes(broken)).decode())
        assert name is None or name.isidentifier()
    deep = b"\xe3" + b"\0" * 20 + b")\x01" * 10_000
    assert stored_name(base64.b64encode(deep).decode()) is None
