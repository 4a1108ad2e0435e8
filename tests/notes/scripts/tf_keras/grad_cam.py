# Where a classifier looks: gradients of a class by the last convolution's output; then deep dream on a variable.
import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(0)
x = rng.rand(128, 16, 16, 3).astype("float32") * 0.2
y = rng.randint(0, 2, 128)
x[y == 0, 2:6, 2:6] += 0.8
x[y == 1, 10:14, 10:14] += 0.8

model = keras.Sequential(
    [
        keras.Input((16, 16, 3)),
        keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
        keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="last_conv"),
        keras.layers.Flatten(),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=15, verbose=0)
assert model.evaluate(x, y, verbose=0)[1] > 0.9
model.layers[-1].activation = None


def make_gradcam_heatmap(img_array, model, last_conv_layer_name, pred_index=None):
    grad_model = tf.keras.models.Model(
        [model.inputs], [model.get_layer(last_conv_layer_name).output, model.output]
    )
    with tf.GradientTape() as tape:
        last_conv_layer_output, preds = grad_model(img_array)
        if pred_index is None:
            pred_index = tf.argmax(preds[0])
        class_channel = preds[:, pred_index]
    grads = tape.gradient(class_channel, last_conv_layer_output)
    pooled_grads = tf.reduce_mean(grads, axis=(0, 1, 2))
    last_conv_layer_output = last_conv_layer_output[0]
    heatmap = last_conv_layer_output @ pooled_grads[..., tf.newaxis]
    heatmap = tf.squeeze(heatmap)
    heatmap = tf.maximum(heatmap, 0) / tf.math.reduce_max(heatmap)
    return heatmap.numpy()


img_array = x[y == 0][:1]
heatmap = make_gradcam_heatmap(img_array, model, "last_conv")
assert heatmap.shape == (16, 16) and heatmap.max() <= 1.0 + 1e-6
heatmap = np.uint8(255 * heatmap)
heatmap = keras.preprocessing.image.array_to_img(np.repeat(heatmap[..., None], 3, -1)).resize((32, 32))
assert keras.preprocessing.image.img_to_array(heatmap).shape == (32, 32, 3)

# A picture that excites a filter.
feature_extractor = keras.Model(inputs=model.inputs, outputs=model.get_layer("last_conv").output)


def compute_loss(input_image, filter_index):
    activation = feature_extractor(input_image)
    filter_activation = activation[:, 2:-2, 2:-2, filter_index]
    return tf.reduce_mean(filter_activation)


@tf.function
def gradient_ascent_step(img, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(img)
        loss = compute_loss(img, filter_index)
    grads = tape.gradient(loss, img)
    grads = tf.math.l2_normalize(grads)
    img += learning_rate * grads
    return loss, img


img = tf.random.uniform((1, 16, 16, 3))
img = (img - 0.5) * 0.25
losses = []
for _ in range(10):
    loss, img = gradient_ascent_step(img, 0, 1.0)
    losses.append(float(loss))
assert losses[-1] >= losses[0]


def deprocess_image(img):
    img = img.copy()
    img -= img.mean()
    img /= img.std() + 1e-5
    img *= 0.15
    img += 0.5
    img = np.clip(img, 0, 1)
    img *= 255
    return img.astype("uint8")


assert deprocess_image(img[0].numpy()).shape == (16, 16, 3)


class DeepDream(tf.Module):
    def __init__(self, model):
        self.model = model

    @tf.function(
        input_signature=(
            tf.TensorSpec(shape=[None, None, 3], dtype=tf.float32),
            tf.TensorSpec(shape=[], dtype=tf.int32),
            tf.TensorSpec(shape=[], dtype=tf.float32),
        )
    )
    def __call__(self, img, steps, step_size):
        loss = tf.constant(0.0)
        for n in tf.range(steps):
            with tf.GradientTape() as tape:
                tape.watch(img)
                loss = tf.math.reduce_mean(self.model(tf.expand_dims(img, axis=0)))
            gradients = tape.gradient(loss, img)
            gradients /= tf.math.reduce_std(gradients) + 1e-8
            img = img + gradients * step_size
            img = tf.clip_by_value(img, -1, 1)
        return loss, img


deepdream = DeepDream(feature_extractor)
start = tf.convert_to_tensor(img[0])
OCTAVE_SCALE = 1.30
base_shape = tf.shape(start)[:-1]
float_base_shape = tf.cast(base_shape, tf.float32)
loss_before, _ = deepdream(start, tf.constant(1), tf.constant(0.01))
loss_after, dreamed = deepdream(start, tf.constant(8), tf.constant(0.05))
assert loss_after > loss_before
new_shape = tf.cast(float_base_shape * (OCTAVE_SCALE**-1), tf.int32)
assert tf.image.resize(dreamed, new_shape).shape == (12, 12, 3)
