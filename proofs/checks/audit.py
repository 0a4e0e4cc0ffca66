"""Which claims a public function may reach: read off the source text, without running it.

Calls are followed by name. A name that is defined or imported in a module leads to that definition; a class that is named in
text that is reached, be it in an annotation, is live, with its bases and all its subclasses; an attribute, ``x.delta(..)``, leads to
every method of that name of a live class, because the text alone does not say what ``x`` is. So the answer may name too many
claims. What one number rests on is said by its own ``upper_claims`` and ``lower_claims``.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import accounting
from accounting.claims import USED
from accounting.errors import ParameterError

__all__ = ["reached"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class _Source:
    """What the text of the package says; definitions have dotted names.

    Attributes:
        names: for each module, what its names stand for.
        uses: for each definition, the names and the attributes in its text.
        module_of: where a definition stands.
        members: for each class, its methods by their bare names.
        bases: for each class, those that the package defines.
        registered: for each generic function, the implementations registered with it.
    """

    names: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    uses: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    module_of: dict[str, str] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    bases: dict[str, list[str]] = field(default_factory=dict)
    registered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def reached(function: str) -> dict[str, list[str]]:
    """Return the claims that a public function may reach, each with the functions that carry it.

    Args:
        function: a dotted name: ``accounting.Shuffle.epsilon``, ``accounting.exact_delta``,
            ``accounting.curves.inverse.epsilon_between``.

    Raises:
        ParameterError: there is no such function.
    """
    source = _source()
    start = _resolved(function)
    if start not in source.uses:
        raise ParameterError(
            "audit",
            "must be the dotted name of a function, a method or a class of accounting",
            function,
            "For example accounting.Shuffle.epsilon",
        )
    seen = _closure(start, source)
    claims: dict[str, list[str]] = defaultdict(list)
    for claim, carriers in sorted(USED.items()):
        for carrier in sorted(carriers & seen):
            claims[claim].append(carrier)
    return dict(claims)


def _resolved(dotted: str) -> str:
    """Follow re-exports, lazy ones too: ``accounting.Shuffle.epsilon`` stands in ``accounting.shuffle``."""
    parts = dotted.split(".")
    if parts[0] != "accounting":
        return dotted
    found: object = accounting
    for place, part in enumerate(parts[1:], 1):
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(".".join(parts[: place + 1]))
            except ImportError:
                return dotted
    module = getattr(found, "__module__", None)
    if isinstance(found, property):
        module, found = getattr(found.fget, "__module__", None), found.fget
    name = getattr(found, "__qualname__", None)
    return f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else dotted


def _closure(start: str, source: _Source) -> set[str]:
    """Return every definition that the text leads to from one of them."""
    above = {name: set(_bases(name, source)) for name in source.members}
    below: dict[str, set[str]] = defaultdict(set)
    for name, bases in above.items():
        for base in bases:
            below[base].add(name)
    seen: set[str] = set()
    live: set[str] = set()
    attributes: set[str] = set()
    front = [start, start.rpartition(".")[0], *source.members.get(start, {}).values()]
    while front:
        name = front.pop()
        if name in seen or name not in source.uses:
            continue
        seen.add(name)
        front.extend(source.registered[name])
        if name in source.members:  # its subclasses may stand for it, and each inherits
            fresh = {name, *below[name]}
            fresh = fresh.union(*(above[kind] for kind in fresh)) - live
            live |= fresh
            for kind in fresh:
                methods = source.members[kind]
                front.extend(methods[bare] for bare in methods if bare in attributes or bare.startswith("__"))
        names, called = source.uses[name]
        scope = source.names[source.module_of[name]]
        front.extend(scope[used] for used in names if used in scope)
        for attribute in called - attributes:
            front.extend(
                source.members[kind][attribute] for kind in live if attribute in source.members[kind]
            )
        attributes |= called
        for attribute in called:  # module.function
            front.extend(f"{scope[used]}.{attribute}" for used in names if used in scope)
    return seen


def _bases(name: str, source: _Source) -> Iterator[str]:
    for base in source.bases[name]:
        if base in source.members:
            yield base
            yield from _bases(base, source)


@cache
def _source() -> _Source:
    source = _Source()
    for found in pkgutil.walk_packages(accounting.__path__, "accounting."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)  # so that `relies_on` has been called
            module = importlib.util.find_spec(found.name)
            if module is not None and module.origin is not None:
                with open(module.origin, encoding="utf-8") as file:
                    _read(found.name, ast.parse(file.read()), source, is_package=found.ispkg)
    for scope in source.names.values():  # follow re-exports by packages
        for name, target in scope.items():
            scope[name] = _followed(target, source)
    for name, bases in source.bases.items():
        scope = source.names[source.module_of[name]]
        source.bases[name] = [scope[base] for base in bases if base in scope]
    return source


def _followed(target: str, source: _Source) -> str:
    for _ in range(10):
        module, _, name = target.rpartition(".")
        further = source.names.get(module, {}).get(name)
        if further is None or further == target:
            break
        target = further
    return target


def _read(module: str, tree: ast.Module, source: _Source, *, is_package: bool) -> None:
    scope = source.names[module]
    for node in ast.walk(tree):  # late imports, inside functions, count for the whole module
        if isinstance(node, ast.ImportFrom):
            base = _absolute(module, node, is_package=is_package)
            for alias in node.names:
                scope[alias.asname or alias.name] = f"{base}.{alias.name}"
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                name = f"{module}.{node.name}"
                scope[node.name] = name
                _note(name, node, module, source)
                for generic in _generics(node, scope, module):
                    source.registered[generic].add(name)
            case ast.ClassDef():
                _read_class(f"{module}.{node.name}", node, module, source)
            case ast.Assign(targets=[ast.Name(id=constant)]) | ast.AnnAssign(target=ast.Name(id=constant)):
                scope[constant] = f"{module}.{constant}"
                _note(f"{module}.{constant}", node, module, source)
            case _:
                pass


def _read_class(name: str, node: ast.ClassDef, module: str, source: _Source) -> None:
    """Note a class, which uses its bases, its decorators and what its attributes are made of, and its methods."""
    source.names[module][node.name] = name
    methods = [part for part in node.body if isinstance(part, _Function)]
    rest = [part for part in node.body if not isinstance(part, _Function)]
    head = ast.ClassDef(
        name=node.name, bases=node.bases, keywords=[], body=rest, decorator_list=node.decorator_list
    )
    _note(name, head, module, source)
    source.bases[name] = [
        part.id for base in node.bases for part in ast.walk(base) if isinstance(part, ast.Name)
    ]
    source.members[name] = {}
    for method in methods:
        _note(f"{name}.{method.name}", method, module, source)
        source.members[name][method.name] = f"{name}.{method.name}"


def _note(name: str, node: ast.AST, module: str, source: _Source) -> None:
    names = frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
    attributes = frozenset(part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute))
    if name in source.uses:  # an overloaded or registered name stands for all its definitions
        before = source.uses[name]
        names, attributes = names | before[0], attributes | before[1]
    source.uses[name] = (names, attributes)
    source.module_of[name] = module


def _generics(node: _Function, scope: dict[str, str], module: str) -> Iterator[str]:
    """Yield the generic functions that a decorator registers a function with."""
    for decorator in node.decorator_list:
        inner = decorator.func if isinstance(decorator, ast.Call) else decorator
        match inner:
            case ast.Attribute(value=ast.Name(id=generic), attr="register"):
                yield scope.get(generic, f"{module}.{generic}")
            case _:
                pass


def _absolute(module: str, node: ast.ImportFrom, *, is_package: bool) -> str:
    if node.level == 0:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join([*parts, node.module] if node.module else parts)
