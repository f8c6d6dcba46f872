"""Code of the page on pre-training."""
