"""``tf.train.Example`` and the messages in it: what TFRecord files mostly hold.

Source: TensorFlow's `example.proto` and `feature.proto` (numbers of fields).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np

from torchkeras_compat.dialects.tensorflow.errors import DataLossError
from torchkeras_compat.dialects.tensorflow.io import wire


class Message:
    """What messages in protobuf's format have in common."""

    def _content(self) -> bytes:
        raise NotImplementedError

    def _read(self, number: int, kind: int, value: Any) -> None:
        raise NotImplementedError

    def _values(self) -> Any:
        raise NotImplementedError

    def SerializeToString(self, deterministic: bool | None = None) -> bytes:
        """Return the message as bytes."""
        return self._content()

    def ParseFromString(self, serialized: Any) -> int:
        """Take over the content of a message; what was there before is gone.

        Raises:
            DataLossError: the bytes are not such a message.
        """
        self.Clear()
        return self.MergeFromString(serialized)

    def MergeFromString(self, serialized: Any) -> int:
        """Add the content of a message.

        Raises:
            DataLossError: the bytes are not such a message.
        """
        data = bytes(serialized.numpy()) if hasattr(serialized, "numpy") else bytes(serialized)
        for number, kind, value in wire.fields(data):
            self._read(number, kind, value)
        return len(data)

    @classmethod
    def FromString(cls, serialized: Any) -> Self:
        """Return the message that bytes hold.

        Raises:
            DataLossError: the bytes are not such a message.
        """
        made = cls()
        made.MergeFromString(serialized)
        return made

    def ByteSize(self) -> int:
        """Return the number of bytes of the message."""
        return len(self._content())

    def CopyFrom(self, other: Self) -> None:
        """Take over the content of another message."""
        self.ParseFromString(other.SerializeToString())

    def Clear(self) -> None:
        """Forget the content."""
        type(self).__init__(self)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return text_of(self)


class _List(Message):
    """A list of values of one kind."""

    name = ""

    def __init__(self, value: Iterable[Any] = ()) -> None:
        if isinstance(value, (str, bytes)):
            raise TypeError(f"{type(self).__name__} takes a list of values. Received: {value!r:.80}; write [value].")
        flat = (
            np.asarray(value).reshape(-1).tolist() if isinstance(value, np.ndarray) and value.dtype != object else value
        )
        self.value = [self._checked(item) for item in flat]

    def _checked(self, item: Any) -> Any:
        raise NotImplementedError

    def _values(self) -> Any:
        return self.value


class BytesList(_List):
    """A list of byte strings.

    Args:
        value: Bytes; a string of Python is stored in UTF-8.

    Raises:
        TypeError: something else.
    """

    name = "bytes_list"

    def _checked(self, item: Any) -> bytes:
        item = item.numpy() if hasattr(item, "numpy") else item
        if isinstance(item, str):
            return item.encode()
        if not isinstance(item, (bytes, bytearray, memoryview)):
            raise TypeError(f"{item!r:.80} has type {type(item).__name__}, but expected one of: bytes")
        return bytes(item)

    def _content(self) -> bytes:
        return b"".join(wire.field(1, self._checked(item)) for item in self.value)

    def _read(self, number: int, kind: int, value: Any) -> None:
        if number == 1 and not isinstance(value, int):
            self.value.append(bytes(value))


class FloatList(_List):
    """A list of float32 numbers.

    Args:
        value: Numbers.

    Raises:
        TypeError: something else.
    """

    name = "float_list"

    def _checked(self, item: Any) -> float:
        if isinstance(item, (str, bytes)) or not hasattr(item, "__float__"):
            raise TypeError(f"{item!r:.80} has type {type(item).__name__}, but expected one of: int, float")
        return float(np.float32(float(item)))

    def _content(self) -> bytes:
        if not self.value:
            return b""
        return wire.field(1, np.asarray([self._checked(item) for item in self.value], "<f4").tobytes())

    def _read(self, number: int, kind: int, value: Any) -> None:
        if number == 1:
            self.value += wire.real_numbers(kind, value)


class Int64List(_List):
    """A list of int64 numbers.

    Args:
        value: Whole numbers.

    Raises:
        TypeError: something else.
        ValueError: a number outside of int64.
    """

    name = "int64_list"

    def _checked(self, item: Any) -> int:
        if not hasattr(item, "__index__") and not isinstance(item, np.bool_):
            raise TypeError(f"{item!r:.80} has type {type(item).__name__}, but expected one of: int")
        number = int(item)
        if not -(2**63) <= number < 2**63:
            raise ValueError(f"Value out of range: {number}")
        return number

    def _content(self) -> bytes:
        numbers = wire.packed_whole_numbers(self._checked(item) for item in self.value)
        return wire.field(1, numbers) if self.value else b""

    def _read(self, number: int, kind: int, value: Any) -> None:
        if number == 1:
            self.value += wire.whole_numbers(kind, value)


