"""Which code a stage's result depends on, as one digest.

The digest is a parameter of every rule, so that edited code makes its results anew and only those,
by content and wherever the clone lies. It covers the stage's function `run` with what this uses of
its file, the modules that these import, the modules that those import, and data files.

- Modules count, not packages: a package's `__init__` holds a docstring.
- What does not run does not count: comments, docstrings, layout, the annotations of functions and
  of their variables, what stands under `if TYPE_CHECKING`, and an import whose name nothing uses.
- A module that is imported by a name counts if the name is written out in the call of
  `import_module`; others are `chosen`, which the stage tells.
- A data file counts by its bytes if a module in its folder, or above it, holds its name as a text:
  "page.html", "paper/numbers.csv", or "paper" for all in that folder.
- `SKIPPED` does not count.
"""

from __future__ import annotations

import ast
import hashlib
import os
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

PACKAGE = Path(__file__).parents[1]
SKIPPED = (
    "config",  # data classes: their values reach a job as settings
    *(f"catalogue.{name}" for name in ("benchmarks", "datasets", "weights", "sources")),  # the same
    *(f"catalogue.{name}" for name in ("entries", "readers")),  # the same
    "stages.stage",  # what the data classes of stages are made of
    "errors",  # what is said, not what is made
    *("cli", "__main__"),  # how a job is started
)
NUMERICS = "runtime.numerics"
"""Of `runtime`, which says how a job is run, watched and recorded, what decides numbers: it counts
for every stage."""
DATA_CLASSES = frozenset(("Settings", "Inputs", "Outputs"))
"""Classes of a stage whose values are in its rule."""


def digest(stage: str, chosen: Sequence[str] = (), package: Path = PACKAGE) -> str:
    """12 hexadecimal digits that change when code behind a stage changes.

    Args:
        stage: the name of a module of `stages`.
        chosen: modules that the stage's settings choose by name, such as downscaling.prompts.own.
        package: the folder of the package.

    Raises LookupError for a stage without `run`, and for a chosen module that does not exist.
    """
    return _digest(stage, tuple(chosen), package)


def modules(stage: str, chosen: Sequence[str] = (), package: Path = PACKAGE) -> list[Path]:
    """The files that count for a stage, its own and data files too, in sorted order."""
    return sorted(_closure(stage, tuple(chosen), package))


def uncounted(
    stage: str, chosen: Sequence[str], imported: Iterable[str], package: Path = PACKAGE
) -> list[str]:
    """Of the modules that a job of a stage imported, those that no import in code that counts leads
    to: a name that was put together, and not `chosen`."""
    counted = _closure(stage, tuple(chosen), package)
    known = _followed([_Lead(file, None) for file in counted], package, every_import=True)
    found = {name: _file(name.split("."), package) for name in imported}
    return sorted(name for name, file in found.items() if file and file not in known)


@cache
def _digest(stage: str, chosen: tuple[str, ...], package: Path) -> str:
    total = hashlib.sha256()
    closure = _closure(stage, chosen, package)
    for file in sorted(closure):
        content = _content(file, closure[file])
        total.update(f"{file.relative_to(package).as_posix()} {content}\n".encode())
    return total.hexdigest()[:12]


# ---- from file to file


class _Lead(NamedTuple):
    """A file that counts, and which of its names: None for all of them."""

    file: Path
    name: str | None


@cache
def _closure(stage: str, chosen: tuple[str, ...], package: Path) -> dict[Path, frozenset[str]]:
    """The files that count for a stage, with the names that count of it where not all do."""
    leads = [_Lead(package / "stages" / f"{stage}.py", "run")]
    for name in (f"{package.name}.{NUMERICS}", *chosen):
        file = _file(name.split("."), package)
        if file is None:
            raise LookupError(f"{name}: chosen by stage {stage}, and no module that counts")
        leads.append(_Lead(file, None))
    return _followed(leads, package)


