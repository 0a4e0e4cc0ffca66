"""Lower bounds on the error of every continual sum over concurrent shufflers."""
