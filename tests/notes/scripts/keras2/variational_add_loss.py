'''A variational autoencoder with add_loss, from the command line's arguments.'''
from __future__ import absolute_import, division, print_function

import argparse
import os

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Conv2D, Conv2DTranspose, Dense, Flatten, Input, Lambda, Reshape
from keras.losses import binary_crossentropy, mse
from keras.models import Model
from keras.utils import plot_model


def sampling(args):
    """Draws from a normal distribution by its mean and the logarithm of its variance."""
    z_mean, z_log_var = args
    batch = K.shape(z_mean)[0]
    dim = K.int_shape(z_mean)[1]
    epsilon = K.random_normal(shape=(batch, dim))
    return z_mean + K.exp(0.5 * z_log_var) * epsilon


(x_train, y_train), (x_test, y_test) = mnist.load_data()
image_size = x_train.shape[1]
x_train = np.reshape(x_train[:128], [-1, image_size, image_size, 1]).astype('float32') / 255
x_test = np.reshape(x_test[:32], [-1, image_size, image_size, 1]).astype('float32') / 255

input_shape = (image_size, image_size, 1)
batch_size = 32
kernel_size = 3
filters = 4
latent_dim = 2

inputs = Input(shape=input_shape, name='encoder_input')
x = inputs
for i in range(2):
    filters *= 2
    x = Conv2D(filters=filters, kernel_size=kernel_size, activation='relu', strides=2, padding='same')(x)
shape = K.int_shape(x)
x = Flatten()(x)
x = Dense(16, activation='relu')(x)
z_mean = Dense(latent_dim, name='z_mean')(x)
z_log_var = Dense(latent_dim, name='z_log_var')(x)
z = Lambda(sampling, output_shape=(latent_dim,), name='z')([z_mean, z_log_var])
encoder = Model(inputs, [z_mean, z_log_var, z], name='encoder')
encoder.summary()

latent_inputs = Input(shape=(latent_dim,), name='z_sampling')
x = Dense(shape[1] * shape[2] * shape[3], activation='relu')(latent_inputs)
x = Reshape((shape[1], shape[2], shape[3]))(x)
for i in range(2):
    x = Conv2DTranspose(filters=filters, kernel_size=kernel_size, activation='relu', strides=2, padding='same')(x)
    filters //= 2
outputs = Conv2DTranspose(filters=1, kernel_size=kernel_size, activation='sigmoid', padding='same',
                          name='decoder_output')(x)
decoder = Model(latent_inputs, outputs, name='decoder')
decoder.summary()
outputs = decoder(encoder(inputs)[2])
vae = Model(inputs, outputs, name='vae')

if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    help_ = "Load h5 model trained weights"
    parser.add_argument("-w", "--weights", help=help_)
    parser.add_argument("-m", "--mse", help="Use mse loss instead of binary cross entropy (default)",
                        action='store_true')
    args = parser.parse_args([])
    if args.mse:
        reconstruction_loss = mse(K.flatten(inputs), K.flatten(outputs))
    else:
        reconstruction_loss = binary_crossentropy(K.flatten(inputs), K.flatten(outputs))
    reconstruction_loss *= image_size * image_size
    kl_loss = 1 + z_log_var - K.square(z_mean) - K.exp(z_log_var)
    kl_loss = K.sum(kl_loss, axis=-1)
    kl_loss *= -0.5
    vae_loss = K.mean(reconstruction_loss + kl_loss)
    vae.add_loss(vae_loss)
    vae.compile(optimizer='rmsprop')
    vae.summary()
    try:
        plot_model(vae, to_file='vae_cnn.png', show_shapes=True)
    except (ImportError, OSError) as error:
        print('no picture:', error)
    if args.weights:
        vae.load_weights(args.weights)
    else:
        history = vae.fit(x_train, epochs=3, batch_size=batch_size, validation_data=(x_test, None))
        vae.save_weights('vae_cnn_digits.h5')
    z_mean, _, _ = encoder.predict(x_test, batch_size=batch_size)
    assert z_mean.shape == (32, 2)
    assert os.path.exists('vae_cnn_digits.h5')
    assert history.history['loss'][-1] < history.history['loss'][0]
