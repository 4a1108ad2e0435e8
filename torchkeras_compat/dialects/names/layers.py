"""Layers, models, losses, metrics, optimizers and their kin that Keras 3 dropped, or that mean something else there."""

from __future__ import annotations

from torchkeras_compat.dialects.names.row import Name


def _rows(space: str, versions: str, targets: dict[str, str]) -> tuple[Name, ...]:
    """Return a row for each name of one namespace in the same versions."""
    return tuple(Name(f"{space}.{name}", target, versions) for name, target in targets.items())


_LAYERS = "legacy.layers"
_EXPERIMENTAL = "layers.experimental"

_OF_LAYERS = (
    Name("layers.AbstractRNNCell", f"{_LAYERS}.abstract_rnn_cell.AbstractRNNCell", "2.0-2.15"),
    Name("layers.AtrousConv1D", "layers.Conv1D", "1.0-2.3"),
    Name("layers.AtrousConv2D", "layers.Conv2D", "1.0-2.3"),
    Name("layers.CuDNNGRU", f"{_LAYERS}.cudnn_recurrent.CuDNNGRU", "2.0-2.3"),
    Name("layers.CuDNNLSTM", f"{_LAYERS}.cudnn_recurrent.CuDNNLSTM", "2.0-2.3"),
    Name("layers.Deconv2D", "layers.Conv2DTranspose", "1.0-2.3"),
    Name("layers.Deconv3D", "layers.Conv3DTranspose", "2.0-2.3"),
    Name("layers.Deconvolution3D", "layers.Conv3DTranspose", "2.0-2.3"),
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
    Name("layers._Merge", f"{_LAYERS}.custom_merge.CustomMerge", "2.0-2.15"),
    Name("layers.merge", f"{_LAYERS}.merge_function.merge", "1.0-2.2"),
    Name("models.Graph", "legacy.models.graph.Graph", "0.3-1.0"),
    *_rows(
        _EXPERIMENTAL,
        "2.1-2.15",
        {
            "RandomFourierFeatures": f"{_LAYERS}.random_fourier_features.RandomFourierFeatures",
            "SyncBatchNormalization": f"{_LAYERS}.sync_batch_normalization.SyncBatchNormalization",
            "preprocessing.PreprocessingLayer": f"{_LAYERS}.preprocessing_layer.PreprocessingLayer",
            "preprocessing.RandomHeight": f"{_LAYERS}.random_size.RandomHeight",
            "preprocessing.RandomWidth": f"{_LAYERS}.random_size.RandomWidth",
        },
    ),
)

_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "kld": "kl_divergence",
}
_SHORT_NAMES = {
    **{short: f"losses.{name}" for short, name in _SHORT.items()},
    **{short.upper(): f"losses.{name}" for short, name in _SHORT.items()},
    "kullback_leibler_divergence": "losses.kl_divergence",
    "logcosh": "losses.log_cosh",
}
_COSINE = "legacy.losses.cosine_proximity"
_SCORES = "legacy.metrics.batch_scores"

# Of Keras before 2.3, which left a target of 0 as it was.
HINGES_OF_SIGNS = {
    "hinge": "legacy.losses.hinge_of_signs.hinge_of_signs",
    "squared_hinge": "legacy.losses.hinge_of_signs.squared_hinge_of_signs",
}

# Of whole batches, which `compile` took by their names.
SCORES_OF_KERAS_1 = {
    "f1score": f"{_SCORES}.fmeasure",
    "fbeta_score": f"{_SCORES}.fbeta_score",
    "fmeasure": f"{_SCORES}.fmeasure",
    "fscore": f"{_SCORES}.fmeasure",
    "matthews_correlation": f"{_SCORES}.matthews_correlation",
    "precision": f"{_SCORES}.precision",
    "recall": f"{_SCORES}.recall",
}

