"""Sphinx configuration."""

from importlib import metadata

project = "torchkeras_compat"
author = "the torchkeras_compat developers"
release = metadata.version("torchkeras-compat")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "torchkeras_compat"
exclude_patterns = ["_build"]
autodoc_typehints = "description"
napoleon_custom_sections = ["Input shape", "Output shape", "Shapes"]
nitpicky = False
