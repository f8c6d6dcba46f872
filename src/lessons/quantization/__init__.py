"""Code of the page on quantization."""
