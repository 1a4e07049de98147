"""Which names of a tree are its own, and may get others, and which mean something outside it."""

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import PurePosixPath

from memorygym.tracks.codeqa.sources import standard

_DYNAMIC = {"ast": ("visit_",), "cmd": ("do_", "help_", "complete_"), "http": ("do_",)}
"""Methods that a module of the standard library calls by a name that it puts together."""
LOOKS_UP = frozenset(("get", "pop", "setdefault"))
"""What takes a value out of a dict by its key."""
_PASSES_ON = frozenset(("partial", "partialmethod"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


Nodes = Sequence[ast.AST]
"""All nodes of a file's syntax tree."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What is known of a tree's names."""

    own: frozenset[str]
    """Names that the tree binds and nothing outside it does."""
    tops: frozenset[str]
    """What `import NAME` finds in it."""
    roots: Mapping[str, frozenset[str]]
    """By file: names whose attributes are those of something outside the tree."""
    gathered: frozenset[str]
    """Names of parameters that gather keyword arguments."""


def binding(trees: Mapping[str, Nodes]) -> Binding:
    """Looks through all files at once: a name is the same everywhere."""
    tops = _tops(trees)
    gathered = frozenset(name for tree in trees.values() for name in _gathered(tree))
    looked_up = frozenset(name for tree in trees.values() for name in _looked_up(tree, gathered))
    parameters = looked_up.union(*map(_parameters, trees.values()))
    bound = _modules(trees) | parameters.union(*map(_bound, trees.values()))
    roots: dict[str, frozenset[str]] = {}
    outside, modules = set(standard.reserved()), set[str]()
    for path, tree in trees.items():
        origins = _origins(tree, tops)
        named, taken = _named(tree, tops)
        modules |= named
        roots[path] = frozenset((origins.keys() | named) - _local(tree))
        outside |= named | taken | _overridden(tree, origins)
        outside |= _ambiguous(tree, origins.keys() & _local(tree))
        outside |= _passed(tree, roots[path], bound, parameters) | _prescribed(tree)
    for module in modules:
        outside |= standard.attributes(module)
    called = tuple(one for module in sorted(modules) for one in _DYNAMIC.get(module, ()))
    own = frozenset(
        one for one in bound - outside if not _is_fixed(one) and not one.startswith(called)
    )
    return Binding(own, tops, roots, gathered)


def _is_fixed(name: str) -> bool:
    short = len(name.strip("_")) < 3
    return short or (name.startswith("__") and name.endswith("__")) or name.startswith("pytest_")


def _modules(paths: Mapping[str, object]) -> frozenset[str]:
    return frozenset(part for path in paths for part in PurePosixPath(path).with_suffix("").parts)


def _tops(paths: Mapping[str, object]) -> frozenset[str]:
    """What `import NAME` finds in the tree: packages and modules outside any package."""
    packages = {str(PurePosixPath(path).parent) for path in paths if path.endswith("__init__.py")}
    packages -= {"."}
    modules = {path for path in paths if str(PurePosixPath(path).parent) not in packages}
    outer = {one for one in packages if str(PurePosixPath(one).parent) not in packages}
    return frozenset(PurePosixPath(one).stem for one in modules | outer)


def _bound(tree: Nodes) -> Iterator[str]:
    for node in tree:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case ast.Call(func=func, args=[_, given]) if terminal(func) == "namedtuple":
                yield from fields_of(given)


def fields_of(node: ast.expr) -> list[str]:
    """The names in the second argument of namedtuple."""
    match node:
        case ast.Constant(value=str(text)):
            return text.replace(",", " ").split()
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [str(one.value) for one in elements if isinstance(one, ast.Constant)]
    return []


def _parameters(tree: Nodes) -> Iterator[str]:
    for node in tree:
        match node:
            case ast.arg(arg=name):
                yield name
            case ast.ClassDef(body=body):
                yield from (
                    one.target.id
                    for one in body
                    if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
                )
            case ast.Call(func=func, args=[_, given]) if terminal(func) == "namedtuple":
                yield from fields_of(given)


def _gathered(tree: Nodes) -> Iterator[str]:
    for node in tree:
        if isinstance(node, ast.arguments) and node.kwarg:
            yield node.kwarg.arg


def _origins(tree: Nodes, tops: frozenset[str]) -> dict[str, str]:
    """Names that imports bind to something outside the tree, and the top-level module of each."""
    found: dict[str, str] = {}
    for node in tree:
        match node:
            case ast.Import(names=names):
                for one in names:
                    top = one.name.partition(".")[0]
                    if top not in tops:
                        found[one.asname or top] = top
            case ast.ImportFrom(names=names, level=0, module=str(module)):
                top = module.partition(".")[0]
                if top not in tops:
                    found |= {one.asname or one.name: top for one in names}
    return found


def _looked_up(tree: Nodes, gathered: Set[str]) -> Iterator[str]:
    """Keywords that functions take out of what they gather."""
    for node in tree:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr=attr),
                args=[ast.Constant(value=str(key)), *_],
            ) if name in gathered and attr in LOOKS_UP and key.isidentifier():
                yield key


