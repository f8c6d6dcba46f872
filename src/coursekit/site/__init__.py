"""From pages to the site: what mkdocs is told, by hooks that call plain functions."""
