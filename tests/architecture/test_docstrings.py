"""Every public name of the toolkit is documented; an override may inherit its text."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import accounting


def public_objects() -> Iterator[tuple[str, object]]:
    for found in pkgutil.walk_packages(accounting.__path__, "accounting."):
        if found.name.endswith(".__main__"):
            continue
        module = importlib.import_module(found.name)
        yield found.name, module
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != found.name:
                continue
            if inspect.isfunction(value):
                yield f"{found.name}.{name}", value
            elif inspect.isclass(value):
                yield f"{found.name}.{name}", value
                for member in value.__dict__:
                    attribute = getattr(value, member)
                    if not member.startswith("_") and (
                        inspect.isroutine(attribute) or isinstance(attribute, property)
                    ):
                        yield f"{found.name}.{name}.{member}", attribute


def test_public_names_have_docstrings() -> None:
    documented = {name: bool(inspect.getdoc(value)) for name, value in public_objects()}
    assert documented
    assert not [name for name, good in documented.items() if not good]
