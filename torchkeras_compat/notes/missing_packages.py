"""Modules that are not installed: which package has them, or what to do without one."""

from __future__ import annotations

PACKAGES = {
    "Bio": "biopython",
    "IPython": "ipython",
    "OpenGL": "PyOpenGL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "gensim": "gensim",
    "gym": "gymnasium",
    "ipywidgets": "ipywidgets",
    "keras_hub": "keras-hub",
    "keras_tuner": "keras-tuner",
    "kerastuner": "keras-tuner",
    "lightgbm": "lightgbm",
    "mpl_toolkits": "matplotlib",
    "pydot": "pydot",
    "rest_framework": "djangorestframework",
    "scikeras": "scikeras",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "skopt": "scikit-optimize",
    "tensorflow_datasets": "tensorflow-datasets",
    "tqdm": "tqdm",
    "umap": "umap-learn",
    "wx": "wxPython",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
# No package makes these work here.
INSTEAD = {
    "google.colab": "It exists in Colab only. Take the line out; read files from a folder by their path.",
    "kaggle_datasets": "It exists on Kaggle only. Take the line out; read files from a folder of this machine.",
    "kaggle_secrets": "It exists on Kaggle only. Take the line out; read secrets from environment variables.",
    "theano": "Theano is no longer developed. Take the line out; Keras code computes with PyTorch here.",
    "cntk": "CNTK is no longer developed. Take the line out; Keras code computes with PyTorch here.",
    "tensorflow_addons": "It is no longer developed, and needs TensorFlow. Most of it is in Keras now: "
    "`keras.optimizers.AdamW`, `keras.losses.CategoricalFocalCrossentropy`, `keras.metrics.F1Score`, ...",
    "urllib2": "Python 3 has it as `urllib.request`.",
    "cPickle": "Python 3 has it as `pickle`.",
    "StringIO": "Python 3 has it as `io.StringIO`.",
    "ConfigParser": "Python 3 has it as `configparser`.",
    "Tkinter": "Python 3 has it as `tkinter`.",
    "Queue": "Python 3 has it as `queue`.",
    "sklearn.cross_validation": "scikit-learn has it as `sklearn.model_selection` since 0.18.",
    "sklearn.externals": "`joblib` and `six` are packages of their own now: `import joblib`.",
    "sklearn.grid_search": "scikit-learn has it as `sklearn.model_selection` since 0.18.",
    "scipy.misc": "Pictures are read with `keras.utils.load_img`, or with Pillow.",
}


def advice_for_module(name: str) -> str:
    """Return what to do about a module that cannot be imported.

    Args:
        name: The module, with dots.

    Example:
        >>> advice_for_module("cv2")
        "install the package that has 'cv2': pip install opencv-python"
    """
    parts = name.split(".")
    for depth in range(len(parts), 0, -1):
        text = INSTEAD.get(".".join(parts[:depth]))
        if text:
            return text
    if len(parts) > 1:  # the package is there, or Python would have named it alone
        return f"check the name: the version of {parts[0]!r} that is installed has no module {name!r}."
    if name not in PACKAGES:
        return (
            f"install the package that has {name!r} (often: pip install {name}), put {name}.py beside the note, or "
            "take the line out."
        )
    return f"install the package that has {name!r}: pip install {PACKAGES[name]}"
