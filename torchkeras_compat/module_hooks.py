"""Hooks of torch modules, by the names of the attributes that hold them: torch has no question for them."""

from __future__ import annotations

# Those that run in a call of the module, or in the gradients of one.
HOOKS_OF_CALLS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
