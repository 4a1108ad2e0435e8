# A transformer by hand: scaled dot products, masks, positions, a schedule class, training by tf.function.
import numpy as np
import tensorflow as tf


def get_angles(pos, i, d_model):
    angle_rates = 1 / np.power(10000, (2 * (i // 2)) / np.float32(d_model))
    return pos * angle_rates


def positional_encoding(position, d_model):
    angle_rads = get_angles(np.arange(position)[:, np.newaxis], np.arange(d_model)[np.newaxis, :], d_model)
    angle_rads[:, 0::2] = np.sin(angle_rads[:, 0::2])
    angle_rads[:, 1::2] = np.cos(angle_rads[:, 1::2])
    pos_encoding = angle_rads[np.newaxis, ...]
    return tf.cast(pos_encoding, dtype=tf.float32)


def create_padding_mask(seq):
    seq = tf.cast(tf.math.equal(seq, 0), tf.float32)
    return seq[:, tf.newaxis, tf.newaxis, :]


def create_look_ahead_mask(size):
    mask = 1 - tf.linalg.band_part(tf.ones((size, size)), -1, 0)
    return mask


x = tf.constant([[7, 6, 0, 0, 1], [1, 2, 3, 0, 0], [0, 0, 0, 4, 5]])
assert create_padding_mask(x).numpy()[0, 0, 0].tolist() == [0, 0, 1, 1, 0]
assert create_look_ahead_mask(3).numpy().tolist() == [[0, 1, 1], [0, 0, 1], [0, 0, 0]]


def scaled_dot_product_attention(q, k, v, mask):
    matmul_qk = tf.matmul(q, k, transpose_b=True)
    dk = tf.cast(tf.shape(k)[-1], tf.float32)
    scaled_attention_logits = matmul_qk / tf.math.sqrt(dk)
    if mask is not None:
        scaled_attention_logits += mask * -1e9
    attention_weights = tf.nn.softmax(scaled_attention_logits, axis=-1)
    output = tf.matmul(attention_weights, v)
    return output, attention_weights


temp_k = tf.constant([[10, 0, 0], [0, 10, 0], [0, 0, 10], [0, 0, 10]], dtype=tf.float32)
temp_v = tf.constant([[1, 0], [10, 0], [100, 5], [1000, 6]], dtype=tf.float32)
out, attn = scaled_dot_product_attention(tf.constant([[0, 10, 0]], dtype=tf.float32), temp_k, temp_v, None)
assert np.allclose(out, [[10, 0]], atol=1e-3)


class MultiHeadAttention(tf.keras.layers.Layer):
    def __init__(self, *, d_model, num_heads):
        super(MultiHeadAttention, self).__init__()
        self.num_heads = num_heads
        self.d_model = d_model
        assert d_model % self.num_heads == 0
        self.depth = d_model // self.num_heads
        self.wq = tf.keras.layers.Dense(d_model)
        self.wk = tf.keras.layers.Dense(d_model)
        self.wv = tf.keras.layers.Dense(d_model)
        self.dense = tf.keras.layers.Dense(d_model)

    def split_heads(self, x, batch_size):
        x = tf.reshape(x, (batch_size, -1, self.num_heads, self.depth))
        return tf.transpose(x, perm=[0, 2, 1, 3])

    def call(self, v, k, q, mask):
        batch_size = tf.shape(q)[0]
        q, k, v = self.wq(q), self.wk(k), self.wv(v)
        q = self.split_heads(q, batch_size)
        k = self.split_heads(k, batch_size)
        v = self.split_heads(v, batch_size)
        scaled_attention, attention_weights = scaled_dot_product_attention(q, k, v, mask)
        scaled_attention = tf.transpose(scaled_attention, perm=[0, 2, 1, 3])
        concat_attention = tf.reshape(scaled_attention, (batch_size, -1, self.d_model))
        return self.dense(concat_attention), attention_weights


def point_wise_feed_forward_network(d_model, dff):
    return tf.keras.Sequential([tf.keras.layers.Dense(dff, activation="relu"), tf.keras.layers.Dense(d_model)])


class EncoderLayer(tf.keras.layers.Layer):
    def __init__(self, *, d_model, num_heads, dff, rate=0.1):
        super(EncoderLayer, self).__init__()
        self.mha = MultiHeadAttention(d_model=d_model, num_heads=num_heads)
        self.ffn = point_wise_feed_forward_network(d_model, dff)
        self.layernorm1 = tf.keras.layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = tf.keras.layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = tf.keras.layers.Dropout(rate)

    def call(self, x, training, mask):
        attn_output, _ = self.mha(x, x, x, mask)
        attn_output = self.dropout1(attn_output, training=training)
        out1 = self.layernorm1(x + attn_output)
        return self.layernorm2(out1 + self.ffn(out1))


class DecoderLayer(tf.keras.layers.Layer):
    def __init__(self, *, d_model, num_heads, dff):
        super(DecoderLayer, self).__init__()
        self.mha1 = MultiHeadAttention(d_model=d_model, num_heads=num_heads)
        self.mha2 = MultiHeadAttention(d_model=d_model, num_heads=num_heads)
        self.ffn = point_wise_feed_forward_network(d_model, dff)
        self.norms = [tf.keras.layers.LayerNormalization(epsilon=1e-6) for _ in range(3)]

    def call(self, x, enc_output, training, look_ahead_mask, padding_mask):
        attn1, attn_weights_block1 = self.mha1(x, x, x, look_ahead_mask)
        out1 = self.norms[0](attn1 + x)
        attn2, attn_weights_block2 = self.mha2(enc_output, enc_output, out1, padding_mask)
        out2 = self.norms[1](attn2 + out1)
        return self.norms[2](self.ffn(out2) + out2), attn_weights_block1, attn_weights_block2


class Transformer(tf.keras.Model):
    def __init__(self, *, d_model, num_heads, dff, vocab, positions):
        super().__init__()
        self.d_model = d_model
        self.embedding_in = tf.keras.layers.Embedding(vocab, d_model)
        self.embedding_out = tf.keras.layers.Embedding(vocab, d_model)
        self.pos_encoding = positional_encoding(positions, d_model)
        self.encoder = EncoderLayer(d_model=d_model, num_heads=num_heads, dff=dff)
        self.decoder = DecoderLayer(d_model=d_model, num_heads=num_heads, dff=dff)
        self.final_layer = tf.keras.layers.Dense(vocab)

    def embed(self, table, x):
        seq_len = tf.shape(x)[1]
        x = table(x)
        x *= tf.math.sqrt(tf.cast(self.d_model, tf.float32))
        return x + self.pos_encoding[:, :seq_len, :]

    def call(self, inputs, training):
        inp, tar = inputs
        padding_mask = create_padding_mask(inp)
        look_ahead_mask = tf.maximum(create_padding_mask(tar), create_look_ahead_mask(tf.shape(tar)[1]))
        enc_output = self.encoder(self.embed(self.embedding_in, inp), training, padding_mask)
        dec_output, _, weights = self.decoder(
            self.embed(self.embedding_out, tar), enc_output, training, look_ahead_mask, padding_mask
        )
        return self.final_layer(dec_output), weights


class CustomSchedule(tf.keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, d_model, warmup_steps=4000):
        super(CustomSchedule, self).__init__()
        self.d_model = tf.cast(d_model, tf.float32)
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        arg1 = tf.math.rsqrt(step)
        arg2 = step * (self.warmup_steps**-1.5)
        return tf.math.rsqrt(self.d_model) * tf.math.minimum(arg1, arg2)


learning_rate = CustomSchedule(16, warmup_steps=40)
assert np.isclose(learning_rate(tf.range(40, dtype=tf.float32))[39].numpy(), 16**-0.5 * 39 * 40**-1.5)
optimizer = tf.keras.optimizers.Adam(learning_rate, beta_1=0.9, beta_2=0.98, epsilon=1e-9)
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


def loss_function(real, pred):
    mask = tf.math.logical_not(tf.math.equal(real, 0))
    loss_ = loss_object(real, pred)
    mask = tf.cast(mask, dtype=loss_.dtype)
    loss_ *= mask
    return tf.reduce_sum(loss_) / tf.reduce_sum(mask)


def accuracy_function(real, pred):
    accuracies = tf.equal(real, tf.argmax(pred, axis=2))
    mask = tf.math.logical_not(tf.math.equal(real, 0))
    accuracies = tf.math.logical_and(mask, accuracies)
    accuracies = tf.cast(accuracies, dtype=tf.float32)
    mask = tf.cast(mask, dtype=tf.float32)
    return tf.reduce_sum(accuracies) / tf.reduce_sum(mask)


train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.Mean(name="train_accuracy")
transformer = Transformer(d_model=16, num_heads=2, dff=32, vocab=12, positions=20)
train_step_signature = [
    tf.TensorSpec(shape=(None, None), dtype=tf.int64),
    tf.TensorSpec(shape=(None, None), dtype=tf.int64),
]


@tf.function(input_signature=train_step_signature)
def train_step(inp, tar):
    tar_inp = tar[:, :-1]
    tar_real = tar[:, 1:]
    with tf.GradientTape() as tape:
        predictions, _ = transformer([inp, tar_inp], training=True)
        loss = loss_function(tar_real, predictions)
    gradients = tape.gradient(loss, transformer.trainable_variables)
    optimizer.apply_gradients(zip(gradients, transformer.trainable_variables))
    train_loss(loss)
    train_accuracy(accuracy_function(tar_real, predictions))


rng = np.random.RandomState(0)
source = rng.randint(3, 12, (256, 5))
target = np.concatenate([np.full((256, 1), 1), source, np.full((256, 1), 2)], 1)
source[:40, 4] = 0
target[:40, 5:] = [2, 0]
batches = tf.data.Dataset.from_tensor_slices((source.astype("int64"), target.astype("int64"))).shuffle(256).batch(64)
accuracies = []
for epoch in range(12):
    train_loss.reset_states()
    train_accuracy.reset_states()
    for batch, (inp, tar) in enumerate(batches):
        train_step(inp, tar)
    print(f"Epoch {epoch + 1} Loss {train_loss.result():.4f} Accuracy {train_accuracy.result():.4f}")
    accuracies.append(float(train_accuracy.result()))
assert accuracies[-1] > 2 * accuracies[0], accuracies
_, weights = transformer([source[:1], target[:1, :-1]], training=False)
assert weights.shape == (1, 2, 6, 5)

layer = tf.keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)
y = tf.random.normal((2, 5, 8))
out, scores = layer(y, y, return_attention_scores=True, use_causal_mask=True)
assert out.shape == (2, 5, 8) and np.allclose(np.triu(scores[0, 0].numpy(), 1), 0, atol=1e-6)
