"""One shuffler: dominating pairs, and witnesses from explicit data sets."""