_LISTS: dict[int, type[_List]] = {1: BytesList, 2: FloatList, 3: Int64List}


class Feature(Message):
    """One of the three lists.

    Args:
        bytes_list: Byte strings.
        float_list: Float32 numbers.
        int64_list: Int64 numbers.

    Example:
        >>> Feature(int64_list=Int64List(value=[1, 2])).WhichOneof("kind")
        'int64_list'
    """

    def __init__(
        self,
        bytes_list: BytesList | None = None,
        float_list: FloatList | None = None,
        int64_list: Int64List | None = None,
    ) -> None:
        self._list: _List | None = None
        given = ((bytes_list, BytesList), (float_list, FloatList), (int64_list, Int64List))
        for value, kind in given:
            if value is not None:
                if not isinstance(value, kind):
                    raise TypeError(f"`{kind.name}` must be a {kind.__name__}. Received: {type(value).__name__}")
                self._list = value

    def __getattr__(self, name: str) -> Any:
        for kind in _LISTS.values():
            if kind.name == name:
                found = self.__dict__.get("_list")
                if not isinstance(found, kind):
                    found = _Watched(kind(), self)
                    return found
                return found
        raise AttributeError(f"Feature has no attribute {name!r}.")

    def WhichOneof(self, oneof_group: str = "kind") -> str | None:
        """Return the name of the list that it holds, or None."""
        return None if self._list is None else self._list.name

    def HasField(self, field_name: str) -> bool:
        """Return whether it holds this list."""
        return self.WhichOneof() == field_name

    def _content(self) -> bytes:
        for number, kind in _LISTS.items():
            if isinstance(self._list, kind):
                return wire.field(number, self._list._content())
        return b""

    def _read(self, number: int, kind: int, value: Any) -> None:
        made = _LISTS.get(number)
        if made is not None and not isinstance(value, int):
            self._list = made.FromString(value)

    def _values(self) -> Any:
        return self.WhichOneof(), None if self._list is None else self._list.value


class _Watched:
    """A list that is not the one that a feature holds, until something is put into it."""

    def __init__(self, made: _List, owner: Feature) -> None:
        self._made = made
        self._owner = owner

    @property
    def value(self) -> Any:
        owner, made = self._owner, self._made

        class Values(list[Any]):
            def append(self, item: Any) -> None:
                self.extend([item])

            def extend(self, items: Any) -> None:
                made.value.extend(made._checked(item) for item in items)
                owner._list = made

        return Values(made.value)


class Features(Message):
    """Features by name.

    Args:
        feature: A dictionary of :class:`Feature`.
    """

    def __init__(self, feature: Mapping[str, Feature] | None = None) -> None:
        self.feature: dict[str, Feature] = _Made(Feature)
        for name, value in (feature or {}).items():
            if not isinstance(name, str) or not isinstance(value, Feature):
                raise TypeError(
                    f"`feature` must be a dictionary of names and Feature objects. Received {name!r}: "
                    f"{type(value).__name__}"
                )
            self.feature[name] = value

    def _content(self) -> bytes:
        return _map_content(self.feature)

    def _read(self, number: int, kind: int, value: Any) -> None:
        if number == 1 and not isinstance(value, int):
            name, content = _map_entry(value)
            self.feature[name] = Feature.FromString(content)

    def _values(self) -> Any:
        return {name: value._values() for name, value in self.feature.items()}


class Example(Message):
    """A sample as features by name: what a record of a TFRecord file mostly holds.

    Args:
        features: The features.

    Example:
        >>> example = Example(features=Features(feature={"age": Feature(int64_list=Int64List(value=[3]))}))
        >>> Example.FromString(example.SerializeToString()).features.feature["age"].int64_list.value
        [3]

    Source: TensorFlow API, train/Example.
    """

    def __init__(self, features: Features | None = None) -> None:
        self.features = Features() if features is None else features

    def _content(self) -> bytes:
        return wire.field(1, self.features._content())

    def _read(self, number: int, kind: int, value: Any) -> None:
        if number == 1 and not isinstance(value, int):
            self.features.MergeFromString(value)

    def _values(self) -> Any:
        return self.features._values()


