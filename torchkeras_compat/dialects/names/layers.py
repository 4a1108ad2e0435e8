"""Layers, and models, that Keras 3 dropped."""

from torchkeras_compat.dialects.names.row import Name

_LAYERS = "legacy.layers"

ROWS: tuple[Name, ...] = (
    Name("layers.CuDNNGRU", f"{_LAYERS}.cudnn_recurrent.CuDNNGRU", "2.0-2.3"),
    Name("layers.CuDNNLSTM", f"{_LAYERS}.cudnn_recurrent.CuDNNLSTM", "2.0-2.3"),
    Name("layers.Highway", f"{_LAYERS}.highway.Highway", "1.0-1.2"),
    Name("layers.LocallyConnected1D", f"{_LAYERS}.locally_connected.LocallyConnected1D", "1.0-2.15"),
    Name("layers.LocallyConnected2D", f"{_LAYERS}.locally_connected.LocallyConnected2D", "1.0-2.15"),
    Name("layers.MaxoutDense", f"{_LAYERS}.maxout_dense.MaxoutDense", "1.0-1.2"),
    Name("layers.Merge", f"{_LAYERS}.merge.Merge", "1.0-2.2"),
    Name("layers.ParametricSoftplus", f"{_LAYERS}.parametric_softplus.ParametricSoftplus", "1.0-1.2"),
    Name("layers.RandomHeight", f"{_LAYERS}.random_size.RandomHeight", "2.3-2.15"),
    Name("layers.RandomWidth", f"{_LAYERS}.random_size.RandomWidth", "2.3-2.15"),
    Name("layers.Recurrent", f"{_LAYERS}.recurrent.Recurrent", "1.0-2.2"),
    Name("layers.SReLU", f"{_LAYERS}.s_relu.SReLU", "1.0-1.2"),
    Name("layers.ThresholdedReLU", f"{_LAYERS}.thresholded_relu.ThresholdedReLU", "1.0-2.15"),
    Name(
        "layers.experimental.RandomFourierFeatures",
        f"{_LAYERS}.random_fourier_features.RandomFourierFeatures",
        "2.1-2.15",
    ),
    Name(
        "layers.experimental.SyncBatchNormalization",
        f"{_LAYERS}.sync_batch_normalization.SyncBatchNormalization",
        "2.2-2.15",
    ),
    Name(
        "layers.experimental.preprocessing.PreprocessingLayer",
        f"{_LAYERS}.preprocessing_layer.PreprocessingLayer",
        "2.3-2.15",
    ),
    Name("layers.merge", f"{_LAYERS}.merge_function.merge", "1.0-2.2"),
    Name("models.Graph", "legacy.models.graph.Graph", "0.3-1.0"),
)
