"""What is deployed: the relation, who reports where, and the budget."""

from .deployment import Budget, Deployment, NamedShuffle
from .relation import Inputs, Relation

__all__ = ["Budget", "Deployment", "Inputs", "NamedShuffle", "Relation"]
