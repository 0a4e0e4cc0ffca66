"""Plain, slow, exact second implementations that import nothing of ``accounting``.

Every number is a Fraction, every law a dictionary from outcomes to probabilities. Nothing is clever here:
what a definition says is what is computed.
"""
