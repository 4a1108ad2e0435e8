"""The state of optimizers in files of Keras 1 and 2, in the order of Keras 3."""

from __future__ import annotations


def slot_order(names: list[str]) -> list[int]:
    """Return the positions of optimizer arrays in Keras 3's order, from their names in a Keras 2 file.

    Keras 2 stored all first moments, then all second ones, where Keras 3 goes from variable to variable.

    Args:
        names: Names of the arrays: ``"Adam/dense/kernel/m:0"``.

    Example:
        >>> slot_order(["Adam/iter:0", "Adam/a/m:0", "Adam/b/m:0", "Adam/a/v:0", "Adam/b/v:0"])
        [0, 1, 3, 2, 4]
    """
    for first_slot, second_slot in _PAIRS_OF_SLOTS:
        first = [i for i, name in enumerate(names) if name.endswith(first_slot)]
        second = [i for i, name in enumerate(names) if name.endswith(second_slot)]
        if second and len(first) == len(second):
            break
    else:
        return list(range(len(names)))
    moved = [i for pair in zip(first, second, strict=True) for i in pair]
    others = [i for i in range(len(names)) if i not in moved]
    last = [i for i in others if i > min(moved) or names[i].endswith("/momentum_cache:0")]  # of Nadam, after the slots
    return [i for i in others if i not in last] + moved + last


# Slots that Keras 3 keeps side by side.
_PAIRS_OF_SLOTS = (("/m:0", "/v:0"), ("/accum_grad:0", "/accum_var:0"), ("/accumulator:0", "/linear:0"))
