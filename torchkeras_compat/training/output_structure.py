"""The outputs of a model, and what `compile` and `fit` give for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from torchkeras_compat.errors import nearest
from torchkeras_compat.naming import free_name

Path = tuple[Any, ...]


class OutputStructure:
    """The nesting of a model's outputs: a path and a name for each.

    Args:
        y_pred: Outputs of a batch: a tensor, or lists, tuples and dicts of tensors in any nesting.
        known_names: Names of the outputs, where the model knows them.

    Example:
        >>> structure = OutputStructure({"a": 1, "b": [2, 3]}, None)
        >>> structure.names, structure.outputs({"a": 1, "b": [2, 3]})
        (['a', 'b_0', 'b_1'], [1, 2, 3])

    Attributes:
        paths: Keys and indices that lead to each output.
        names: Distinct names by which ``compile`` and ``fit`` may speak of the outputs.
        prefixes: What stands before the metrics of each output in the logs; empty where the outputs have no names.
    """

    def __init__(self, y_pred: Any, known_names: Sequence[str] | None) -> None:
        self.paths = list(paths_of(y_pred))
        self.is_single = self.paths == [()]
        self.is_nested = any(len(path) > 1 for path in self.paths)
        names = ["_".join(map(str, path)) for path in self.paths]
        has_keys = isinstance(y_pred, dict) and not self.is_nested
        is_known = has_keys or len(known_names or ()) == len(names)
        self.prefixes = names if has_keys else list(known_names or ()) if is_known else [""] * len(names)
        if isinstance(y_pred, (list, tuple)):
            names = self.prefixes if is_known else [f"output_{name}" for name in names]
        distinct: dict[str, None] = {}
        for name in names:
            distinct[free_name(name, distinct)] = None
        self.names = [""] if self.is_single else list(distinct)
        self.known_name = self.prefixes[0] if self.is_single else ""
        if self.is_single:
            self.prefixes = [""]
        # One container of tensors, as most models of several outputs return, needs no walk.
        self._keys = [path[0] for path in self.paths] if all(len(path) == 1 for path in self.paths) else []
        self._is_keyed = isinstance(y_pred, dict)

    def outputs(self, y_pred: Any) -> list[Any]:
        """Return the outputs of a batch, one after the other."""
        if self._keys:
            return list(map(y_pred.__getitem__, self._keys))
        return [at(y_pred, path) for path in self.paths]

    def below(self, path: Path) -> list[int]:
        """Return which outputs lie at a path or below it."""
        return [i for i, p in enumerate(self.paths) if p[: len(path)] == path]

    def parts(self, what: str, given: Any, with_loss: Sequence[bool]) -> list[Any]:
        """Return the target (or sample weight) of each output, None where there is none.

        Args:
            what: ``"y"`` or ``"sample_weight"``.
            given: Data in the nesting of the outputs, or by their names; a single tensor for the only output.
            with_loss: Which outputs have a loss: data may leave out the others.

        Raises:
            ValueError: the data does not fit the outputs.
        """
        n = len(self.paths)
        if given is None:
            return [None] * n
        if self.is_single:
            return [given[0] if isinstance(given, (list, tuple)) and len(given) == 1 else given]
        if self._keys and type(given) in (dict, list, tuple) and len(given) == n:
            plain = self._plain_parts(given)
            if plain is not None:
                return plain
        flat = [at(given, path) for path in paths_of(given)] if isinstance(given, (dict, list, tuple)) else [given]
        if isinstance(given, dict):
            found = [at(given, p, given.get(name)) for p, name in zip(self.paths, self.names, strict=True)]
            missing = [name for name, x, has in zip(self.names, found, with_loss, strict=True) if has and x is None]
            if what == "y" and missing and not any(p[0] in given for p in self.paths if p):
                raise ValueError(
                    f"`{what}` lacks the outputs {missing}. Received keys: {list(given)}. Outputs are: {self.names}."
                )
            return found
        if len(flat) == n:
            return flat
        if len(flat) == sum(with_loss):
            left = iter(flat)
            return [next(left) if has else None for has in with_loss]
        if what == "sample_weight" and len(flat) == 1:
            return flat * n
        raise ValueError(f"`{what}` has {len(flat)} parts, but the model has {n} outputs ({self.names}).")

    def _plain_parts(self, given: Any) -> list[Any] | None:
        """Return what is given for each output where that takes no walk: one tensor or None for each."""
        if type(given) is dict:
            found = []
            for key, name in zip(self._keys, self.names, strict=True):
                if self._is_keyed and key in given:
                    found.append(given[key])
                elif not self._is_keyed and name in given:
                    found.append(given[name])
                else:
                    return None
        else:
            found = list(given)
        for part in found:
            if type(part) is not torch.Tensor and (part is not None or type(given) is dict):
                return None
        return found

    def spread(self, what: str, given: Any) -> list[Any]:
        """Return what ``compile`` was given for each output.

        Args:
            what: ``"loss_weights"``, ``"metrics"`` or ``"weighted_metrics"``.
            given: One for all outputs, or a list or dict of them.

        Raises:
            ValueError: the list or dict does not fit the outputs.
        """
        n = len(self.paths)
        if given is None:
            return [None] * n
        is_metrics = what.endswith("metrics")
        is_dict = isinstance(given, dict) and "class_name" not in given
        if self.is_single:
            if is_dict:
                return [next(iter(given.values()))]
            if isinstance(given, (list, tuple)):
                if is_metrics:
                    return [given[0] if len(given) == 1 and isinstance(given[0], (list, tuple)) else given]
                return list(given) if len(given) == 1 else self.refuse(what, given)
            return [given]
        if is_dict and not self.is_nested:
            unknown = [k for k in given if k not in self.names and k not in [p[0] for p in self.paths]]
            if unknown:
                raise ValueError(
                    f"Invalid `{what}`: key '{unknown[0]}' does not correspond to any model output. Expected keys: "
                    f"{self.names}.{nearest(str(unknown[0]), self.names)}"
                )
            return [given.get(name, given.get(p[0])) for p, name in zip(self.paths, self.names, strict=True)]
        if is_dict or (self.is_nested and isinstance(given, (list, tuple))):
            return [_at_or_above(given, path) for path in self.paths]
        if isinstance(given, (list, tuple)):
            if is_metrics and n == 1 and not isinstance(given[0] if given else [], (list, tuple)):
                return [given]
            return list(given) if len(given) == n else self.refuse(what, given)
        return [given] * n if is_metrics else self.refuse(what, given)

    def refuse(self, what: str, given: Any) -> list[Any]:
        """Raise the error for a ``given`` that has not one entry for each output."""
        n = len(given) if hasattr(given, "__len__") else 1
        raise ValueError(
            f"`{what}` has {n} entries, but the model has {len(self.paths)} outputs ({self.names}). Give one entry for"
            " each output, in a list or in a dict by output name."
        )


def fill(structure: Any, leaves: Iterator[Any]) -> Any:
    """Return a structure like the given one, with other leaves.

    Example:
        >>> fill({"a": 1, "b": (2, 3)}, iter("xyz"))
        {'a': 'x', 'b': ('y', 'z')}
    """
    if isinstance(structure, dict):
        return {key: fill(value, leaves) for key, value in structure.items()}
    if isinstance(structure, (list, tuple)):
        values = [fill(value, leaves) for value in structure]
        return type(structure)(*values) if hasattr(structure, "_fields") else type(structure)(values)
    return next(leaves)


def paths_of(structure: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each leaf: the keys and indices that lead to it."""
    if isinstance(structure, dict):
        for key, value in structure.items():
            yield from paths_of(value, (*path, key))
    elif isinstance(structure, (list, tuple)):
        for key, value in enumerate(structure):
            yield from paths_of(value, (*path, key))
    else:
        yield path


def at(structure: Any, path: Path, default: Any = None) -> Any:
    """Return what lies at a path; ``default`` where a dict lacks the key."""
    for key in path:
        if isinstance(structure, dict):
            if key not in structure:
                return default
            structure = structure[key]
        else:
            structure = structure[key]
    return structure


def _at_or_above(given: Any, path: Path) -> Any:
    """Return what a nested ``loss`` or ``metrics`` says for a path: what is not a container holds for all below."""
    for key in path:
        if isinstance(given, dict) and "class_name" not in given:
            given = given.get(key)
        elif isinstance(given, (list, tuple)) and isinstance(key, int) and key < len(given):
            given = given[key]
        else:
            return given
    return given
