"""Checks by runs: what can be said with a stated confidence of a program that is only run."""
