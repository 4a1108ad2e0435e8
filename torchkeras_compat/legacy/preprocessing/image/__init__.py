"""`keras.preprocessing.image` of Keras 1 and 2: images changed at random while a model trains."""
