"""Names that are found elsewhere now."""

from torchkeras_compat.dialects.names.row import Name

_OPTIMIZERS = {
    "adam": "Adam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "adamax": "Adamax",
    "nadam": "Nadam",
}

ROWS: tuple[Name, ...] = (
    Name("layers.Convolution1D", "layers.Conv1D", "1.0-2.15"),
    Name("layers.Convolution2D", "layers.Conv2D", "1.0-2.15"),
    Name("layers.Convolution3D", "layers.Conv3D", "1.0-2.15"),
    Name("layers.Deconvolution2D", "layers.Conv2DTranspose", "1.0-2.3"),
    Name("layers.AtrousConvolution1D", "layers.Conv1D", "1.0-2.3"),
    Name("layers.AtrousConvolution2D", "layers.Conv2D", "1.0-2.3"),
    Name("layers.SeparableConvolution2D", "layers.SeparableConv2D", "1.0-2.15"),
    Name("layers.TimeDistributedDense", "layers.Dense", "1.0-1.2"),
    *(Name(f"optimizers.{old}", f"optimizers.{new}", "1.0-2.3") for old, new in _OPTIMIZERS.items()),
    *(
        Name(f"{home}.get_source_inputs", "legacy.utils.source_inputs.get_source_inputs", "1.0-2.3")
        for home in ("engine", "engine.topology", "engine.network")
    ),
    *(
        Name(f"{home}.{name}", "models.Model", "1.0-2.3")  # what weights and layers of a part of a model were kept in
        for home, name in (
            ("engine", "Container"),
            ("engine.topology", "Container"),
            ("engine", "Network"),
            ("engine.network", "Network"),
        )
    ),
    Name("engine.topology.object_list_uid", "legacy.utils.lists.object_list_uid", "1.0-1.2"),
    Name("engine.topology.to_list", "legacy.utils.lists.to_list", "1.0-1.2"),
    Name("engine.training.make_batches", "legacy.utils.lists.make_batches", "1.0-2.3"),
    Name("engine.training.slice_X", "legacy.utils.lists.slice_arrays", "1.0-1.2"),
    Name("engine.training._slice_arrays", "legacy.utils.lists.slice_arrays", "2.0-2.1"),
    Name("engine.training._make_batches", "legacy.utils.lists.make_batches", "2.0-2.1"),
    Name("optimizers.optimizer_from_config", "optimizers.deserialize", "1.0-1.2"),
    Name("models.model_from_config", "legacy.models.config.model_from_config", "1.0-2.15"),
    Name("models.model_from_json", "legacy.models.json.model_from_json", "1.0-2.15"),
    Name("models.load_model", "legacy.saving.any_name.load_model", "1.0-2.15"),
    Name("models.save_model", "legacy.saving.any_name.save_model", "1.0-2.15"),
    Name("saving.load_model", "legacy.saving.any_name.load_model", "2.13-2.15"),
    Name("saving.save_model", "legacy.saving.any_name.save_model", "2.13-2.15"),
)
