"""Experiments with the contextual linear bandit: regret beside other models of trust, and beside the predicted exponents."""
