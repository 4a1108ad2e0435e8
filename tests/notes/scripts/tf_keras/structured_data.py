# A table of pets: preprocessing layers per column, feature columns, wide and deep.
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import feature_column
from tensorflow.keras import layers

rng = np.random.RandomState(0)
n = 240
dataframe = pd.DataFrame(
    {
        "Type": rng.choice(["Cat", "Dog"], n),
        "Age": rng.randint(1, 20, n),
        "Breed1": rng.choice(["Tabby", "Mixed", "Poodle"], n),
        "Fee": rng.rand(n) * 100,
        "PhotoAmt": rng.randint(0, 6, n),
    }
)
dataframe["target"] = ((dataframe["Type"] == "Cat") & (dataframe["Age"] < 12)).astype(int)
shuffled = dataframe.sample(frac=1, random_state=1)
train, val, test = shuffled[: int(0.8 * n)], shuffled[int(0.8 * n) : int(0.9 * n)], shuffled[int(0.9 * n) :]
print(len(train), "training examples")


def df_to_dataset(dataframe, shuffle=True, batch_size=32):
    df = dataframe.copy()
    labels = df.pop("target")
    df = {key: value.to_numpy()[:, tf.newaxis] for key, value in df.items()}
    ds = tf.data.Dataset.from_tensor_slices((dict(df), labels))
    if shuffle:
        ds = ds.shuffle(buffer_size=len(dataframe))
    ds = ds.batch(batch_size)
    return ds.prefetch(batch_size)


train_ds = df_to_dataset(train)
[(train_features, label_batch)] = df_to_dataset(train, batch_size=5).take(1)
print("Every feature:", list(train_features.keys()))
print("A batch of ages:", train_features["Age"])
assert train_features["Type"].dtype == tf.string and train_features["Age"].shape == (5, 1)


def get_normalization_layer(name, dataset):
    normalizer = layers.Normalization(axis=None)
    feature_ds = dataset.map(lambda x, y: x[name])
    normalizer.adapt(feature_ds)
    return normalizer


def get_category_encoding_layer(name, dataset, dtype, max_tokens=None):
    if dtype == "string":
        index = layers.StringLookup(max_tokens=max_tokens)
    else:
        index = layers.IntegerLookup(max_tokens=max_tokens)
    feature_ds = dataset.map(lambda x, y: x[name])
    index.adapt(feature_ds)
    encoder = layers.CategoryEncoding(num_tokens=index.vocabulary_size())
    return lambda feature: encoder(index(feature))


layer = get_normalization_layer("PhotoAmt", train_ds)
print(layer(train_features["PhotoAmt"]))
test_type_layer = get_category_encoding_layer(name="Type", dataset=train_ds, dtype="string")
assert test_type_layer(train_features["Type"]).shape == (5, 3)
test_age_layer = get_category_encoding_layer(name="Age", dataset=train_ds, dtype="int64", max_tokens=5)
assert test_age_layer(train_features["Age"]).shape == (5, 5)

all_inputs, encoded_features = [], []
for header in ["PhotoAmt", "Fee"]:
    numeric_col = tf.keras.Input(shape=(1,), name=header)
    normalization_layer = get_normalization_layer(header, train_ds)
    all_inputs.append(numeric_col)
    encoded_features.append(normalization_layer(numeric_col))
age_col = tf.keras.Input(shape=(1,), name="Age", dtype="int64")
encoding_layer = get_category_encoding_layer(name="Age", dataset=train_ds, dtype="int64", max_tokens=20)
all_inputs.append(age_col)
encoded_features.append(encoding_layer(age_col))
for header in ["Type", "Breed1"]:
    categorical_col = tf.keras.Input(shape=(1,), name=header, dtype="string")
    encoding_layer = get_category_encoding_layer(name=header, dataset=train_ds, dtype="string", max_tokens=5)
    all_inputs.append(categorical_col)
    encoded_features.append(encoding_layer(categorical_col))
