"""Code of the page on tokenization."""
