"""Runs code and commands as a reader would: one process, what it prints, what it must not leave behind."""
