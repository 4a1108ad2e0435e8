'''A variational autoencoder whose loss is a function of tensors of the model around it.'''
from __future__ import print_function

import numpy as np
from keras import backend as K
from keras import metrics
from keras.datasets import mnist
from keras.layers import Dense, Input, Lambda, Layer
from keras.models import Model

batch_size = 50
original_dim = 784
latent_dim = 2
intermediate_dim = 64
epochs = 2
epsilon_std = 1.0

x = Input(shape=(original_dim,))
h = Dense(intermediate_dim, activation='relu')(x)
z_mean = Dense(latent_dim)(h)
z_log_var = Dense(latent_dim)(h)


def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(K.shape(z_mean)[0], latent_dim), mean=0., stddev=epsilon_std)
    return z_mean + K.exp(z_log_var / 2) * epsilon


z = Lambda(sampling, output_shape=(latent_dim,))([z_mean, z_log_var])
decoder_h = Dense(intermediate_dim, activation='relu')
decoder_mean = Dense(original_dim, activation='sigmoid')
h_decoded = decoder_h(z)
x_decoded_mean = decoder_mean(h_decoded)


def vae_loss(x, x_decoded_mean):
    xent_loss = original_dim * metrics.binary_crossentropy(x, x_decoded_mean)
    kl_loss = - 0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
    return K.mean(xent_loss + kl_loss)


(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train[:500].astype('float32') / 255.
x_test = x_test[:100].astype('float32') / 255.
x_train = x_train.reshape((len(x_train), np.prod(x_train.shape[1:])))
x_test = x_test.reshape((len(x_test), np.prod(x_test.shape[1:])))

vae = Model(x, x_decoded_mean)
vae.compile(optimizer='rmsprop', loss=vae_loss)
history = vae.fit(x_train, x_train, shuffle=True, epochs=epochs, batch_size=batch_size,
                  validation_data=(x_test, x_test))

encoder = Model(x, z_mean)
x_test_encoded = encoder.predict(x_test, batch_size=batch_size)
decoder_input = Input(shape=(latent_dim,))
_x_decoded_mean = decoder_mean(decoder_h(decoder_input))
generator = Model(decoder_input, _x_decoded_mean)
digit = generator.predict(np.array([[0.1, -0.3]]))[0].reshape(28, 28)
assert x_test_encoded.shape == (100, 2)
assert digit.min() >= 0 and digit.max() <= 1
assert history.history['loss'][-1] < history.history['loss'][0]


class CustomVariationalLayer(Layer):
    '''The loss as a layer of its own, as the model ends in it.'''

    def __init__(self, **kwargs):
        self.is_placeholder = True
        super(CustomVariationalLayer, self).__init__(**kwargs)

    def vae_loss(self, x, x_decoded_mean):
        xent_loss = original_dim * metrics.binary_crossentropy(x, x_decoded_mean)
        kl_loss = - 0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
        return K.mean(xent_loss + kl_loss)

    def call(self, inputs):
        x = inputs[0]
        x_decoded_mean = inputs[1]
        loss = self.vae_loss(x, x_decoded_mean)
        self.add_loss(loss, inputs=inputs)
        return x


y = CustomVariationalLayer()([x, x_decoded_mean])
vae = Model(x, y)
vae.compile(optimizer='rmsprop', loss=None)
history = vae.fit(x_train, shuffle=True, epochs=epochs, batch_size=batch_size, validation_data=(x_test, None))
assert history.history['loss'][-1] < history.history['loss'][0]
