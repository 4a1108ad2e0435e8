"""Names below ``tensorflow``, and where each is found here."""

from torchkeras_compat.dialects.tensorflow.names import core, data, mathematics

PATHS: dict[str, str] = {**core.PATHS, **mathematics.PATHS, **data.PATHS}
