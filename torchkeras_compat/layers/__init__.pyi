# base
from .base import Layer as Layer
from .input_spec import InputSpec as InputSpec

# core
from .core.activation import Activation as Activation
from .core.dense import Dense as Dense
from .core.embedding import Embedding as Embedding
from .core.input_layer import Input as Input, InputLayer as InputLayer
from .core.torch_module_wrapper import TorchModuleWrapper as TorchModuleWrapper

# normalization
from .normalization.batch_normalization import BatchNormalization as BatchNormalization

# regularization
from .regularization.dropout import Dropout as Dropout

__all__ = [
    "Activation",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Embedding",
    "Input",
    "InputLayer",
    "InputSpec",
    "Layer",
    "TorchModuleWrapper",
]
