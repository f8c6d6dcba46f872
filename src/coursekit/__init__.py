"""Turns the pages of a course into tests, downloads and a site.

One parser, :mod:`coursekit.parser`, reads a page; everything else consumes what it returns. Nothing in
this package knows what the course teaches, and nothing in it imports a lesson or a model library.
"""
