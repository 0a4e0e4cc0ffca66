"""The lower-bound construction: its checker, and every family of batches of small windows."""
