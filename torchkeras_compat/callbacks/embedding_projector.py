"""Embeddings for TensorBoard's projector."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.layers.core.embedding import Embedding
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.saving.atomic import written_whole


class EmbeddingProjector:
    """Writes ``projector_config.pbtxt``, and the rows of each embedding as a table that it points to.

    Args:
        model: Its ``Embedding`` layers are shown.
        log_dir: Folder of the run.
        metadata: File with a line for each row, relative to ``log_dir``: one for all layers, or one by layer name.

    Raises:
        ValueError: ``metadata`` names something that is not an embedding layer of the model.
    """

    def __init__(self, model: Any, log_dir: str, metadata: str | Mapping[str, str] | None) -> None:
        self.model = model
        self.log_dir = log_dir
        self.metadata = metadata
        self.layers = [layer for layer in model.layers if isinstance(layer, Embedding)]
        if isinstance(metadata, Mapping):
            unknown = sorted(set(metadata) - {layer.name for layer in self.layers})
            if unknown:
                raise ValueError(
                    "Unrecognized `Embedding` layer names passed to `TensorBoard` in `embeddings_metadata`: "
                    f"{unknown}. The model's embedding layers are {[layer.name for layer in self.layers]}."
                )

    def write(self, epoch: int) -> None:
        """Write the embeddings as they are now, and the model's weights as ``keras_embedding.ckpt-<epoch>``."""
        folder = Path(self.log_dir) / "train"
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_weights(folder / f"keras_embedding.ckpt-{epoch}.weights.h5", overwrite=True)
        for layer in self.layers:
            with written_whole(folder / self._table(layer)) as temporary:
                np.savetxt(temporary, np.asarray(convert_to_numpy(layer.embeddings)), "%.9g", delimiter="\t")

    def write_config(self) -> None:
        """Tell the projector which embeddings there are."""
        from google.protobuf import text_format  # comes with tensorboard, which is optional
        from tensorboard.plugins.projector import EmbeddingInfo, ProjectorConfig

        os.makedirs(self.log_dir, exist_ok=True)
        infos = []
        for layer in self.layers:
            info = EmbeddingInfo(tensor_name=f"{layer.name}/embeddings", tensor_path=f"train/{self._table(layer)}")
            path = self.metadata.get(layer.name) if isinstance(self.metadata, Mapping) else self.metadata
            if path is not None:
                info.metadata_path = os.fspath(path)
            infos.append(info)
        with written_whole(Path(self.log_dir) / "projector_config.pbtxt") as temporary:
            temporary.write_text(text_format.MessageToString(ProjectorConfig(embeddings=infos)))

    @staticmethod
    def _table(layer: Any) -> str:
        return f"{layer.name.replace('/', '_')}.embeddings.tsv"
