"""Symbolic privacy loss."""