all_features = tf.keras.layers.concatenate(encoded_features)
x = tf.keras.layers.Dense(32, activation="relu")(all_features)
x = tf.keras.layers.Dropout(0.1)(x)
output = tf.keras.layers.Dense(1)(x)
model = tf.keras.Model(all_inputs, output)
model.compile(
    optimizer=tf.keras.optimizers.Adam(0.02),
    loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train_ds, epochs=12, validation_data=df_to_dataset(val, shuffle=False), verbose=0)
loss, accuracy = model.evaluate(df_to_dataset(test, shuffle=False), verbose=0)
print("Accuracy", accuracy)
assert accuracy > 0.75
sample = {"Type": "Cat", "Age": 3, "Breed1": "Tabby", "Fee": 100.0, "PhotoAmt": 2}
input_dict = {name: tf.convert_to_tensor([value]) for name, value in sample.items()}
predictions = model.predict(input_dict)
prob = tf.nn.sigmoid(predictions[0])
print("This pet had a %.1f percent probability of getting adopted." % (100 * prob))
assert prob > 0.5

# The same by feature columns.
feature_columns = [feature_column.numeric_column(header) for header in ["PhotoAmt", "Fee", "Age"]]
age = feature_column.numeric_column("Age")
age_buckets = feature_column.bucketized_column(age, boundaries=[4, 8, 12, 16])
feature_columns.append(age_buckets)
animal_type = feature_column.categorical_column_with_vocabulary_list("Type", ["Cat", "Dog"])
feature_columns.append(feature_column.indicator_column(animal_type))
breed1 = feature_column.categorical_column_with_vocabulary_list("Breed1", dataframe.Breed1.unique())
feature_columns.append(feature_column.embedding_column(breed1, dimension=4))
crossed = feature_column.crossed_column([age_buckets, animal_type], hash_bucket_size=20)
feature_columns.append(feature_column.indicator_column(crossed))
feature_layer = tf.keras.layers.DenseFeatures(feature_columns)


def flat_dataset(dataframe):
    df = dataframe.copy()
    labels = df.pop("target")
    return tf.data.Dataset.from_tensor_slices((dict(df), labels)).batch(32)


model = tf.keras.Sequential([feature_layer, layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile(
    optimizer=tf.keras.optimizers.Adam(0.01),
    loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(flat_dataset(train), validation_data=flat_dataset(val), epochs=12, verbose=0)
assert model.evaluate(flat_dataset(test), verbose=0)[1] > 0.7

# Wide and deep, with two outputs.
X = train[["Age", "Fee", "PhotoAmt"]].to_numpy("float32")
X = (X - X.mean(0)) / X.std(0)
y = train["target"].to_numpy()
input_A = tf.keras.layers.Input(shape=[2], name="wide_input")
input_B = tf.keras.layers.Input(shape=[2], name="deep_input")
hidden1 = tf.keras.layers.Dense(30, activation="relu")(input_B)
hidden2 = tf.keras.layers.Dense(30, activation="relu")(hidden1)
concat = tf.keras.layers.concatenate([input_A, hidden2])
output = tf.keras.layers.Dense(1, name="main_output", activation="sigmoid")(concat)
aux_output = tf.keras.layers.Dense(1, name="aux_output", activation="sigmoid")(hidden2)
model = tf.keras.models.Model(inputs=[input_A, input_B], outputs=[output, aux_output])
model.compile(loss=["mse", "mse"], loss_weights=[0.9, 0.1], optimizer=tf.keras.optimizers.SGD(learning_rate=0.05))
history = model.fit([X[:, :2], X[:, 1:]], [y, y], epochs=5, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
total_loss, main_loss, aux_loss = model.evaluate([X[:, :2], X[:, 1:]], [y, y], verbose=0)
assert np.isclose(total_loss, 0.9 * main_loss + 0.1 * aux_loss, rtol=1e-4)
