"""Several inputs and several outputs: losses, weights of losses, metrics and targets by the names of the outputs."""
import keras
import numpy as np
from keras.layers import LSTM, Dense, Embedding, Input, concatenate
from keras.models import Model

rng = np.random.RandomState(0)
headline_data = rng.randint(1, 100, (120, 12))
additional_data = rng.normal(size=(120, 5))
labels = (additional_data[:, 0] > 0).astype('float32').reshape(-1, 1)
ages = additional_data[:, 1:2] * 2

main_input = Input(shape=(12,), dtype='int32', name='main_input')
x = Embedding(output_dim=16, input_dim=100, input_length=12)(main_input)
lstm_out = LSTM(8)(x)
auxiliary_output = Dense(1, activation='sigmoid', name='aux_output')(lstm_out)
auxiliary_input = Input(shape=(5,), name='aux_input')
x = keras.layers.concatenate([lstm_out, auxiliary_input])
x = Dense(16, activation='relu')(x)
main_output = Dense(1, activation='sigmoid', name='main_output')(x)
age_output = Dense(1, name='age_output')(x)
model = Model(inputs=[main_input, auxiliary_input], outputs=[main_output, auxiliary_output, age_output])

model.compile(optimizer='rmsprop', loss={'main_output': 'binary_crossentropy', 'aux_output': 'binary_crossentropy',
                                         'age_output': 'mse'},
              loss_weights={'main_output': 1., 'aux_output': 0.2, 'age_output': 0.5},
              metrics={'main_output': 'accuracy', 'age_output': ['mae', 'mse']})
print(model.metrics_names)
assert model.metrics_names == ['loss', 'main_output_loss', 'aux_output_loss', 'age_output_loss',
                               'main_output_accuracy', 'age_output_mae', 'age_output_mse']
history = model.fit({'main_input': headline_data, 'aux_input': additional_data},
                    {'main_output': labels, 'aux_output': labels, 'age_output': ages},
                    epochs=5, batch_size=32, validation_split=0.2, verbose=2)
results = dict(zip(model.metrics_names,
                   model.evaluate([headline_data, additional_data], [labels, labels, ages], verbose=0)))
whole = results['main_output_loss'] + .2 * results['aux_output_loss'] + .5 * results['age_output_loss']
assert abs(results['loss'] - whole) < 1e-3
assert set(history.history) == {prefix + name for name in model.metrics_names for prefix in ('', 'val_')}
assert history.history['loss'][-1] < history.history['loss'][0]
main, aux, age = model.predict([headline_data, additional_data])
assert main.shape == aux.shape == age.shape == (120, 1)

model.compile(optimizer='sgd', loss=['binary_crossentropy', 'binary_crossentropy', 'mse'], loss_weights=[1., 0.2, 0.5])
model.train_on_batch([headline_data[:8], additional_data[:8]], [labels[:8], labels[:8], ages[:8]],
                     sample_weight={'main_output': np.ones(8), 'aux_output': np.zeros(8)})
values = model.test_on_batch([headline_data[:8], additional_data[:8]], [labels[:8], labels[:8], ages[:8]])
assert len(values) == 4

# a layer that two inputs share
tweet_a, tweet_b = Input(shape=(7, 4)), Input(shape=(7, 4))
shared_lstm = LSTM(6)
encoded_a, encoded_b = shared_lstm(tweet_a), shared_lstm(tweet_b)
merged_vector = keras.layers.concatenate([encoded_a, encoded_b], axis=-1)
predictions = Dense(1, activation='sigmoid')(merged_vector)
model = Model(inputs=[tweet_a, tweet_b], outputs=predictions)
assert shared_lstm.get_output_at(0) is encoded_a
assert shared_lstm.get_output_at(1) is encoded_b
assert shared_lstm.get_input_shape_at(1) == (None, 7, 4)