_OF_LOSSES_AND_METRICS = (
    *_rows("losses", "2.0-2.15", _SHORT_NAMES),
    *_rows("objectives", "1.0-2.2", _SHORT_NAMES),
    *_rows("metrics", "1.0-2.15", _SHORT_NAMES),
    *_rows(
        "losses",
        "2.0-2.15",
        {
            "cosine": f"{_COSINE}.cosine_proximity",
            "cosine_proximity": f"{_COSINE}.cosine_proximity",
            "huber_loss": "legacy.losses.huber_loss.huber_loss",
            "Reduction": "legacy.losses.reduction.Reduction",
        },
    ),
    *_rows(
        "objectives",
        "1.0-1.2",
        {"cosine": f"{_COSINE}.mean_cosine_proximity", "cosine_proximity": f"{_COSINE}.mean_cosine_proximity"},
    ),
    *_rows(
        "metrics",
        "2.3-2.3",
        {
            "accuracy": "metrics.accuracy.accuracy",
            "cosine": f"{_COSINE}.cosine_similarity_metric",
            "cosine_proximity": f"{_COSINE}.cosine_similarity_metric",
            "cosine_similarity": f"{_COSINE}.cosine_similarity_metric",
        },
    ),
    *_rows("metrics", "1.0-1.2", SCORES_OF_KERAS_1),
    *_rows("metrics", "1.0-1.2", HINGES_OF_SIGNS),
    *_rows("objectives", "1.0-1.2", HINGES_OF_SIGNS),
    *_rows("losses", "1.0-1.2", HINGES_OF_SIGNS),
    Name("losses.LossFunctionWrapper", "losses.base.LossFunctionWrapper", "2.0-2.3"),
    Name("metrics.MeanRelativeError", "legacy.metrics.mean_relative_error.MeanRelativeError", "2.0-2.15"),
    Name("metrics.MeanTensor", "legacy.metrics.mean_tensor.MeanTensor", "2.0-2.15"),
)

_KERAS1_INITIALIZERS = "uniform normal lecun_uniform glorot_normal glorot_uniform he_normal he_uniform".split()
_KERAS1_INITIALIZERS += "orthogonal identity zero one".split()
_KERAS1_REGULARIZERS = "ActivityRegularizer EigenvalueRegularizer L1L2Regularizer WeightRegularizer".split()
_KERAS1_REGULARIZERS += "activity_l1 activity_l1l2 activity_l2 l1l2".split()
_V2 = "legacy.optimizers.optimizer_v2"
_OPTIMIZERS = "Adadelta Adagrad Adam Adamax Ftrl Nadam RMSprop SGD".split()

_INTERFACES = "dense dropout prelu gaussiannoise batchnorm spatialdropout1d spatialdropoutNd pooling1d pooling2d"
_INTERFACES += " global_pooling get_updates"

_OF_THE_REST = (
    Name("legacy.interfaces.generate_legacy_interface", "legacy.interfaces.generate_legacy_interface", "2.0-2.3"),
    *_rows(
        "legacy.interfaces",
        "2.0-2.3",
        {f"legacy_{name}_support": f"legacy.interfaces.legacy_{name}_support" for name in _INTERFACES.split()},
    ),
    Name("activations.hard_sigmoid", "legacy.activations.hard_sigmoid.hard_sigmoid", "1.0-2.15"),
    Name("initializations.get", "legacy.initializers.keras1.get_function", "1.0-1.2"),
    *_rows("initializations", "1.0-1.2", {n: f"legacy.initializers.keras1.{n}" for n in _KERAS1_INITIALIZERS}),
    *_rows(
        "initializers",
        "2.0-2.3",
        {
            "normal": "initializers.RandomNormal",
            "one": "initializers.Ones",
            "uniform": "initializers.RandomUniform",
            "zero": "initializers.Zeros",
        },
    ),
    *_rows("regularizers", "1.0-1.2", {n: f"legacy.regularizers.keras1.{n}" for n in _KERAS1_REGULARIZERS}),
    *_rows(
        "constraints",
        "1.0-2.3",
        {"maxnorm": "constraints.MaxNorm", "nonneg": "constraints.NonNeg", "unitnorm": "constraints.UnitNorm"},
    ),
    *_rows(
        "constraints",
        "2.0-2.15",
        dict.fromkeys(
            ("RadialConstraint", "radial_constraint"), "legacy.constraints.radial_constraint.RadialConstraint"
        ),
    ),
    *_rows("optimizers.legacy", "2.10-2.15", {n: f"{_V2}.Legacy{n}" for n in _OPTIMIZERS}),
    Name("optimizers.legacy.Optimizer", "legacy.optimizers.slots.OptimizerV2", "2.10-2.15"),
)

ROWS: tuple[Name, ...] = (*_OF_LAYERS, *_OF_LOSSES_AND_METRICS, *_OF_THE_REST)
