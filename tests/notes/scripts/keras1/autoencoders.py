'''Autoencoders: dense, sparse, convolutional and variational, as tutorials of that time build them.'''
import numpy as np
from keras import backend as K
from keras import objectives, regularizers
from keras.datasets import mnist
from keras.layers import Convolution2D, Dense, Input, Lambda, MaxPooling2D, UpSampling2D
from keras.models import Model

(x_train, _), (x_test, _) = mnist.load_data()
x_train, x_test = x_train[:300].astype('float32') / 255., x_test[:50].astype('float32') / 255.
flat_train = x_train.reshape((len(x_train), np.prod(x_train.shape[1:])))
flat_test = x_test.reshape((len(x_test), np.prod(x_test.shape[1:])))

encoding_dim = 16
input_img = Input(shape=(784,))
encoded = Dense(encoding_dim, activation='relu', activity_regularizer=regularizers.activity_l1(10e-7))(input_img)
decoded = Dense(784, activation='sigmoid')(encoded)
autoencoder = Model(input=input_img, output=decoded)
encoder = Model(input=input_img, output=encoded)
encoded_input = Input(shape=(encoding_dim,))
decoder_layer = autoencoder.layers[-1]
decoder = Model(input=encoded_input, output=decoder_layer(encoded_input))
autoencoder.compile(optimizer='adadelta', loss='binary_crossentropy')
history = autoencoder.fit(flat_train, flat_train, nb_epoch=3, batch_size=64, shuffle=True,
                          validation_data=(flat_test, flat_test))
encoded_imgs = encoder.predict(flat_test)
decoded_imgs = decoder.predict(encoded_imgs)
assert np.allclose(decoded_imgs, autoencoder.predict(flat_test), atol=1e-5)
assert history.history['loss'][-1] < history.history['loss'][0]

pictures = x_train[:64, :, :, None]
input_img = Input(shape=(28, 28, 1))
x = Convolution2D(4, 3, 3, activation='relu', border_mode='same')(input_img)
x = MaxPooling2D((2, 2), border_mode='same')(x)
x = Convolution2D(4, 3, 3, activation='relu', border_mode='same')(x)
encoded = MaxPooling2D((2, 2), border_mode='same')(x)
x = UpSampling2D((2, 2))(encoded)
x = Convolution2D(4, 3, 3, activation='relu', border_mode='same')(x)
x = UpSampling2D((2, 2))(x)
decoded = Convolution2D(1, 3, 3, activation='sigmoid', border_mode='same')(x)
autoencoder = Model(input_img, decoded)
autoencoder.compile(optimizer='adadelta', loss='binary_crossentropy')
history = autoencoder.fit(pictures, pictures, nb_epoch=2, batch_size=32, verbose=0)
assert autoencoder.layers[4].output_shape == (None, 7, 7, 4)
assert history.history['loss'][-1] < history.history['loss'][0]

batch_size, original_dim, latent_dim, intermediate_dim, epsilon_std = 50, 784, 2, 32, 1.0
x = Input(batch_shape=(batch_size, original_dim))
h = Dense(intermediate_dim, activation='relu')(x)
z_mean = Dense(latent_dim)(h)
z_log_var = Dense(latent_dim)(h)


def sampling(args):
    z_mean, z_log_var = args
    epsilon = K.random_normal(shape=(batch_size, latent_dim), mean=0., std=epsilon_std)
    return z_mean + K.exp(z_log_var / 2) * epsilon


z = Lambda(sampling, output_shape=(latent_dim,))([z_mean, z_log_var])
decoder_h = Dense(intermediate_dim, activation='relu')
decoder_mean = Dense(original_dim, activation='sigmoid')
x_decoded_mean = decoder_mean(decoder_h(z))


def vae_loss(x, x_decoded_mean):
    xent_loss = original_dim * objectives.binary_crossentropy(x, x_decoded_mean)
    kl_loss = - 0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
    return xent_loss + kl_loss


vae = Model(x, x_decoded_mean)
vae.compile(optimizer='rmsprop', loss=vae_loss)
history = vae.fit(flat_train, flat_train, shuffle=True, nb_epoch=2, batch_size=batch_size,
                  validation_data=(flat_test, flat_test))
assert history.history['loss'][-1] < history.history['loss'][0]
