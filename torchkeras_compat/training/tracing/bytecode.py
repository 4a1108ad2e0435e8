"""How Python's bytecode calls a function, and with which constants."""

from __future__ import annotations

import dis
import sys
from collections.abc import Sequence

_CALL = "CALL" if sys.version_info >= (3, 12) else "PRECALL"  # while the arguments are on the stack
_PUSHES_NULL = 1  # the low bit of LOAD_GLOBAL: a call follows


def is_called(instruction: dis.Instruction) -> bool:
    """Return whether a global name is loaded in order to call it, and not to hand it on."""
    return instruction.opname == "LOAD_GLOBAL" and bool((instruction.arg or 0) & _PUSHES_NULL)


def constant_attribute(instructions: Sequence[dis.Instruction], i: int) -> str | None:
    """Return the attribute that a call of ``getattr`` or ``hasattr`` names; None where it is computed.

    Args:
        instructions: The instructions of some code.
        i: The position of the one that loads ``getattr``.
    """
    if not is_called(instructions[i]):
        return None
    depth = 0  # of the arguments on the stack
    name: object = None  # what the last instruction pushed that leaves the second argument on top
    for instruction in instructions[i + 1 :]:
        operation = instruction.opname
        if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
            return None
        if operation == _CALL and depth == instruction.arg and depth >= 2:
            return name if isinstance(name, str) and name.isidentifier() else None
        depth += dis.stack_effect(instruction.opcode, instruction.arg, jump=False)
        if depth == 2:
            name = instruction.argval if operation == "LOAD_CONST" else None
        if depth < 0:
            return None
    return None
