"""Every deliberate exception of the toolkit."""

from __future__ import annotations

__all__ = ["AccountingError", "NotCoveredError", "ParameterError", "UndecidedError"]


class AccountingError(Exception):
    """The base of every error that the toolkit raises on purpose."""


class ParameterError(AccountingError, ValueError):
    """A parameter that breaks a rule.

    Attributes:
        name: the parameter, as the caller knows it (``"epsilon0"``, ``"shuffler[2].users"``).
        rule: what holds for every valid value (``"must be at least 2"``).
        value: the offending value itself.
        remedy: what to do about it; may be empty.
    """

    def __init__(self, name: str, rule: str, value: object, remedy: str = "") -> None:
        self.name = name
        self.rule = rule
        self.value = value
        self.remedy = remedy
        text = f"{name} {rule}; got {shown(value)}"
        super().__init__(f"{text}. {remedy}" if remedy else text)

    def __reduce__(self) -> tuple[type[ParameterError], tuple[str, str, object, str]]:
        """Keep the attributes when the error crosses a process boundary."""
        return (type(self), (self.name, self.rule, self.value, self.remedy))

    def renamed(self, name: str) -> ParameterError:
        """Return the same complaint about a parameter that the caller knows by another name."""
        return ParameterError(name, self.rule, self.value, self.remedy)


class NotCoveredError(AccountingError):
    """No proved claim applies, so there is no number to return."""


class UndecidedError(AccountingError):
    """More precision is needed than the stated budget allows."""


def shown(value: object, limit: int = 60) -> str:
    """Show a value on one line of at most ``limit`` characters."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"
    text = value if isinstance(value, str) and value and value.isprintable() else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
