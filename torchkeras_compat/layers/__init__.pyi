# base
from .base import Layer as Layer
from .input_spec import InputSpec as InputSpec

# core
from .core.activation import Activation as Activation
from .core.dense import Dense as Dense
from .core.embedding import Embedding as Embedding
from .core.input_layer import Input as Input, InputLayer as InputLayer
from .core.torch_module_wrapper import TorchModuleWrapper as TorchModuleWrapper
from .core.wrapper import Wrapper as Wrapper

# normalization
from .normalization.batch_normalization import BatchNormalization as BatchNormalization
from .normalization.group_normalization import GroupNormalization as GroupNormalization
from .normalization.layer_normalization import LayerNormalization as LayerNormalization
from .normalization.rms_normalization import RMSNormalization as RMSNormalization
from .normalization.unit_normalization import UnitNormalization as UnitNormalization

# regularization
from .regularization.dropout import Dropout as Dropout

# rnn
from .rnn.bidirectional import Bidirectional as Bidirectional
from .rnn.gru import GRU as GRU
from .rnn.gru_cell import GRUCell as GRUCell
from .rnn.lstm import LSTM as LSTM
from .rnn.lstm_cell import LSTMCell as LSTMCell
from .rnn.rnn import RNN as RNN
from .rnn.simple_rnn import SimpleRNN as SimpleRNN
from .rnn.simple_rnn_cell import SimpleRNNCell as SimpleRNNCell
from .rnn.stacked_rnn_cells import StackedRNNCells as StackedRNNCells
from .rnn.time_distributed import TimeDistributed as TimeDistributed

__all__ = [
    "Activation",
    "BatchNormalization",
    "Bidirectional",
    "Dense",
    "Dropout",
    "Embedding",
    "GRU",
    "GRUCell",
    "GroupNormalization",
    "Input",
    "InputLayer",
    "InputSpec",
    "LSTM",
    "LSTMCell",
    "Layer",
    "LayerNormalization",
    "RMSNormalization",
    "RNN",
    "SimpleRNN",
    "SimpleRNNCell",
    "StackedRNNCells",
    "TimeDistributed",
    "TorchModuleWrapper",
    "UnitNormalization",
    "Wrapper",
]
