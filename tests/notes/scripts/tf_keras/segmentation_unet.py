# Pictures and masks through tf.data: decoding, flipping both, a small U-Net with skip connections.
import os

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

os.makedirs("images")
os.makedirs("masks")
rng = np.random.RandomState(1)
for i in range(24):
    image = rng.randint(0, 80, (24, 24, 3)).astype("uint8")
    mask = np.ones((24, 24, 1), "uint8")
    r, c = rng.randint(2, 14, 2)
    image[r : r + 8, c : c + 8] += 150
    mask[r : r + 8, c : c + 8] = 2
    tf.io.write_file(f"images/{i:02d}.jpg", tf.io.encode_jpeg(image, quality=95))
    tf.io.write_file(f"masks/{i:02d}.png", tf.io.encode_png(mask))

input_img_paths = sorted(os.path.join("images", f) for f in os.listdir("images") if f.endswith(".jpg"))
target_paths = sorted(os.path.join("masks", f) for f in os.listdir("masks") if not f.startswith("."))


def load(image_path, mask_path):
    image = tf.image.decode_jpeg(tf.io.read_file(image_path), channels=3)
    image = tf.image.resize(image, (16, 16))
    mask = tf.image.decode_png(tf.io.read_file(mask_path), channels=1)
    mask = tf.image.resize(mask, (16, 16), method="nearest")
    return image, mask


def normalize(input_image, input_mask):
    input_image = tf.cast(input_image, tf.float32) / 255.0
    input_mask -= 1
    return input_image, input_mask


class Augment(tf.keras.layers.Layer):
    def __init__(self, seed=42):
        super().__init__()
        self.augment_inputs = tf.keras.layers.RandomFlip(mode="horizontal", seed=seed)
        self.augment_labels = tf.keras.layers.RandomFlip(mode="horizontal", seed=seed)

    def call(self, inputs, labels):
        inputs = self.augment_inputs(inputs)
        labels = self.augment_labels(labels)
        return inputs, labels


paths = tf.data.Dataset.from_tensor_slices((input_img_paths, target_paths))
dataset = paths.map(load, num_parallel_calls=tf.data.AUTOTUNE).map(normalize)
train, test = dataset.take(16), dataset.skip(16)
train_batches = train.cache().shuffle(16).batch(4).repeat().map(Augment()).prefetch(tf.data.AUTOTUNE)
test_batches = test.batch(4)
for images, masks in train_batches.take(1):
    sample_image, sample_mask = images[0], masks[0]
    assert images.shape == (4, 16, 16, 3) and masks.shape == (4, 16, 16, 1)
print(train_batches.element_spec)


def get_model(img_size, num_classes):
    inputs = keras.Input(shape=img_size + (3,))
    x = layers.Conv2D(8, 3, strides=2, padding="same")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    previous_block_activation = x
    for filters in [16]:
        x = layers.Activation("relu")(x)
        x = layers.SeparableConv2D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        residual = layers.Conv2D(filters, 1, strides=2, padding="same")(previous_block_activation)
        x = layers.add([x, residual])
        previous_block_activation = x
    for filters in [16, 8]:
        x = layers.Activation("relu")(x)
        x = layers.Conv2DTranspose(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.UpSampling2D(2)(x)
        residual = layers.UpSampling2D(2)(previous_block_activation)
        residual = layers.Conv2D(filters, 1, padding="same")(residual)
        x = layers.add([x, residual])
        previous_block_activation = x
    outputs = layers.Conv2D(num_classes, 3, activation="softmax", padding="same")(x)
    return keras.Model(inputs, outputs)


keras.backend.clear_session()
model = get_model((16, 16), 2)
model.compile(
    optimizer=keras.optimizers.RMSprop(0.01),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy", keras.metrics.MeanIoU(num_classes=2, sparse_y_pred=False)],
)


def create_mask(pred_mask):
    pred_mask = tf.math.argmax(pred_mask, axis=-1)
    pred_mask = pred_mask[..., tf.newaxis]
    return pred_mask[0]


class DisplayCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        mask = create_mask(self.model.predict(sample_image[tf.newaxis, ...], verbose=0))
        assert mask.shape == (16, 16, 1)
        print("\nSample Prediction after epoch {}\n".format(epoch + 1))


history = model.fit(
    train_batches,
    epochs=6,
    steps_per_epoch=8,
    validation_steps=2,
    validation_data=test_batches,
    callbacks=[DisplayCallback()],
    verbose=0,
)
assert history.history["accuracy"][-1] > 0.85, history.history["accuracy"]
assert "val_mean_io_u" in history.history
