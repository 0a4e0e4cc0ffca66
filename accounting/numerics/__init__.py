"""Exact reading, enclosures and certified numerics."""
