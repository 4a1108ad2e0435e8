"""Training and inference mode: who says it, and how layers and the torch modules in them agree.

``training`` is what it is in torch: a flag of every module that ``train()`` and ``eval()`` set. A new layer takes the
mode of the module that it becomes a part of; alone it is in inference mode, as Keras's `layer(x)` is, until somebody
says ``train()``, or ``training=True`` in a call. In a torch module it so starts in training mode, as torch's own do.

A layer whose own `call` says ``training=True`` by default, as those of images do, starts in training mode, with all
that is below, and stays there in a model too, until somebody says another mode for it or for what is around it.

A layer that computes through a torch module asks both flags. They differ where somebody has switched one of them, and
that one counts; a ``training`` argument that differs from the mode of the layer was given in this very call, and counts
before them.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from torch import fx, nn

F = TypeVar("F", bound=Callable[..., Any])


class Switching(threading.local):
    """What a thread knows of modes.

    Attributes:
        modules_made: Number of modules that layers have made or taken: grows when what lies below a layer may have
            changed.
        by_itself: Whether this package, and not the user, calls ``train``.
    """

    modules_made = 0
    by_itself = False


SWITCHING = Switching()


class SelfTraining:
    """What is known of layers that train by default.

    Attributes:
        exists: Whether there has been one in this process; if not, nothing looks for them.
    """

    exists = False


def take_mode(module: nn.Module, training: bool, is_said: bool = False) -> None:
    """Put a new module into the mode of what it becomes a part of, layers whose mode was said excepted.

    Args:
        module: The module.
        training: The mode of what is around it.
        is_said: Whether somebody has said this mode; if not, a layer that trains by default goes on doing so.
    """
    state = module.__dict__
    if state.get("_mode_is_said"):
        return
    if not is_said and getattr(type(module), "_trains_by_default", False):
        training = True
    if "training" in state:
        state["training"] = training
    for child in module.children():
        take_mode(child, training, is_said)


def join(layer: nn.Module, around: nn.Module) -> None:
    """Put a layer that is not a part of anything yet into the mode of the one around it; models may share others."""
    SWITCHING.modules_made += 1
    if not layer.__dict__.get("_is_placed"):
        layer.__dict__["_is_placed"] = True
        take_mode(layer, around.training, "_mode_is_said" in around.__dict__)


def switch(module: nn.Module, training: bool) -> None:
    """Call ``train`` for the package's own ends: the mode counts as unsaid where it was."""
    before, SWITCHING.by_itself = SWITCHING.by_itself, True
    try:
        module.train(training)
    finally:
        SWITCHING.by_itself = before


def set_modes_below(module: nn.Module, training: bool) -> None:
    """Do what `torch.nn.Module.train` does, in torch's order, for a layer that :func:`switches_plainly`.

    `fit` and `train_on_batch` switch several times, and torch makes some eight Python calls for each module. Modules
    with a ``train`` or ``__setattr__`` of their own are asked.
    """
    is_said = not SWITCHING.by_itself
    queue = [module]
    seen: set[int] = set()  # a layer may lead back to the one around it
    while queue:
        part = queue.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        kind, state = type(part), part.__dict__
        if part is not module:
            train = kind.train
            is_torch = train is _TRAIN
            is_plain = kind.__setattr__ is _SETATTR if is_torch else train is getattr(kind, "_plain_train", None)
            if not is_plain or kind.children is not _CHILDREN or "training" not in state or "train" in state:
                part.train(training)
                continue
            if is_said and not is_torch:
                state["_mode_is_said"] = True
        state["training"] = training
        for child in reversed(state["_modules"].values()):
            if child is not None:
                queue.append(child)


def plain(method: F) -> F:
    """Mark a ``__setattr__`` that sets ``training`` as torch's does."""
    method.is_plain = True  # type: ignore[attr-defined]
    return method


