"""Patches of small pictures, encoded and attended; augmentation with adapted statistics; AdamW."""

import keras
import numpy as np
from keras import layers, ops

num_classes, image_size, patch_size, projection_dim, num_heads = 3, 16, 4, 16, 2
num_patches = (image_size // patch_size) ** 2
rng = np.random.default_rng(0)
y_train = rng.integers(0, num_classes, (120, 1))
x_train = rng.integers(0, 60, (120, 20, 20, 3)).astype("uint8")
for picture, label in zip(x_train, y_train[:, 0]):
    picture[:, :, label] += 150

data_augmentation = keras.Sequential(
    [
        layers.Normalization(),
        layers.Resizing(image_size, image_size),
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(factor=0.02),
        layers.RandomZoom(height_factor=0.2, width_factor=0.2),
    ],
    name="data_augmentation",
)
data_augmentation.layers[0].adapt(x_train)


def mlp(x, hidden_units, dropout_rate):
    for units in hidden_units:
        x = layers.Dense(units, activation=keras.activations.gelu)(x)
        x = layers.Dropout(dropout_rate)(x)
    return x


class Patches(layers.Layer):
    def __init__(self, patch_size):
        super().__init__()
        self.patch_size = patch_size

    def call(self, images):
        input_shape = ops.shape(images)
        batch_size, height, width, channels = input_shape
        num_patches_h, num_patches_w = height // self.patch_size, width // self.patch_size
        patches = keras.ops.image.extract_patches(images, size=self.patch_size)
        return ops.reshape(
            patches, (batch_size, num_patches_h * num_patches_w, self.patch_size * self.patch_size * channels)
        )

    def get_config(self):
        config = super().get_config()
        config.update({"patch_size": self.patch_size})
        return config


class PatchEncoder(layers.Layer):
    def __init__(self, num_patches, projection_dim):
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(units=projection_dim)
        self.position_embedding = layers.Embedding(input_dim=num_patches, output_dim=projection_dim)

    def call(self, patch):
        positions = ops.expand_dims(ops.arange(start=0, stop=self.num_patches, step=1), axis=0)
        return self.projection(patch) + self.position_embedding(positions)


patches = Patches(patch_size)(ops.convert_to_tensor(ops.image.resize(x_train[:1].astype("float32"), (16, 16))))
assert patches.shape == (1, 16, 48)

inputs = keras.Input(shape=(20, 20, 3))
augmented = data_augmentation(inputs)
encoded_patches = PatchEncoder(num_patches, projection_dim)(Patches(patch_size)(augmented))
for _ in range(2):
    x1 = layers.LayerNormalization(epsilon=1e-6)(encoded_patches)
    attention_output = layers.MultiHeadAttention(num_heads=num_heads, key_dim=projection_dim, dropout=0.1)(x1, x1)
    x2 = layers.Add()([attention_output, encoded_patches])
    x3 = layers.LayerNormalization(epsilon=1e-6)(x2)
    x3 = mlp(x3, hidden_units=[projection_dim * 2, projection_dim], dropout_rate=0.1)
    encoded_patches = layers.Add()([x3, x2])
representation = layers.LayerNormalization(epsilon=1e-6)(encoded_patches)
representation = layers.Flatten()(representation)
features = mlp(layers.Dropout(0.2)(representation), hidden_units=[32], dropout_rate=0.2)
logits = layers.Dense(num_classes)(features)
model = keras.Model(inputs=inputs, outputs=logits)
model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=0.003, weight_decay=0.0001),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[
        keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
        keras.metrics.SparseTopKCategoricalAccuracy(2, name="top-2-accuracy"),
    ],
)
checkpoint = keras.callbacks.ModelCheckpoint(
    "checkpoint.weights.h5", monitor="val_accuracy", save_best_only=True, save_weights_only=True
)
history = model.fit(
    x=x_train, y=y_train, batch_size=16, epochs=4, validation_split=0.1, callbacks=[checkpoint], verbose=0
)
model.load_weights("checkpoint.weights.h5")
_, accuracy, top = model.evaluate(x_train, y_train, verbose=0)
assert accuracy > 0.8 and top >= accuracy, (accuracy, top)
