from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.errors import DataLossError
from torchkeras_compat.dialects.tensorflow.io.examples import (
    BytesList,
    Example,
    Feature,
    FeatureList,
    FeatureLists,
    Features,
    FloatList,
    Int64List,
    SequenceExample,
)


def example() -> Example:
    return Example(
        features=Features(
            feature={
                "a": Feature(float_list=FloatList(value=[1, 2.5])),
                "b": Feature(int64_list=Int64List(value=[-3, 4])),
                "s": Feature(bytes_list=BytesList(value=[b"x", b"yy"])),
            }
        )
    )


WRITTEN = bytes.fromhex(  # TensorFlow 2.15, deterministic
    "0a390a110a0161120c120a0a080000803f000020400a140a0162120f1a0d0a0bfdffffffffffffff"
    "ff01040a0e0a017312090a070a01780a027979"
)


def test_bytes_are_those_of_tensorflow() -> None:
    assert example().SerializeToString() == WRITTEN
    found = Example.FromString(WRITTEN)
    assert found == example() and found.features.feature["b"].int64_list.value == [-3, 4]
    assert found.ByteSize() == len(WRITTEN)


def test_messages_are_filled_in_place() -> None:
    made = Example()
    made.features.feature["n"].int64_list.value.append(3)
    made.features.feature["n"].int64_list.value.extend([4, np.int64(5)])
    assert Example.FromString(made.SerializeToString()).features.feature["n"].int64_list.value == [3, 4, 5]
    made.ParseFromString(WRITTEN)
    assert sorted(made.features.feature) == ["a", "b", "s"]
    made.Clear()
    assert not made.features.feature


def test_sequences_round_trip() -> None:
    steps = FeatureList([Feature(int64_list=Int64List([n])) for n in range(3)])
    made = SequenceExample(Features({"id": Feature(bytes_list=BytesList(["x"]))}), FeatureLists({"steps": steps}))
    found = SequenceExample.FromString(made.SerializeToString())
    assert found == made and found.feature_lists.feature_list["steps"].feature[2].int64_list.value == [2]


def test_the_text_of_a_message() -> None:
    made = Example(Features({"a": Feature(int64_list=Int64List([1]))}))
    assert repr(made) == (
        'features {\n  feature {\n    key: "a"\n    value {\n'
        "      int64_list {\n        value: 1\n      }\n    }\n  }\n}\n"
    )


def test_values_are_checked() -> None:
    with pytest.raises(TypeError, match="type str, but expected one of: int"):
        Int64List(value=["a"])
    with pytest.raises(TypeError, match="float'?, but expected one of: int"):
        Int64List(value=[1.5])
    with pytest.raises(ValueError, match="out of range"):
        Int64List(value=[2**63])
    with pytest.raises(TypeError, match="expected one of: bytes"):
        BytesList(value=[3])
    with pytest.raises(TypeError, match="write \\[value\\]"):
        BytesList(value=b"a")
    with pytest.raises(TypeError, match="must be a Int64List"):
        Feature(int64_list=FloatList())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Received 'a': int"):
        Features(feature={"a": 3})  # type: ignore[dict-item]
    with pytest.raises(DataLossError):
        Example.FromString(WRITTEN[:-1])
