"""Messages on a citation graph by ops.take and segment sums; an MLP-mixer; a Transformer for series; all small."""

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

rng = np.random.default_rng(0)
num_nodes = 60
subject = rng.integers(0, 3, num_nodes)
papers = pd.DataFrame(rng.random((num_nodes, 6)), columns=[f"term_{i}" for i in range(6)])
papers["term_0"] += subject
papers.insert(0, "paper_id", np.arange(num_nodes))
papers["subject"] = subject
edges = np.array([(i, j) for i in range(num_nodes) for j in rng.choice(np.where(subject == subject[i])[0], 3)]).T
edge_weights = ops.ones(shape=edges.shape[1])
node_features = ops.cast(papers.sort_values("paper_id")[[f"term_{i}" for i in range(6)]].to_numpy(), dtype="float32")
graph_info = (node_features, edges, edge_weights)


def create_ffn(hidden_units, dropout_rate, name=None):
    fnn_layers = []
    for units in hidden_units:
        fnn_layers.append(layers.BatchNormalization())
        fnn_layers.append(layers.Dropout(dropout_rate))
        fnn_layers.append(layers.Dense(units, activation="gelu"))
    return keras.Sequential(fnn_layers, name=name)


class GraphConvLayer(layers.Layer):
    def __init__(self, hidden_units, dropout_rate=0.2, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ffn_prepare = create_ffn(hidden_units, dropout_rate)
        self.update_fn = create_ffn(hidden_units, dropout_rate)

    def prepare(self, node_representations, weights=None):
        messages = self.ffn_prepare(node_representations)
        if weights is not None:
            messages = messages * ops.expand_dims(weights, -1)
        return messages

    def call(self, inputs):
        node_representations, edges, edge_weights = inputs
        node_indices, neighbour_indices = edges[0], edges[1]
        neighbour_representations = ops.take(node_representations, neighbour_indices, axis=0)
        neighbour_messages = self.prepare(neighbour_representations, edge_weights)
        aggregated = ops.segment_sum(neighbour_messages, node_indices, num_segments=node_representations.shape[0])
        h = ops.concatenate([node_representations, aggregated], axis=1)
        return ops.normalize(self.update_fn(h), axis=-1)


class GNNNodeClassifier(keras.Model):
    def __init__(self, graph_info, num_classes, hidden_units, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.node_features, self.edges, edge_weights = graph_info
        self.edge_weights = edge_weights / ops.sum(edge_weights)
        self.preprocess = create_ffn(hidden_units, 0.1, name="preprocess")
        self.conv1 = GraphConvLayer(hidden_units, 0.1, name="graph_conv1")
        self.postprocess = create_ffn(hidden_units, 0.1, name="postprocess")
        self.compute_logits = layers.Dense(units=num_classes, name="logits")

    def call(self, input_node_indices):
        x = self.preprocess(self.node_features)
        x1 = self.conv1((x, self.edges, self.edge_weights))
        x = x1 + x
        x = self.postprocess(x)
        node_embeddings = ops.take(x, input_node_indices, axis=0)
        return self.compute_logits(node_embeddings)


gnn_model = GNNNodeClassifier(graph_info=graph_info, num_classes=3, hidden_units=[16, 16], name="gnn_model")
print("GNN output shape:", gnn_model(ops.convert_to_tensor([1, 10, 50])).shape)
gnn_model.summary()
gnn_model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
train_index = papers.paper_id.to_numpy()[:40]
early_stopping = keras.callbacks.EarlyStopping(monitor="acc", patience=50, restore_best_weights=True)
history = gnn_model.fit(train_index, subject[:40], epochs=60, batch_size=20, callbacks=[early_stopping], verbose=0)
assert max(history.history["acc"]) > 0.9
assert gnn_model.predict(papers.paper_id.to_numpy()[40:], verbose=0).shape == (20, 3)


class MLPMixerLayer(layers.Layer):
    def __init__(self, num_patches, hidden_units, dropout_rate, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mlp1 = keras.Sequential(
            [layers.Dense(units=num_patches, activation="gelu"), layers.Dense(units=num_patches), layers.Dropout(dropout_rate)]
        )
        self.mlp2 = keras.Sequential([layers.Dense(units=num_patches, activation="gelu"), layers.Dense(units=hidden_units)])
        self.normalize = layers.LayerNormalization(epsilon=1e-6)

    def build(self, input_shape):
        return super().build(input_shape)

    def call(self, inputs):
        x = self.normalize(inputs)
        x_channels = ops.transpose(x, axes=(0, 2, 1))
        mlp1_outputs = self.mlp1(x_channels)
        mlp1_outputs = ops.transpose(mlp1_outputs, axes=(0, 2, 1))
        x = mlp1_outputs + inputs
        return x + self.mlp2(self.normalize(x))


def transformer_encoder(inputs, head_size, num_heads, ff_dim, dropout=0):
    x = layers.MultiHeadAttention(key_dim=head_size, num_heads=num_heads, dropout=dropout)(inputs, inputs)
    x = layers.Dropout(dropout)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    res = x + inputs
    x = layers.Conv1D(filters=ff_dim, kernel_size=1, activation="relu")(res)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv1D(filters=inputs.shape[-1], kernel_size=1)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    return x + res


t = np.linspace(0, 1, 24)
y = rng.integers(0, 2, 128)
x = np.where(y[:, None] == 1, np.sin(6 * t), np.sin(14 * t)) + rng.normal(0, 0.1, (128, 24))
x = x.reshape((128, 24, 1)).astype("float32")
for block in ["mixer", "transformer"]:
    inputs = keras.Input(shape=x.shape[1:])
    h = layers.Dense(8)(inputs)
    h = MLPMixerLayer(24, 8, 0.1)(h) if block == "mixer" else transformer_encoder(h, 8, 2, 8, 0.1)
    h = layers.GlobalAveragePooling1D(data_format="channels_last")(h)
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(h))
    model.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.Adam(learning_rate=0.02),
        metrics=["sparse_categorical_accuracy"],
    )
    history = model.fit(x, y, validation_split=0.2, epochs=12, batch_size=32, verbose=0)
    assert max(history.history["val_sparse_categorical_accuracy"]) > 0.8, (block, history.history)
