"""Models to YAML and back: `to_yaml` and `model_from_yaml`, of plain values only."""

from __future__ import annotations

import json
from typing import Any

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.models.from_json import model_from_json
from torchkeras_compat.saving.file_limits import current_limits

_BYTES = 4 << 20  # the configs of the largest models of Keras take some 0.5 MB, and 70,000 values
_VALUES = 200_000
_DIGITS = 400
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("seq", "map", "str", "int", "float", "bool", "null")}
_PYTHON = {  # what `yaml.dump` of Keras 1 and 2 wrote, and is plain
    "tag:yaml.org,2002:python/tuple": "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:python/unicode": "tag:yaml.org,2002:str",
    "tag:yaml.org,2002:python/str": "tag:yaml.org,2002:str",
    "tag:yaml.org,2002:python/long": "tag:yaml.org,2002:int",
}


def to_yaml(model: Any, **kwargs: Any) -> str:
    """Return the config of a model as YAML: the method ``to_yaml`` of Keras 1 and 2.

    Args:
        model: The model.
        kwargs: Arguments of ``yaml.safe_dump``.

    Raises:
        ImportError: PyYAML is not installed.

    Source: Keras 2.3 API, Model.to_yaml.
    """
    text: str = _yaml().safe_dump(json.loads(model.to_json()), **kwargs)
    return text


def model_from_yaml(yaml_string: str, custom_objects: Any = None) -> Any:
    """Return the model that ``to_yaml`` described, here or in Keras 1 and 2.

    Nothing but plain values is made of the YAML: strings, numbers, lists and dictionaries. What they describe is
    checked as that of ``model_from_json`` is.

    Args:
        yaml_string: What ``to_yaml`` returned, or an open file with it.
        custom_objects: Further names and their classes.

    Raises:
        FileContentError: it is not YAML, holds more than plain values, or describes no model that can be made.
        FileLimitError: it asks for more memory or time than the limits of `keras.saving.FileLimits` allow.
        ImportError: PyYAML is not installed.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> text = to_yaml(Sequential([layers.Input((4,)), layers.Dense(2)]))
        >>> model_from_yaml(text).output_shape
        (None, 2)

    Source: Keras 2.3 API, models/model_from_yaml.
    """
    text = yaml_string.read() if hasattr(yaml_string, "read") else yaml_string
    return model_from_json(json_of_yaml(text), custom_objects)


def json_of_yaml(text: str) -> str:
    """Return the plain values of a YAML text as JSON.

    Args:
        text: The YAML.

    Raises:
        FileContentError: it is not YAML, or holds more than plain values.
        FileLimitError: it is too long, is nested too deep, or becomes too long by what it repeats.
        ImportError: PyYAML is not installed.

    Example:
        >>> json_of_yaml("a: !!python/tuple [1, null]")
        '{"a": [1, null]}'
    """
    yaml = _yaml()
    if len(text) > _BYTES:
        raise FileLimitError(f"The YAML has {len(text):,} bytes, and at most {_BYTES:,} are read. Use `to_json`.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_nesting(yaml.parse(text, Loader=loader), yaml)
        node = yaml.compose(text, Loader=loader)
        if node is None:
            raise FileContentError("The YAML is empty.")
        _Nodes(yaml, 8 * len(text) + (1 << 20)).measure(node)
        return json.dumps(yaml.constructor.SafeConstructor().construct_document(node))
    except FileContentError:
        raise
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise FileContentError(f"The YAML cannot be read: {str(error)[:500]}. Save the model again.") from error


def _check_nesting(events: Any, yaml: Any) -> None:
    """Check the depth before something recursive reads it, and the number of values before they take memory."""
    depth, limit = 0, current_limits().nesting
    for number, event in enumerate(events):
        if number > _VALUES:
            raise FileLimitError(f"The YAML has more than {_VALUES:,} values. Use `to_json`.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > limit:
            raise FileLimitError(f"The YAML is nested deeper than {limit} lists and dictionaries.")


class _Nodes:
    """Gives nodes plain tags, and refuses others, cycles, and what gets too long or deep by repetition."""

    def __init__(self, yaml: Any, largest: int) -> None:
        self._yaml = yaml
        self._largest = largest
        self._deepest = current_limits().nesting
        self._known: dict[int, tuple[int, int]] = {}  # size and depth of a node with all below it
        self._open: set[int] = set()  # nodes that the one looked at is part of

    def measure(self, node: Any) -> tuple[int, int]:
        """Return the size and the depth of a node, of what it repeats each time that it does."""
        key = id(node)
        if key in self._open:
            raise FileContentError("The YAML holds a list or dictionary that contains itself.")
        if key in self._known:
            return self._known[key]
        node.tag = _PYTHON.get(node.tag, node.tag)
        if node.tag not in _TAGS:
            raise FileContentError(f"The YAML holds {node.tag!r}, and only plain values are read from it.")
        size, depth = 1, 1
        if isinstance(node, self._yaml.ScalarNode):
            size += len(node.value)
            if len(node.value) > _DIGITS and not node.tag.endswith("str"):
                raise FileContentError(f"The YAML has a number of {len(node.value):,} characters.")
        else:
            parts = (
                node.value if isinstance(node, self._yaml.SequenceNode) else [x for pair in node.value for x in pair]
            )
            self._open.add(key)
            for part in parts:
                size_of_part, depth_of_part = self.measure(part)
                size, depth = size + size_of_part, max(depth, depth_of_part + 1)
            self._open.remove(key)
        if size > self._largest or depth > self._deepest:
            raise FileLimitError(
                f"The YAML gets longer than {self._largest:,} characters or deeper than {self._deepest} by what it "
                "repeats."
            )
        self._known[key] = size, depth
        return size, depth


def _yaml() -> Any:
    try:
        import yaml  # optional
    except ImportError as error:
        raise ImportError(
            "Models in YAML need PyYAML: pip install pyyaml. Or use `to_json` and `model_from_json`, which Keras has"
            " instead since version 2.6."
        ) from error
    return yaml
