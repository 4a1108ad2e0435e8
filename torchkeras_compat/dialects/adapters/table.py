"""All adapters, by the public paths of what they stand for.

An adapter takes the arguments of an old call by their names, as far as they were given, and the name of the dialect,
and returns those of the core; or the path of another class below ``torchkeras_compat`` with its arguments.
"""

from torchkeras_compat.dialects.adapters.adapter import Adapter
from torchkeras_compat.dialects.adapters.callbacks import CALLBACKS
from torchkeras_compat.dialects.adapters.identifiers import IDENTIFIERS
from torchkeras_compat.dialects.adapters.layers import LAYERS
from torchkeras_compat.dialects.adapters.losses import LOSSES
from torchkeras_compat.dialects.adapters.optimizers import OPTIMIZERS
from torchkeras_compat.dialects.adapters.preprocessing import PREPROCESSING
from torchkeras_compat.dialects.adapters.weights import WEIGHTS

ADAPTERS: dict[str, Adapter] = {
    **CALLBACKS,
    **IDENTIFIERS,
    **LAYERS,
    **LOSSES,
    **OPTIMIZERS,
    **PREPROCESSING,
    **WEIGHTS,
}
