"""`keras.wrappers` of Keras 1 and 2: models as estimators of scikit-learn."""