def switches_plainly(cls: type, layer: type) -> bool:
    """Return whether all that ``layer.train`` does in a subclass is to set flags, here and below."""
    above = [vars(base) for base in cls.__mro__ if base is not object and base is not nn.Module]
    behind = [vars(base) for base in cls.__mro__[cls.__mro__.index(layer) + 1 :] if base is not nn.Module]
    if any("train" in names for names in behind) or any("training" in names for names in above):
        return False
    return all(getattr(names["__setattr__"], "is_plain", False) for names in above if "__setattr__" in names)


_TRAIN, _SETATTR, _CHILDREN = nn.Module.train, nn.Module.__setattr__, nn.Module.children


def run_in_mode(module: nn.Module, training: bool, *args: Any) -> Any:
    """Call a torch module in a mode, and put it back into its own."""
    before = module.training
    if before is training:
        return module(*args)
    module.training = training
    try:
        return module(*args)
    finally:
        module.training = before


@contextlib.contextmanager
def training_state(layer: nn.Module, training: bool | None) -> Iterator[None]:
    """Switch the layer and everything below to ``training`` inside the scope, if it differs."""
    own = layer.training
    if training is None or (own is training and (training or not SelfTraining.exists)):
        yield
        return
    # Without torch's recursion: this runs on every call with ``training=...``.
    parts = _parts(layer)
    switching = parts if own is not training else _self_training(parts)
    if not switching:
        yield
        return
    before = [(module, module.training) for module in parts]
    made = SWITCHING.modules_made
    for module in switching:
        module.__dict__["training"] = training
    try:
        yield
    finally:
        for module, mode in before:
            module.__dict__["training"] = mode
        if made != SWITCHING.modules_made:
            _set_others(layer, before, own)


class Modes:
    """The modes of a module and of everything below, to be put back after the package switched them."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.before = [(part, part.training) for part in _parts(module)]

    def restore(self, trains_on: bool = False) -> None:
        """Put the modes back; what was made since has that of the whole.

        Everything is in inference mode by now, and optimizers that have other weights to train with have put those to
        use into the model. They stay there until somebody says ``train()``, unless training is under way.

        Args:
            trains_on: Whether it is.
        """
        if True not in [training for _, training in self.before]:
            return
        own = self.before[0][1]
        if own and trains_on:
            switch(self.module, True)
        for part, training in self.before:
            part.__dict__["training"] = training
        _set_others(self.module, self.before, own)


@contextlib.contextmanager
def switched(module: Any, training: bool, trains_on: bool = False) -> Iterator[None]:
    """Put a module and everything below into a mode inside the scope, and leave the modes as :class:`Modes` does."""
    modes = Modes(module)
    switch(module, training)
    try:
        yield
    finally:
        if training:
            switch(module, False)
        modes.restore(trains_on)


def _parts(module: nn.Module) -> list[nn.Module]:
    """Return what `Module.modules` yields, the module first, at less cost: `predict` of one sample asks."""
    found, queue = {id(module): module}, [module]
    while queue:
        for child in queue.pop()._modules.values():
            if child is not None and id(child) not in found:
                found[id(child)] = child
                queue.append(child)
    return list(found.values())


def _self_training(parts: list[nn.Module]) -> list[nn.Module]:
    """Return those that train by default, and what is in training mode with them, unless somebody said so."""
    trainers = [part for part in parts if getattr(type(part), "_trains_by_default", False)]
    found = {
        id(part): part for trainer in trainers if not trainer.__dict__.get("_mode_is_said") for part in _parts(trainer)
    }
    return [part for part in found.values() if part.training and not part.__dict__.get("_mode_is_said")]


def _set_others(module: nn.Module, known: list[tuple[nn.Module, bool]], training: bool) -> None:
    """Put what was made in the meantime into the mode of the whole, or into its own."""
    seen = {id(part) for part, _ in known}
    others = [part for part in _parts(module) if id(part) not in seen and not isinstance(part, fx.GraphModule)]
    for part in others:
        part.__dict__["training"] = training
    if not training and SelfTraining.exists and not module.__dict__.get("_mode_is_said"):
        for part in others:
            if getattr(type(part), "_trains_by_default", False):
                take_mode(part, True)
