"""Curves for other code: files that keep every end, and events for dp_accounting."""
