"""Evidence for the claims of the toolkit: statements, references, and checks of small cases."""
