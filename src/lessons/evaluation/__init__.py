"""Code of the page on evaluation."""
