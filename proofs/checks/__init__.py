"""Executable checks of the claims, one module a subject."""