class FeatureList(Message):
    """A list of features: the steps of a sequence.

    Args:
        feature: The features.
    """

    def __init__(self, feature: Iterable[Feature] = ()) -> None:
        self.feature = list(feature)

    def _content(self) -> bytes:
        return b"".join(wire.field(1, one._content()) for one in self.feature)

    def _read(self, number: int, kind: int, value: Any) -> None:
        if number == 1 and not isinstance(value, int):
            self.feature.append(Feature.FromString(value))

    def _values(self) -> Any:
        return [one._values() for one in self.feature]


class FeatureLists(Message):
    """Lists of features by name.

    Args:
        feature_list: A dictionary of :class:`FeatureList`.
    """

    def __init__(self, feature_list: Mapping[str, FeatureList] | None = None) -> None:
        self.feature_list: dict[str, FeatureList] = _Made(FeatureList)
        self.feature_list.update(feature_list or {})

    def _content(self) -> bytes:
        return _map_content(self.feature_list)

    def _read(self, number: int, kind: int, value: Any) -> None:
        if number == 1 and not isinstance(value, int):
            name, content = _map_entry(value)
            self.feature_list[name] = FeatureList.FromString(content)

    def _values(self) -> Any:
        return {name: value._values() for name, value in self.feature_list.items()}


class SequenceExample(Message):
    """A sequence: features of the whole, and lists of features of its steps.

    Args:
        context: Features of the whole.
        feature_lists: Lists of features.

    Source: TensorFlow API, train/SequenceExample.
    """

    def __init__(self, context: Features | None = None, feature_lists: FeatureLists | None = None) -> None:
        self.context = Features() if context is None else context
        self.feature_lists = FeatureLists() if feature_lists is None else feature_lists

    def _content(self) -> bytes:
        return wire.field(1, self.context._content()) + wire.field(2, self.feature_lists._content())

    def _read(self, number: int, kind: int, value: Any) -> None:
        if not isinstance(value, int) and number in (1, 2):
            (self.context if number == 1 else self.feature_lists).MergeFromString(value)

    def _values(self) -> Any:
        return self.context._values(), self.feature_lists._values()


class _Made(dict[str, Any]):
    """A dictionary that makes what is asked for and missing, as protobuf's maps do."""

    def __init__(self, kind: type[Any]) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, key: str) -> Any:
        self[key] = self._kind()
        return self[key]


def _map_content(entries: Mapping[str, Any]) -> bytes:
    return b"".join(
        wire.field(1, wire.field(1, name.encode()) + wire.field(2, value._content()))
        for name, value in sorted(entries.items())
    )


def _map_entry(data: memoryview) -> tuple[str, bytes]:
    name, content = b"", b""
    for number, _, value in wire.fields(data):
        if not isinstance(value, int):
            if number == 1:
                name = bytes(value)
            elif number == 2:
                content = bytes(value)
    try:
        return name.decode(), content
    except UnicodeDecodeError as error:
        raise DataLossError(f"An Example is broken: a name is not text in UTF-8: {error}.") from error


def text_of(message: Message, indent: str = "") -> str:
    """Return a message in protobuf's text format."""
    if isinstance(message, _List):
        shown = [_text(item) for item in message.value]
        return "".join(f"{indent}value: {item}\n" for item in shown)
    inner = indent + "  "
    if isinstance(message, Feature):
        if message._list is None:
            return ""
        return f"{indent}{message._list.name} {{\n{text_of(message._list, inner)}{indent}}}\n"
    if isinstance(message, (Features, FeatureLists)):
        name = "feature" if isinstance(message, Features) else "feature_list"
        entries = sorted(getattr(message, name).items())
        deeper = inner + "  "
        return "".join(
            f'{indent}{name} {{\n{inner}key: "{key}"\n{inner}value {{\n{text_of(value, deeper)}{inner}}}\n{indent}}}\n'
            for key, value in entries
        )
    if isinstance(message, FeatureList):
        return "".join(f"{indent}feature {{\n{text_of(one, inner)}{indent}}}\n" for one in message.feature)
    parts = (
        {"features": message.features}
        if isinstance(message, Example)
        else {"context": message.context, "feature_lists": message.feature_lists}
        if isinstance(message, SequenceExample)
        else {}
    )
    return "".join(f"{indent}{name} {{\n{text_of(part, inner)}{indent}}}\n" for name, part in parts.items())


def _text(item: Any) -> str:
    return '"' + repr(item)[2:-1].replace('"', '\\"') + '"' if isinstance(item, bytes) else str(item)
