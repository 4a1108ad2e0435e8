"""Mathematics, linear algebra, random numbers, images, signals and strings."""

# Path below `tensorflow` -> path below `torchkeras_compat`.
PATHS: dict[str, str] = {}
