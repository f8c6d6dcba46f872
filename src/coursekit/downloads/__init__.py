"""What a page offers for download: a notebook, a script, and the package that they need."""
