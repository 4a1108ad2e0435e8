'''The functional way of Keras 1: inputs and outputs by name, merges, shared layers, towers.'''
import numpy as np
from keras import backend as K
from keras.layers import (
                          LSTM,
                          Activation,
                          Convolution2D,
                          Dense,
                          Embedding,
                          Flatten,
                          Input,
                          MaxPooling2D,
                          TimeDistributed,
                          merge,
)
from keras.models import Model, Sequential
from keras.regularizers import l2

rng = np.random.RandomState(0)
headlines, extra = rng.randint(1, 100, (64, 10)), rng.normal(size=(64, 5))
labels = (extra[:, :1] > 0).astype(int)
main_input = Input(shape=(10,), dtype='int32', name='main_input')
x = Embedding(output_dim=16, input_dim=100, input_length=10)(main_input)
lstm_out = LSTM(8)(x)
auxiliary_loss = Dense(1, activation='sigmoid', name='aux_output')(lstm_out)
auxiliary_input = Input(shape=(5,), name='aux_input')
x = merge([lstm_out, auxiliary_input], mode='concat')
x = Dense(16, activation='relu', W_regularizer=l2(0.01))(x)
main_loss = Dense(1, activation='sigmoid', name='main_output')(x)
model = Model(input=[main_input, auxiliary_input], output=[main_loss, auxiliary_loss])
model.compile(optimizer='rmsprop', loss={'main_output': 'binary_crossentropy', 'aux_output': 'binary_crossentropy'},
              loss_weights={'main_output': 1., 'aux_output': 0.2}, metrics=['accuracy'])
history = model.fit({'main_input': headlines, 'aux_input': extra}, {'main_output': labels, 'aux_output': labels},
                    nb_epoch=4, batch_size=32, verbose=0)
assert model.metrics_names == ['loss', 'main_output_loss', 'aux_output_loss', 'main_output_acc', 'aux_output_acc']
assert set(history.history) == set(model.metrics_names)
assert history.history['loss'][-1] < history.history['loss'][0]
outputs = model.predict({'main_input': headlines, 'aux_input': extra})
assert [o.shape for o in outputs] == [(64, 1), (64, 1)]

input_img = Input(shape=(16, 16, 3))
tower_1 = Convolution2D(4, 1, 1, border_mode='same', activation='relu')(input_img)
tower_1 = Convolution2D(4, 3, 3, border_mode='same', activation='relu')(tower_1)
tower_2 = MaxPooling2D((3, 3), strides=(1, 1), border_mode='same')(input_img)
tower_2 = Convolution2D(4, 1, 1, border_mode='same', activation='relu')(tower_2)
output = merge([tower_1, tower_2], mode='concat', concat_axis=-1)
residual = Convolution2D(8, 3, 3, border_mode='same')(output)
z = merge([output, residual], mode='sum')
inception = Model(input_img, z)
assert inception.output_shape == (None, 16, 16, 8)

digit_a, digit_b = Input(shape=(16, 16, 3)), Input(shape=(16, 16, 3))
vision_model = Sequential([inception, Flatten(), Dense(8)])
out_a, out_b = vision_model(digit_a), vision_model(digit_b)
out = Dense(1, activation='sigmoid')(merge([out_a, out_b], mode='concat'))
classification_model = Model([digit_a, digit_b], out)
classification_model.compile('sgd', 'binary_crossentropy')
loss = classification_model.train_on_batch([rng.rand(4, 16, 16, 3), rng.rand(4, 16, 16, 3)], np.ones(4))
assert np.isfinite(loss)
assert vision_model.get_output_at(1) is not None and len(vision_model.inbound_nodes) >= 2
video = Input(shape=(3, 16, 16, 3))
encoded_frames = TimeDistributed(vision_model)(video)
encoded_video = LSTM(4)(encoded_frames)
assert K.int_shape(encoded_video) == (None, 4)
attention = merge([Activation('softmax')(Dense(8)(encoded_video)), out_a], mode='mul')
assert attention._keras_shape == (None, 8)
