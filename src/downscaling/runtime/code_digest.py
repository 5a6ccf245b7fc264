"""Which code a stage's result depends on, as one digest.

The digest is a parameter of every rule, so that edited code makes its results anew and only those,
by content and wherever the clone lies. It covers the stage's function `run` with what this uses of
its file, the modules that these import, the modules that those import, and the data files that
these name. Modules count, not packages: a package's `__init__` holds a docstring.

Comments, docstrings and layout do not count. Neither do the modules in `SKIPPED`.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
SKIPPED = (
    "config",  # data classes: their values reach a job as settings
    *(f"catalogue.{name}" for name in ("benchmarks", "datasets", "weights", "sources")),  # the same
    *(f"catalogue.{name}" for name in ("entries", "readers")),  # the same
    "errors",  # what is said, not what is made
    "stages.stage",  # what stages are made of
    "study",  # names paths and jobs: they reach a job as inputs, outputs and settings
)
NUMERICS = "runtime.numerics"
"""Of `runtime`, which says how a job is run, watched and recorded, what decides numbers: it counts
for every stage."""
DATA_CLASSES = ("Settings", "Inputs", "Outputs")


def digest(stage: str, chosen: Sequence[str] = (), package: Path = PACKAGE) -> str:
    """12 hexadecimal digits that change when code behind a stage changes.

    Args:
        stage: the name of a module of `stages`.
        chosen: modules that the stage's settings choose by name, such as downscaling.prompts.own.
        package: the folder of the package.
    """
    return _digest(stage, tuple(chosen), package)


def modules(stage: str, chosen: Sequence[str] = (), package: Path = PACKAGE) -> list[Path]:
    """The files that count for a stage beside its own, in sorted order."""
    return sorted(_closure(stage, tuple(chosen), package))


def uncounted(
    stage: str, chosen: Sequence[str], imported: Iterable[str], package: Path = PACKAGE
) -> list[str]:
    """Of the modules that a job of a stage imported, those that its digest leaves out and should
    not."""
    counted = {_dotted(file, package) for file in _closure(stage, tuple(chosen), package)}
    counted.add(f"{package.name}.stages.{stage}")
    return sorted(
        name
        for name in imported
        if name.startswith(f"{package.name}.")
        and name not in counted
        and not _is_skipped(name.split(".")[1:])
        and _file(name.split("."), package) is not None
    )


@cache
def _digest(stage: str, chosen: tuple[str, ...], package: Path) -> str:
    own = [_shape(node) for node in _used_by_run(package / "stages" / f"{stage}.py")]
    total = hashlib.sha256(json.dumps(own).encode())
    for file in sorted(_closure(stage, chosen, package)):
        total.update(f"{file.relative_to(package).as_posix()} {_content(file)}\n".encode())
    return total.hexdigest()[:12]


@cache
def _closure(stage: str, chosen: tuple[str, ...], package: Path) -> frozenset[Path]:
    own = package / "stages" / f"{stage}.py"
    waiting = [file for node in _used_by_run(own) for file in _imported(node, own, package)]
    waiting += [
        file
        for name in (f"{package.name}.{NUMERICS}", *chosen)
        if (file := _file(name.split("."), package))
    ]
    files: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file not in files:
            files.add(file)
            waiting += _follow(file, package)
    return frozenset(files)


@cache
def _follow(file: Path, package: Path) -> tuple[Path, ...]:
    """What a file leads to: of a module what it imports, and the data files that it names."""
    if file.suffix != ".py":
        return ()
    tree = _parsed(file)
    return (*_imported(tree, file, package), *_named_data(tree, file))


# ---- the stage's own file


def _used_by_run(file: Path) -> list[ast.stmt]:
    """The function `run` of a stage and what it uses of its file, in their order."""
    defined = {name: node for node in _parsed(file).body for name in _bound(node)}
    found: set[ast.stmt] = set()
    waiting = [defined["run"]]
    while waiting:
        node = waiting.pop()
        found.add(node)
        names = (_used(node) & defined.keys()) - {*DATA_CLASSES}
        waiting += [defined[name] for name in names if defined[name] not in found]
    return [node for node in dict.fromkeys(defined.values()) if node in found]


def _used(node: ast.stmt) -> set[str]:
    """The names that a statement takes from outside itself; annotations are none."""
    names = [part for part in ast.walk(_without_annotations(node)) if isinstance(part, ast.Name)]
    inside = {part.id for part in names if isinstance(part.ctx, ast.Store)}
    inside |= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return {part.id for part in names} - inside


def _without_annotations(node: ast.stmt) -> ast.AST:
    class Remover(ast.NodeTransformer):
        def visit_arg(self, node: ast.arg) -> ast.arg:
            node.annotation = None
            return node

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            node.returns = None
            return self.generic_visit(node)

    bare: ast.AST = Remover().visit(ast.parse(ast.unparse(node)))
    return bare


def _bound(node: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    if isinstance(node, ast.AnnAssign):
        return [node.target.id] if isinstance(node.target, ast.Name) else []
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


# ---- imports


def _imported(tree: ast.AST, file: Path, package: Path) -> list[Path]:
    """The modules of this package that the imports under a node lead to."""
    found: list[Path | None] = []
    for node in _running(tree):
        if isinstance(node, ast.Import):
            found += [_file(alias.name.split("."), package) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start: list[str] = []
            if node.level:
                above = file.parents[node.level - 1].relative_to(package).parts
                start = [package.name, *above]
            module = [*start, *(node.module or "").split(".")] if node.module else start
            for alias in node.names:
                found.append(_file([*module, alias.name], package) or _file(module, package))
    return [path for path in found if path is not None]


def _running(tree: ast.AST) -> Iterable[ast.AST]:
    """Every node that runs: not what stands under `if TYPE_CHECKING`."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _file(module: Sequence[str], package: Path) -> Path | None:
    """The file of a module of this package that counts."""
    if module[0] != package.name or len(module) < 2 or _is_skipped(module[1:]):
        return None
    # A name with a dot, such as a data file's, is no module.
    file = package.joinpath(*module[1:-1], f"{module[-1]}.py")
    return file if file.is_file() else None


