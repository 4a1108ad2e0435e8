"""Notes: Markdown files, scripts and notebooks whose Python code is run block by block."""
