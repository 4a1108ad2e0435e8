"""Data, files, training around Keras, devices, settings and old namespaces."""

# Path below `tensorflow` -> path below `torchkeras_compat`.
PATHS: dict[str, str] = {}