def _is_skipped(module: Sequence[str]) -> bool:
    if module[0] == "runtime":
        return ".".join(module) != NUMERICS
    return any(".".join(module[: name.count(".") + 1]) == name for name in SKIPPED)


def _dotted(file: Path, package: Path) -> str:
    return ".".join([package.name, *file.relative_to(package).with_suffix("").parts])


# ---- data files and content


def _named_data(tree: ast.AST, file: Path) -> list[Path]:
    """The files and folders of data that a module names: a text in it that is the name of one in
    the module's own folder."""
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    found: list[Path] = []
    for text in sorted(texts):
        place = file.parent / text if text and len(text) < 100 and text[0] not in "./" else None
        if place is None or "\0" in text or ".." in text or "\n" in text:
            continue
        if place.is_file() and place.suffix != ".py":
            found.append(place)
        elif place.is_dir() and not (place / "__init__.py").exists():
            found += sorted(p for p in place.rglob("*") if p.is_file() and p.suffix != ".pyc")
    return found


def _parsed(file: Path) -> ast.Module:
    return _tree(file.read_bytes())


def _content(file: Path) -> str:
    text = file.read_bytes()
    return _meaning(text) if file.suffix == ".py" else hashlib.sha256(text).hexdigest()


@cache
def _tree(text: bytes) -> ast.Module:
    return ast.parse(text)


@cache
def _meaning(text: bytes) -> str:
    """sha256 of code, whatever its comments, docstrings and layout."""
    return hashlib.sha256(json.dumps(_shape(_tree(text))).encode()).hexdigest()


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
