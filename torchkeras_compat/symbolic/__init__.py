"""Symbolic tensors and the calls recorded on them.

Loads `operation` first: it tells `KerasTensor`, on which it builds, how functions that meet one are recorded.
"""

from torchkeras_compat.symbolic import operation as operation