def _followed(
    leads: Sequence[_Lead], package: Path, every_import: bool = False
) -> dict[Path, frozenset[str]]:
    names: dict[Path, set[str]] = {}
    done = set()
    waiting = list(leads)
    while waiting:
        lead = waiting.pop()
        if lead not in done:
            done.add(lead)
            names.setdefault(lead.file, set()).add(lead.name or "*")
            waiting += _follow(lead, package, every_import)
    return {file: frozenset(used) for file, used in names.items()}


@cache
def _follow(lead: _Lead, package: Path, every_import: bool) -> tuple[_Lead, ...]:
    """What a file leads to: the modules that it imports, and the data files that it names."""
    if lead.file.suffix != ".py":
        return ()
    if every_import:
        return tuple(_imported(_whole(_parsed(lead.file)), lead.file, package, every_import))
    code = _Running(_used(lead.file, {lead.name})) if lead.name else _whole(_parsed(lead.file))
    imported = _imported(code, lead.file, package, every_import)
    return (*imported, *(_Lead(file, None) for file in _named_data(code, lead.file)))


def _imported(code: _Running, file: Path, package: Path, every_import: bool) -> Iterator[_Lead]:
    """The modules that are imported and used, or with `every_import` all that are imported."""
    for node in code.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if every_import or (alias.asname or alias.name.split(".")[0]) in code.names:
                    yield from _lead(alias.name.split("."), (), package)
        elif isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            for alias in node.names:
                name = alias.asname or alias.name
                if every_import or name in code.names:
                    parts = [*_above(file, node.level, package), *module, alias.name]
                    yield from _lead(parts, code.attributes.get(name, ()), package)
        elif isinstance(node, ast.Call) and (written := _written_module(node)):
            module = written.lstrip(".").split(".")
            level = len(written) - len(written.lstrip("."))
            yield from _lead([*_above(file, level, package), *module], (), package)


def _written_module(call: ast.Call) -> str:
    """The module that a call of `import_module` names, if the name is written out there."""
    if not call.args or not ast.unparse(call.func).endswith("import_module"):
        return ""
    argument = call.args[0]
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def _above(file: Path, level: int, package: Path) -> list[str]:
    """The package that a relative import of a level starts from."""
    return [package.name, *file.parents[level - 1].relative_to(package).parts] if level else []


def _lead(parts: Sequence[str], attributes: Iterable[str], package: Path) -> list[_Lead]:
    """To a module, or to a name in one. The files of `stages` declare their jobs too: of them only
    the names count that are imported, or that stand behind the module's."""
    stages = package / "stages"
    if file := _file(parts, package):
        names = attributes if file.parent == stages else ()
        return [_Lead(file, name) for name in names] or [_Lead(file, None)]
    if file := _file(parts[:-1], package):
        return [_Lead(file, parts[-1] if file.parent == stages else None)]
    return []


def _file(module: Sequence[str], package: Path) -> Path | None:
    """The file of a module of this package, if it counts."""
    if len(module) < 2 or module[0] != package.name or _is_skipped(module[1:]):
        return None
    file = package.joinpath(*module[1:-1], f"{module[-1]}.py")
    return file if file.is_file() and file.name != "__init__.py" else None


def _is_skipped(module: Sequence[str]) -> bool:
    if module[0] == "runtime":
        return ".".join(module) != NUMERICS
    return any(".".join(module[: name.count(".") + 1]) == name for name in SKIPPED)


def _named_data(code: _Running, file: Path) -> Iterator[Path]:
    """The data files that a module names, itself or by their folder."""
    for text in sorted(code.texts):
        first, *others = text.split("/")
        if first not in _listed(file.parent) or ".." in others or first.startswith("."):
            continue
        place = file.parent / text
        if place.is_file() and place.suffix != ".py":
            yield place
        elif place.is_dir() and not any(place.glob("*.py")):
            yield from (path for path in place.rglob("*") if path.is_file())


@cache
def _listed(folder: Path) -> frozenset[str]:
    return frozenset(os.listdir(folder))


# ---- what counts of a stage's own file


