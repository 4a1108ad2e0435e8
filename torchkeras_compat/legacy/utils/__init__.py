"""`keras.utils` of Keras 1 and 2, as far as Keras 3 dropped it or has it in another form."""
