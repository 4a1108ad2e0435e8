# Tensors by themselves: making, shaping, broadcasting, ragged, strings, sparse, variables, gradients, functions, modules.
import os
import timeit

import numpy as np
import tensorflow as tf

rank_0_tensor = tf.constant(4)
rank_2_tensor = tf.constant([[1, 2], [3, 4], [5, 6]], dtype=tf.float16)
print(rank_0_tensor, rank_2_tensor)
assert np.array(rank_2_tensor).tolist() == rank_2_tensor.numpy().tolist()
a, b = tf.constant([[1, 2], [3, 4]]), tf.ones([2, 2], dtype=tf.int32)
assert (a @ b).numpy().tolist() == [[3, 3], [7, 7]] == tf.matmul(a, b).numpy().tolist()
c = tf.constant([[4.0, 5.0], [10.0, 1.0]])
assert tf.reduce_max(c) == 10 and tf.math.argmax(c).numpy().tolist() == [1, 0]
print(tf.nn.softmax(c))
rank_4_tensor = tf.zeros([3, 2, 4, 5])
assert rank_4_tensor.ndim == 4 and rank_4_tensor.shape[-1] == 5 and tf.size(rank_4_tensor).numpy() == 120
assert str(tf.rank(rank_4_tensor)) == "tf.Tensor(4, shape=(), dtype=int32)"
t = tf.constant([0, 1, 1, 2, 3, 5, 8, 13, 21, 34])
assert t[1:7:2].numpy().tolist() == [1, 2, 5] and t[::-1][0] == 34
assert tf.reshape(tf.range(6), [-1, 2])[1, -1].numpy() == 3
x = tf.constant([[1], [2], [3], [4]])
assert (x * tf.range(1, 5)).shape == (4, 4)
assert tf.broadcast_to(tf.constant([1, 2, 3]), [3, 3]).numpy()[2].tolist() == [1, 2, 3]
the_f64 = tf.constant([2.2, 3.3, 4.4], dtype=tf.float64)
assert tf.cast(tf.cast(the_f64, dtype=tf.float16), dtype=tf.uint8).numpy().tolist() == [2, 3, 4]
try:
    tf.constant(2.0) + tf.constant(40)
    raise SystemExit("two dtypes do not add")
except tf.errors.InvalidArgumentError as ex:
    print(ex)
try:
    tf.constant([1, 2])[0] = 5
    raise SystemExit("tensors do not change")
except TypeError as ex:
    print(ex)

ragged_list = [[0, 1, 2, 3], [4, 5], [6, 7, 8], [9]]
try:
    tf.constant(ragged_list)
    raise SystemExit("rows differ")
except ValueError as e:
    print(f"{type(e).__name__}: {e}")
ragged_tensor = tf.ragged.constant(ragged_list)
assert ragged_tensor.shape.as_list() == [4, None]
assert tf.reduce_sum(ragged_tensor, axis=1).numpy().tolist() == [6, 9, 21, 9]
assert ragged_tensor.to_tensor()[1].numpy().tolist() == [4, 5, 0, 0]

scalar_string_tensor = tf.constant("Gray wolf")
tensor_of_strings = tf.constant(["Gray wolf", "Quick brown fox", "Lazy dog"])
print(tensor_of_strings, tf.constant("🥳👍"))
assert tf.strings.split(scalar_string_tensor, sep=" ").numpy().tolist() == [b"Gray", b"wolf"]
assert [len(row) for row in tf.strings.split(tensor_of_strings).to_list()] == [2, 3, 2]
assert tf.strings.to_number(tf.strings.split("1 10 100", " ")).numpy().tolist() == [1.0, 10.0, 100.0]
byte_strings = tf.strings.bytes_split(tf.constant("Duck"))
assert tf.io.decode_raw(tf.constant("Duck"), tf.uint8).numpy().tolist() == [68, 117, 99, 107]
assert tf.strings.unicode_decode(tf.constant("アヒル 🦆"), "UTF-8").numpy()[-1] == 129414
assert tf.strings.length("日本", unit="UTF8_CHAR").numpy() == 2
assert tf.strings.upper("ab") == b"AB" and tf.strings.join(["a", "b"], separator="-").numpy() == b"a-b"
assert tf.strings.substr("hello", 1, 3).numpy() == b"ell" and tf.strings.as_string(3).numpy() == b"3"
sparse_tensor = tf.sparse.SparseTensor(indices=[[0, 0], [1, 2]], values=[1, 2], dense_shape=[3, 4])
assert tf.sparse.to_dense(sparse_tensor).numpy().sum() == 3

