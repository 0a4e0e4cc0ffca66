"""The larger commands of the command line, one module each, and how they write."""
