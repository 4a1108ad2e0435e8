"""Tensors, variables, gradients, control flow, `tf.nn`, modules."""

# Path below `tensorflow` -> path below `torchkeras_compat`.
PATHS: dict[str, str] = {}
