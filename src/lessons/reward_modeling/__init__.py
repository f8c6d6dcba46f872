"""Code of the page on reward modeling."""