def _used(file: Path, names: Set[str]) -> list[ast.stmt]:
    """The statements of a file that bind some of its names, with what these use of it, in their
    order. A statement that binds no name may do anything: it counts."""
    scopes = _scopes(file)
    statements = list(_statements(_parsed(file).body))
    binding: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        for name in _bound(statement):
            binding.setdefault(name, []).append(statement)
    if missing := names - binding.keys():
        raise LookupError(f"{file}: defines no {', '.join(sorted(missing))}")
    used = {statement for statement in statements if not _bound(statement)}
    waiting = [*used, *(statement for name in names for statement in binding[name])]
    while waiting:
        statement = waiting.pop()
        used.add(statement)
        for name in (_needed(statement, scopes) & binding.keys()) - DATA_CLASSES:
            waiting += [other for other in binding[name] if other not in used]
    return [statement for statement in statements if statement in used]


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement of a module binds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    return names


def _needed(statement: ast.stmt, scopes: Mapping[str, symtable.SymbolTable]) -> set[str]:
    """The names that a statement takes from its module."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return _Running([statement]).names
    outside = [*statement.decorator_list, *statement.args.defaults, *statement.args.kw_defaults]
    names = _Running([node for node in outside if node]).names
    tables = [scopes[statement.name]]
    while tables:
        table = tables.pop()
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        tables += table.get_children()
    return names


def _scopes(file: Path) -> dict[str, symtable.SymbolTable]:
    """Of the functions of a module which of their names are their own: a variable `settings` is
    not the function of that name."""
    table = symtable.symtable(file.read_text("utf-8"), str(file), "exec")
    return {child.get_name(): child for child in table.get_children()}


# ---- what of a module runs


class _Running:
    """What runs of some code.

    Attributes:
        nodes: of the syntax tree, in their order.
        names, texts: the names that it uses, the texts that it holds.
        attributes: what it takes of a name, as `read` in `files.read`.
        content: a text that is equal for equal code.
    """

    def __init__(self, code: Sequence[ast.AST]) -> None:
        self.nodes: list[ast.AST] = []
        self.names: set[str] = set()
        self.texts: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self._tokens: list[str] = []
        self._add(list(code), in_function=False)
        self.content = "".join(self._tokens)

    def _add(self, value: Any, in_function: bool) -> None:
        if isinstance(value, ast.AST):
            self._add_node(value, in_function)
        elif isinstance(value, list):
            self._tokens.append("[")
            for item in _statements(value):
                self._add(item, in_function)
            self._tokens.append("]")
        else:
            self._tokens.append(f"{value!r},")

    def _add_node(self, node: ast.AST, in_function: bool) -> None:
        self.nodes.append(node)
        if isinstance(node, ast.Name):
            self.names.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.texts.add(node.value)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            self.attributes.setdefault(node.value.id, set()).add(node.attr)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            in_function = True
        elif isinstance(node, ast.ClassDef):
            in_function = False  # a data class's annotations say what it is
        self._tokens.append(f"{type(node).__name__}(")
        for name in node._fields:
            value = getattr(node, name, None)
            if value is None or value == [] or name in ("ctx", "kind", "type_comment"):
                continue  # empty fields, which differ between versions of Python, and what follows
            if isinstance(node, ast.JoinedStr):  # 3.12.1 ends a nested format with an empty text
                value = [part for part in value if getattr(part, "value", None) != ""]
            if name != "returns" and not (name == "annotation" and in_function):
                self._tokens.append(f"{name}=")
                self._add(value, in_function)
        self._tokens.append(")")


def _statements(nodes: Sequence[Any]) -> Iterator[Any]:
    """Those that run: no text by itself, as a docstring is, and nothing for type checkers alone."""
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from _statements(node.orelse)
        else:
            yield node


def _parsed(file: Path) -> ast.Module:
    return _tree(file.read_bytes())


@cache
def _tree(text: bytes) -> ast.Module:
    return ast.parse(text)


@cache
def _whole(module: ast.Module) -> _Running:
    return _Running(module.body)


def _content(file: Path, names: Set[str]) -> str:
    """sha256 of a data file's bytes, or of what runs of a module: all, or what some names need."""
    if file.suffix != ".py":
        return hashlib.sha256(file.read_bytes()).hexdigest()
    running = _whole(_parsed(file)) if "*" in names else _Running(_used(file, names))
    return hashlib.sha256(running.content.encode()).hexdigest()