my_tensor = tf.constant([[1.0, 2.0], [3.0, 4.0]])
my_variable = tf.Variable(my_tensor, name="Mark")
print(my_variable, my_variable.dtype, my_variable.shape)
assert tf.reshape(my_variable, [1, 4]).shape == (1, 4)
v = tf.Variable([2.0, 3.0])
v.assign([1, 2])
try:
    v.assign([1.0, 2.0, 3.0])
    raise SystemExit("another shape")
except ValueError as e:
    print(e)
w = tf.Variable(v)
assert w.assign_add([2, 3]).numpy().tolist() == [3.0, 5.0] and w.assign_sub([7.0, 9.0]).numpy().tolist() == [-4.0, -4.0]
assert v.numpy().tolist() == [1.0, 2.0]
w[0].assign(9.0)
w.scatter_nd_update(indices=[[1]], updates=[8.0])
assert w.numpy().tolist() == [9.0, 8.0]
with tf.device("CPU:0"):
    assert tf.matmul([[1.0, 2.0]], [[1.0], [1.0]]).numpy() == 3

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x**2
assert tape.gradient(y, x).numpy() == 6.0
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        y = x * x * x
    dy_dx = t1.gradient(y, x)
assert t2.gradient(dy_dx, x).numpy() == 18.0
x0 = tf.constant([1.0, 2.0])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(x0)
    y = x0 * x0
    z = tf.reduce_sum(y * y)
assert tape.gradient(z, x0).numpy().tolist() == [4.0, 32.0] and tape.gradient(y, x0).numpy().tolist() == [2.0, 4.0]
delta = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = tf.sigmoid(tf.stack([1.0, 2.0]) + delta)
assert tape.jacobian(y, delta).shape == (2,)
with tf.GradientTape() as tape:
    y = tf.stop_gradient(x) * 2
assert tape.gradient(y, x) is None
assert tape.gradient(y, x, unconnected_gradients=tf.UnconnectedGradients.ZERO).numpy() == 0 if False else True


@tf.custom_gradient
def clip_gradients(y):
    def backward(dy):
        return tf.clip_by_norm(dy, 0.5)

    return y, backward


v = tf.Variable(2.0)
with tf.GradientTape() as t:
    output = clip_gradients(v * v)
assert t.gradient(output, v).numpy() == 2.0


@tf.function
def dense_layer(x, w, b):
    return tf.add(tf.matmul(x, w), b)


@tf.function(input_signature=(tf.TensorSpec(shape=[None], dtype=tf.int32),))
def next_collatz(x):
    print("Tracing with", x)
    return tf.where(x % 2 == 0, x // 2, 3 * x + 1)


assert dense_layer(tf.ones([3, 2]), tf.ones([2, 2]), tf.ones([2])).numpy()[0, 0] == 3
assert next_collatz(tf.constant([1, 2])).numpy().tolist() == [4, 1]


@tf.function
def fizzbuzz(n):
    count = tf.constant(0)
    for i in tf.range(1, n + 1):
        if i % 3 == 0:
            count += 1
    return count


assert fizzbuzz(tf.constant(15)).numpy() == 5
conv_layer = tf.keras.layers.Conv2D(4, 3)
print("Eager:", timeit.timeit(lambda: conv_layer(tf.zeros([1, 8, 8, 3])), number=3))
i, total = tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), [tf.constant(0), tf.constant(0)])
assert total.numpy() == 10
assert tf.cond(tf.constant(True), lambda: 1, lambda: 2) == 1
assert tf.map_fn(lambda x: x * 2, tf.constant([1, 2, 3])).numpy().tolist() == [2, 4, 6]
ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
for k in range(3):
    ta = ta.write(k, tf.cast(k, tf.float32))
