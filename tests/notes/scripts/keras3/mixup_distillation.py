"""Mixed pictures from tf.data, a teacher whose knowledge a student takes, then the student in eight bits and with LoRA."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

rng = np.random.default_rng(1)
y = rng.integers(0, 4, 256)
x = rng.random((256, 8, 8, 1)).astype("float32") * 0.3
for picture, label in zip(x, y):
    picture[label * 2 : label * 2 + 2] += 0.7
y_one_hot = keras.utils.to_categorical(y, 4)
AUTO = tf.data.AUTOTUNE
BATCH_SIZE = 32
train_ds_one = tf.data.Dataset.from_tensor_slices((x, y_one_hot)).shuffle(256).batch(BATCH_SIZE)
train_ds_two = tf.data.Dataset.from_tensor_slices((x, y_one_hot)).shuffle(256).batch(BATCH_SIZE)
train_ds = tf.data.Dataset.zip((train_ds_one, train_ds_two))


def sample_beta_distribution(size, concentration_0=0.2, concentration_1=0.2):
    gamma_1_sample = tf.random.gamma(shape=[size], alpha=concentration_1)
    gamma_2_sample = tf.random.gamma(shape=[size], alpha=concentration_0)
    return gamma_1_sample / (gamma_1_sample + gamma_2_sample)


def mix_up(ds_one, ds_two, alpha=0.2):
    images_one, labels_one = ds_one
    images_two, labels_two = ds_two
    batch_size = tf.shape(images_one)[0]
    lam = sample_beta_distribution(batch_size, alpha, alpha)
    x_l = tf.reshape(lam, (batch_size, 1, 1, 1))
    y_l = tf.reshape(lam, (batch_size, 1))
    images = images_one * x_l + images_two * (1 - x_l)
    labels = labels_one * y_l + labels_two * (1 - y_l)
    return images, labels


train_ds_mu = train_ds.map(lambda a, b: mix_up(a, b, alpha=0.2), num_parallel_calls=AUTO)
sample_images, sample_labels = next(iter(train_ds_mu))
assert np.allclose(sample_labels.numpy().sum(1), 1, atol=1e-5)

teacher = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(4),
    ],
    name="teacher",
)
teacher.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
teacher.fit(train_ds_mu, epochs=6, verbose=0)
assert teacher.evaluate(x, y_one_hot, verbose=0)[1] > 0.9


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.teacher = teacher
        self.student = student

    def compile(self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha=0.1, temperature=3):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, allow_empty=False):
        teacher_pred = self.teacher(x, training=False)
        student_loss = self.student_loss_fn(y, y_pred)
        distillation_loss = self.distillation_loss_fn(
            ops.softmax(teacher_pred / self.temperature, axis=1), ops.softmax(y_pred / self.temperature, axis=1)
        ) * (self.temperature**2)
        return self.alpha * student_loss + (1 - self.alpha) * distillation_loss

    def call(self, x):
        return self.student(x)


student = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(4)])
student_scratch = keras.models.clone_model(student)
distiller = Distiller(student=student, teacher=teacher)
distiller.compile(
    optimizer=keras.optimizers.Adam(0.01),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
    student_loss_fn=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    distillation_loss_fn=keras.losses.KLDivergence(),
    alpha=0.1,
    temperature=10,
)
distiller.fit(x, y, epochs=8, verbose=0)
results = distiller.evaluate(x, y, verbose=0, return_dict=True)
assert results["sparse_categorical_accuracy"] > 0.9, results

before = student.predict(x, verbose=0)
student.layers[1].enable_lora(2)
assert len(student.layers[1].trainable_weights) == 3
student.compile(keras.optimizers.Adam(0.001), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
student.fit(x, y, epochs=1, verbose=0)
student.quantize("int8")
after = student.predict(x, verbose=0)
assert (before.argmax(1) == after.argmax(1)).mean() > 0.9
