"""Code whose dialect nobody knows: Keras 3, in which a call that only an older Keras took means what it meant there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torchkeras_compat import tree
from torchkeras_compat.dialects.dialect import KERAS1, KERAS2, TF_KERAS, Dialect
from torchkeras_compat.dialects.originals import original
from torchkeras_compat.dialects.translation import ANYWHERE, OldCall, Translator, translator


class MixedTranslator:
    """How calls of one public name are understood when their version is not known.

    Args:
        path: Public path: ``"layers.Dense"``.
        target: Class, function, or function of a method, of the core.
        is_method: Whether the first parameter is ``self``, which calls do not give.
    """

    def __init__(self, path: str, target: Callable[..., Any], is_method: bool = False) -> None:
        self.path = path
        self.target = target
        self.is_method = is_method
        self.old = [translator(dialect, path, target, is_method) for dialect in (TF_KERAS, KERAS2, KERAS1)]
        self.core = self.old[0]

    def translate(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> OldCall:
        """Return the call of the core: the call itself if the core takes it, else what the last version meant by it."""
        meaning = self._meaning(args, kwargs)
        if meaning is None:
            by_name = dict(zip(self.core.parameters, args, strict=False)) if self.is_method else {}
            return OldCall(self.target, original(args[len(by_name) :]), original({**by_name, **kwargs}))
        return meaning.translate(args, kwargs)

    def _meaning(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Translator | None:
        core = self.core
        if core.is_legacy:
            return None if core.adapter is None else core
        sizes = args[1 : 1 + _ONLY_OLD_NAMES.get(self.path, 0)]
        if sizes and len(sizes) == _ONLY_OLD_NAMES[self.path] and all(isinstance(size, int) for size in sizes):
            return self.old[-1]
        if self.path == "models.Model.compile" and _are_metrics_third(args):
            return self.old[0]
        unknown = kwargs.keys() - core.known - ANYWHERE
        if not unknown and (core.takes_varargs or len(args) <= len(core.parameters)):
            return None
        for old in self.old:
            if old.takes(len(args), unknown):
                return old
        return self.old[-1] if any(old.takes(0, {name}) for name in unknown for old in self.old) else None


# Names under which only Keras 1 gave kernel sizes as separate integers.
_ONLY_OLD_NAMES = {"layers.Convolution2D": 2, "layers.Convolution3D": 3, "layers.SeparableConvolution2D": 2}


def _are_metrics_third(args: tuple[Any, ...]) -> bool:
    """Whether the third argument of ``compile`` holds metrics, which are named or called, and not loss weights."""
    for given, are_first in zip(args[2:4], (True, False), strict=False):
        leaves = [leaf for leaf in tree.flatten(given) if leaf is not None]
        if leaves:
            return are_first is any(isinstance(leaf, str) or callable(leaf) for leaf in leaves)
    return False


def translator_of(dialect: Dialect, path: str, target: Callable[..., Any], is_method: bool = False) -> Any:
    """Return the translator of a public name in a dialect."""
    if dialect.is_mixed:
        return MixedTranslator(path, target, is_method)
    return translator(dialect, path, target, is_method)
