"""Random calls and random models, compared with real Keras: `python -m tests.fuzz --ops 10000 --models 1000 --seed N`.

Each case is made from the seed and its number alone, so that `--seed N --case K` makes it again.
"""
