"""Code of the page on prompting."""
