"""Names below ``tensorflow``, and where each is found here."""

from torchkeras_compat.dialects.tensorflow.names import core, data, mathematics

_PATHS: dict[str, str] = {**core.PATHS, **mathematics.PATHS, **data.PATHS}
_OWN = {path: target for path, target in _PATHS.items() if not path.startswith("compat.")}
# `compat.v2` is the whole again, and `compat.v1` too where it has no meaning of its own.
PATHS: dict[str, str] = {f"compat.{v}.{path}": target for v in ("v1", "v2") for path, target in _OWN.items()} | _PATHS
