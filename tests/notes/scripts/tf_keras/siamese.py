# Pairs of digits: contrastive loss through a Lambda layer; triplets through a layer of distances and a train_step.
import random

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers, metrics

(x_train, y_train), _ = keras.datasets.mnist.load_data()
x_train, y_train = x_train[:200].astype("float32") / 255, y_train[:200]
digit_indices = [np.where(y_train == i)[0] for i in range(10)]
random.seed(0)


def make_pairs(x, y):
    pairs, labels = [], []
    for idx1 in range(len(x)):
        label1 = y[idx1]
        idx2 = random.choice(digit_indices[label1])
        pairs += [[x[idx1], x[idx2]]]
        labels += [0]
        label2 = random.randint(0, 9)
        while label2 == label1:
            label2 = random.randint(0, 9)
        pairs += [[x[idx1], x[random.choice(digit_indices[label2])]]]
        labels += [1]
    return np.array(pairs), np.array(labels).astype("float32")


pairs_train, labels_train = make_pairs(x_train, y_train)


def euclidean_distance(vects):
    x, y = vects
    sum_square = tf.math.reduce_sum(tf.math.square(x - y), axis=1, keepdims=True)
    return tf.math.sqrt(tf.math.maximum(sum_square, tf.keras.backend.epsilon()))


input = layers.Input((28, 28))
x = layers.Flatten()(input)
x = layers.Dense(32, activation="relu")(x)
x = layers.Dense(10)(x)
embedding_network = keras.Model(input, x)
input_1, input_2 = layers.Input((28, 28)), layers.Input((28, 28))
tower_1, tower_2 = embedding_network(input_1), embedding_network(input_2)
merge_layer = layers.Lambda(euclidean_distance)([tower_1, tower_2])
normal_layer = layers.BatchNormalization()(merge_layer)
output_layer = layers.Dense(1, activation="sigmoid")(normal_layer)
siamese = keras.Model(inputs=[input_1, input_2], outputs=output_layer)


def loss(margin=1):
    def contrastive_loss(y_true, y_pred):
        square_pred = tf.math.square(y_pred)
        margin_square = tf.math.square(tf.math.maximum(margin - y_pred, 0))
        return tf.math.reduce_mean((1 - y_true) * square_pred + y_true * margin_square)

    return contrastive_loss


siamese.compile(loss=loss(margin=1), optimizer=keras.optimizers.RMSprop(0.003), metrics=["accuracy"])
siamese.summary()
history = siamese.fit([pairs_train[:, 0], pairs_train[:, 1]], labels_train, batch_size=32, epochs=10, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert history.history["accuracy"][-1] > 0.7


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


def eucl_dist(vects):
    a, b = vects
    return K.sqrt(K.maximum(K.sum(K.square(a - b), axis=1, keepdims=True), K.epsilon()))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def k_contrastive(y_true, y_pred):
    return K.mean((1 - y_true) * K.square(y_pred) + y_true * K.square(K.maximum(1 - y_pred, 0)))


distance = layers.Lambda(eucl_dist, output_shape=eucl_dist_output_shape)([tower_1, tower_2])
by_backend = keras.Model([input_1, input_2], distance)
by_backend.compile(loss=k_contrastive, optimizer="rmsprop", metrics=[accuracy])
h = by_backend.fit([pairs_train[:, 0], pairs_train[:, 1]], labels_train, epochs=2, verbose=0).history
assert h["loss"][-1] < h["loss"][0] and "accuracy" in h


class DistanceLayer(layers.Layer):
    def call(self, anchor, positive, negative):
        ap_distance = tf.reduce_sum(tf.square(anchor - positive), -1)
        an_distance = tf.reduce_sum(tf.square(anchor - negative), -1)
        return (ap_distance, an_distance)


embedding = keras.Sequential([layers.Flatten(input_shape=(28, 28)), layers.Dense(16, activation="tanh"), layers.Dense(8)])
anchor_input = layers.Input(name="anchor", shape=(28, 28))
positive_input = layers.Input(name="positive", shape=(28, 28))
negative_input = layers.Input(name="negative", shape=(28, 28))
distances = DistanceLayer()(embedding(anchor_input), embedding(positive_input), embedding(negative_input))
siamese_network = keras.Model(inputs=[anchor_input, positive_input, negative_input], outputs=distances)


class SiameseModel(keras.Model):
    def __init__(self, siamese_network, margin=0.5):
        super().__init__()
        self.siamese_network = siamese_network
        self.margin = margin
        self.loss_tracker = metrics.Mean(name="loss")

    def call(self, inputs):
        return self.siamese_network(inputs)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._compute_loss(data)
        gradients = tape.gradient(loss, self.siamese_network.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.siamese_network.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        loss = self._compute_loss(data)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def _compute_loss(self, data):
        ap_distance, an_distance = self.siamese_network(data)
        loss = ap_distance - an_distance
        return tf.maximum(loss + self.margin, 0.0)

    @property
    def metrics(self):
        return [self.loss_tracker]


triplets = [[], [], []]
for i in range(len(x_train)):
    p = random.choice(digit_indices[y_train[i]])
    n = random.choice(digit_indices[(y_train[i] + random.randint(1, 9)) % 10])
    for part, k in zip(triplets, (i, p, n)):
        part.append(x_train[k])
parts = [tf.data.Dataset.from_tensor_slices(np.array(part)) for part in triplets]
dataset = tf.data.Dataset.zip(tuple(parts)).shuffle(buffer_size=1024)
train_dataset = dataset.take(160).batch(32, drop_remainder=False).prefetch(8)
val_dataset = dataset.skip(160).batch(32)
siamese_model = SiameseModel(siamese_network)
siamese_model.compile(optimizer=keras.optimizers.Adam(0.005), weighted_metrics=[])
history = siamese_model.fit(train_dataset, epochs=4, validation_data=val_dataset, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert set(history.history) == {"loss", "val_loss"}
cosine_similarity = metrics.CosineSimilarity()
sample = next(iter(train_dataset))
anchor_embedding, positive_embedding = embedding(sample[0]), embedding(sample[1])
print("Positive similarity:", cosine_similarity(anchor_embedding, positive_embedding).numpy())
assert -1 <= cosine_similarity.result().numpy() <= 1