def _named(tree: Nodes, tops: frozenset[str]) -> tuple[set[str], set[str]]:
    """Modules that imports name outside the tree, and what they take from such modules."""
    modules: set[str] = set()
    parts: set[str] = set()
    for node in tree:
        match node:
            case ast.Import(names=names):
                modules |= {one.name.partition(".")[0] for one in names} - tops
            case ast.ImportFrom(names=names, level=0, module=str(module)):
                top = module.partition(".")[0]
                if top not in tops:
                    modules.add(top)
                    parts |= {one.name for one in names}
    return modules, parts


def _local(tree: Nodes) -> set[str]:
    found: set[str] = set()
    for node in tree:
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
    return found


def _overridden(tree: Nodes, origins: Mapping[str, str]) -> set[str]:
    """Methods of classes with a base that is neither the tree's nor the standard library's."""
    found: set[str] = set()
    for node in tree:
        if isinstance(node, ast.ClassDef):
            tops = {origins.get(rooted(base) or "", "builtins") for base in node.bases}
            if not all(map(standard.is_standard, tops)):
                found |= {one.name for one in node.body if isinstance(one, _FUNCTIONS)}
    return found


def _prescribed(tree: Nodes) -> set[str]:
    """Parameters of hooks of pytest, and attributes that argparse makes from options."""
    found: set[str] = set()
    for node in tree:
        match node:
            case ast.FunctionDef(name=name, args=args) if name.startswith("pytest_"):
                found |= {one.arg for one in args.args}
            case ast.Call(func=ast.Attribute(attr="add_argument"), args=args, keywords=keywords):
                told = [*args, *(one.value for one in keywords if one.arg == "dest")]
                texts = (one.value for one in told if isinstance(one, ast.Constant))
                found |= {str(text).lstrip("-").replace("-", "_") for text in texts}
    return found


def _ambiguous(tree: Nodes, names: Set[str]) -> set[str]:
    """Attributes of names that an import binds, and something else in the file as well."""
    return {node.attr for node in tree if isinstance(node, ast.Attribute) and rooted(node) in names}


def _passed(
    tree: Nodes, roots: frozenset[str], bound: frozenset[str], parameters: frozenset[str]
) -> set[str]:
    """Keywords of calls that lead out of the tree, or that no function of the tree takes."""
    found: set[str] = set()
    for node in tree:
        match node:
            case ast.Call(func=func, keywords=keywords):
                name = terminal(func)
                leads_out = name is not None and (
                    name not in bound or {name, rooted(func)} & (standard.builtin() | roots)
                )
                given = {one.arg for one in keywords if one.arg}
                if name not in _PASSES_ON:
                    found |= given if leads_out else given - parameters
            case ast.ClassDef(bases=bases, keywords=keywords):
                found |= {one.arg for one in keywords if one.arg} - parameters
                if any(terminal(base) not in bound for base in bases):
                    found |= _handed_up(node)
    return found


def _handed_up(owner: ast.ClassDef) -> set[str]:
    """Keywords of calls to `super().something` in a class with a base outside the tree."""
    found: set[str] = set()
    for node in ast.walk(owner):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))), keywords=keywords
            ):
                found |= {one.arg for one in keywords if one.arg}
    return found


def terminal(node: ast.expr) -> str | None:
    """The last name of what is called: `c` of `a.b.c`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def rooted(node: ast.expr) -> str | None:
    """The first name of a dotted one: `a` of `a.b.c`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
