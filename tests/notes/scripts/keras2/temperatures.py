"""Hours of weather: a generator of windows, a recurrent network with dropout, and a convolution before it."""
import numpy as np
from keras import layers
from keras.models import Sequential
from keras.optimizers import RMSprop

rng = np.random.RandomState(0)
hours = np.arange(1200)
float_data = np.stack([np.sin(hours / 12.) + 0.05 * rng.normal(size=1200), np.cos(hours / 12.),
                       rng.normal(size=1200)], axis=1)
mean = float_data[:600].mean(axis=0)
float_data -= mean
std = float_data[:600].std(axis=0)
float_data /= std


def generator(data, lookback, delay, min_index, max_index, shuffle=False, batch_size=32, step=6):
    if max_index is None:
        max_index = len(data) - delay - 1
    i = min_index + lookback
    while 1:
        if shuffle:
            rows = rng.randint(min_index + lookback, max_index, size=batch_size)
        else:
            if i + batch_size >= max_index:
                i = min_index + lookback
            rows = np.arange(i, min(i + batch_size, max_index))
            i += len(rows)
        samples = np.zeros((len(rows), lookback // step, data.shape[-1]))
        targets = np.zeros((len(rows),))
        for j, row in enumerate(rows):
            indices = range(rows[j] - lookback, rows[j], step)
            samples[j] = data[indices]
            targets[j] = data[rows[j] + delay][0]
        yield samples, targets


lookback, step, delay, batch_size = 48, 4, 6, 32
train_gen = generator(float_data, lookback, delay, 0, 600, shuffle=True, step=step, batch_size=batch_size)
val_gen = generator(float_data, lookback, delay, 601, 900, step=step, batch_size=batch_size)
val_steps = (900 - 601 - lookback) // batch_size


def evaluate_naive_method():
    batch_maes = []
    for _ in range(val_steps):
        samples, targets = next(val_gen)
        preds = samples[:, -1, 0]
        batch_maes.append(np.mean(np.abs(preds - targets)))
    return np.mean(batch_maes)


naive = evaluate_naive_method()
print(naive)

model = Sequential()
model.add(layers.GRU(8, dropout=0.1, recurrent_dropout=0.1, return_sequences=True,
                     input_shape=(None, float_data.shape[-1])))
model.add(layers.GRU(8, activation='relu', dropout=0.1, recurrent_dropout=0.1))
model.add(layers.Dense(1))
model.compile(optimizer=RMSprop(), loss='mae')
history = model.fit_generator(train_gen, steps_per_epoch=5, epochs=2, validation_data=val_gen,
                              validation_steps=val_steps, verbose=0)
assert set(history.history) == {'loss', 'val_loss'}

model = Sequential()
model.add(layers.Conv1D(16, 3, activation='relu', input_shape=(None, float_data.shape[-1])))
model.add(layers.MaxPooling1D(2))
model.add(layers.GRU(8, dropout=0.1, recurrent_dropout=0.1))
model.add(layers.Dense(1))
model.summary()
model.compile(optimizer=RMSprop(0.01), loss='mae')
history = model.fit_generator(train_gen, steps_per_epoch=10, epochs=4, validation_data=val_gen,
                              validation_steps=val_steps, verbose=0)
loss = model.evaluate_generator(val_gen, steps=val_steps)
assert model.predict_generator(val_gen, steps=2).shape == (64, 1)
print(loss, naive)
assert loss < naive, (loss, naive)
