"""Statements that computer algebra derives, beside certified numbers."""
