"""Which source files a verb's result depends on, as one digest.

The digest is a parameter of every rule, so that edited code makes its results anew and only those,
by content and wherever the clone lies. It covers the verb's function in the room `cli` with what
this uses of its file and of `cli/verb.py`, the modules that these import, the modules that those
import, and the data files beside them. Importing something that a package's `__init__` defines
counts every file of that package.

Comments, docstrings and layout do not count. Neither does what only arranges or records the work:
what `study` decides reaches a verb as parameters, which are compared on their own.
"""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
KINDS = (".py", ".csv", ".json", ".yaml", ".html", ".css", ".js")
ARRANGING = ("study", "devices", "lineage", "provenance", "cli", "__main__", "__init__")


def digest(verb: str, package: Path = PACKAGE) -> str:
    """12 hexadecimal digits that change when code behind a verb changes.

    Raises KeyError if no file of `cli` has a function for the verb.
    """
    cli = package / "cli"
    wiring = _wiring(cli, verb.replace("-", "_"))
    files: set[Path] = set()
    waiting = [file for node in wiring for file in _imported(node, cli / "verb.py", package)]
    while waiting:
        file = waiting.pop()
        if file not in files:
            files.add(file)
            waiting += _imports(file, package)
    total = hashlib.sha256(json.dumps([_shape(node) for node in wiring]).encode())
    for file in sorted(files):
        total.update(f"{file.relative_to(package).as_posix()} {_content(file)}\n".encode())
    return total.hexdigest()[:12]


def _wiring(cli: Path, verb: str) -> list[ast.stmt]:
    """The verb's function, what else of its file it uses, and what of what verbs share."""
    shared = _defined(cli / "verb.py")
    (own,) = [names for file in cli.glob("*.py") if verb in (names := _defined(file))] or [{}]
    known = own | shared
    found: set[ast.stmt] = set()
    waiting = [known[verb]]
    while waiting:
        node = waiting.pop()
        found.add(node)
        waiting += [known[name] for name in _used(node) & known.keys() if known[name] not in found]
    return [node for node in dict.fromkeys((*shared.values(), *own.values())) if node in found]


def _defined(file: Path) -> dict[str, ast.stmt]:
    """The statement behind each name of a file, in their order."""
    return {name: node for node in _parsed(file).body for name in _bound(node)}


def _used(node: ast.stmt) -> set[str]:
    """The names that a statement takes from outside itself."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    inside = {part.id for part in names if isinstance(part.ctx, ast.Store)}
    inside |= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return {part.id for part in names} - inside


def _bound(node: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


@cache
def _imports(file: Path, package: Path) -> list[Path]:
    return _imported(_parsed(file), file, package) if file.suffix == ".py" else []


def _imported(tree: ast.AST, file: Path, package: Path) -> list[Path]:
    """The files of this package that the imports under a node lead to."""
    found: list[Path] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found += _files(alias.name.split("."), [], package)
        elif isinstance(node, ast.ImportFrom):
            start: list[str] = []
            if node.level:
                above = file.parents[node.level - 1].relative_to(package).parts
                start = [package.name, *above]
            module = [*start, *(node.module or "").split(".")] if node.module else start
            for alias in node.names:
                found += _files(module, [alias.name], package)
    return found


def _files(module: list[str], name: list[str], package: Path) -> list[Path]:
    """The files behind `import module`, or `from module import name`."""
    inside = [*module[1:], *name]
    if module[0] != package.name or not inside or inside[0] in ARRANGING:
        return []
    place = package.joinpath(*inside)
    for parts in (place, place.parent) if name else (place,):
        if parts.with_suffix(".py").is_file():
            return [parts.with_suffix(".py"), *_data(parts.parent, package)]
        if parts.is_dir() and parts != package:
            return sorted(path for path in parts.rglob("*") if _counts(path))
    return []


def _data(folder: Path, package: Path) -> list[Path]:
    """The files beside a module that are not code, unless it lies at the top."""
    if folder == package:
        return []
    return [path for path in sorted(folder.iterdir()) if _counts(path) and path.suffix != ".py"]


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix in KINDS


@cache
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes())


@cache
def _content(file: Path) -> str:
    if file.suffix != ".py":
        return hashlib.sha256(file.read_bytes()).hexdigest()
    return hashlib.sha256(json.dumps(_shape(_parsed(file))).encode()).hexdigest()


def _shape(node: Any) -> Any:
    """A syntax tree as nested lists. Empty fields are left out: which there are depends on the
    version of Python."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        return [type(node).__name__, *([name, _shape(value)] for name, value in fields)]
    if isinstance(node, list):
        return [_shape(item) for item in node if not _is_text_alone(item)]
    return node if isinstance(node, str | int | float | bool) else repr(node)


def _is_text_alone(node: Any) -> bool:
    """A docstring, or text that stands by itself like one."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
