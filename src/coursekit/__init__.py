"""Turns the pages of a course into tests, downloads and a site.

One parser, :mod:`coursekit.parser`, reads a page; everything else consumes what it returns. What a kind
of fence promises, one file of :mod:`coursekit.kinds` says. Nothing in this package knows what the course
teaches, and nothing in it imports a lesson or a model library.
"""
