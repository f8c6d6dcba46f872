"""Code of the page on fine-tuning."""