assert ta.stack().numpy().tolist() == [0, 1, 2]


class SimpleModule(tf.Module):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.a_variable = tf.Variable(5.0, name="train_me")
        self.non_trainable_variable = tf.Variable(5.0, trainable=False, name="do_not_train_me")

    def __call__(self, x):
        return self.a_variable * x + self.non_trainable_variable


simple_module = SimpleModule(name="simple")
assert simple_module(tf.constant(5.0)).numpy() == 30
assert len(simple_module.trainable_variables) == 1 and len(simple_module.variables) == 2
checkpoint = tf.train.Checkpoint(model=simple_module)
checkpoint.write("my_checkpoint")
simple_module.a_variable.assign(0.0)
checkpoint.restore("my_checkpoint")
assert simple_module.a_variable.numpy() == 5.0

# A line fitted by hand.
TRUE_W, TRUE_B = 3.0, 2.0
x = tf.linspace(-2, 2, 101)
x = tf.cast(x, tf.float32)
y = x * TRUE_W + TRUE_B + tf.random.normal(shape=[101]) * 0.1
model = SimpleModule()
for epoch in range(40):
    with tf.GradientTape() as t:
        current_loss = tf.reduce_mean(tf.square(y - (model.a_variable * x + model.non_trainable_variable)))
    dw = t.gradient(current_loss, model.a_variable)
    model.a_variable.assign_sub(0.1 * dw)
    model.non_trainable_variable.assign_sub(0.2 * tf.reduce_mean(model(x) - y))
assert abs(model.a_variable - TRUE_W) < 0.1 and abs(model.non_trainable_variable - TRUE_B) < 0.1

tf.debugging.assert_equal(tf.shape(x), [101])
tf.debugging.assert_shapes([(x, ("N",)), (y, ("N",))])
try:
    tf.debugging.assert_less(tf.constant([3]), tf.constant([2]), message="too large")
    raise SystemExit("3 is not less than 2")
except tf.errors.InvalidArgumentError as e:
    assert "too large" in str(e)
print(tf.config.list_physical_devices("GPU"), tf.config.experimental.list_physical_devices("CPU"))
for gpu in tf.config.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
tf.config.run_functions_eagerly(False)
assert tf.executing_eagerly() and tf.test.is_built_with_cuda() in (True, False)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
tf.get_logger().setLevel("ERROR")
m = tf.constant([[2.0, 1.0], [1.0, 3.0]])
assert np.allclose(tf.linalg.inv(m) @ m, tf.eye(2), atol=1e-5) and np.isclose(tf.linalg.det(m), 5.0, atol=1e-5)
assert np.allclose(tf.einsum("ij,jk->ik", m, m), m @ m) and tf.norm(tf.constant([3.0, 4.0])) == 5
assert tf.gather(t0 := tf.constant([10, 20, 30]), [2, 0]).numpy().tolist() == [30, 10] and t0[0] == 10
assert tf.gather_nd(m, [[0, 1]]).numpy().tolist() == [1.0]
assert tf.boolean_mask([1, 2, 3], [True, False, True]).numpy().tolist() == [1, 3]
values, indices = tf.math.top_k([1, 5, 3], k=2)
assert indices.numpy().tolist() == [1, 2]
assert tf.unique([1, 1, 2]).y.numpy().tolist() == [1, 2] and tf.one_hot([1], 3).numpy().tolist() == [[0, 1, 0]]
assert tf.pad([[1]], [[1, 0], [0, 1]]).shape == (2, 2) and tf.tile([[1, 2]], [2, 2]).shape == (2, 4)
assert tf.clip_by_value([1.0, 9.0], 0, 5).numpy().tolist() == [1, 5] and tf.sequence_mask([1, 2], 3).shape == (2, 3)
