"""What passes between rooms: samples, questions, facts, focus phrases, descriptions, answers and
scores.

Every record is a frozen dataclass; a table of them is one parquet file. This module is the
only place that reads or writes those files, so a column is named once.
"""

from __future__ import annotations

import dataclasses
import glob
import hashlib
import json
import os
import shutil
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import DiskError, UserError, disk_error, how_to_get, naming


class RecordError(UserError):
    """A file does not hold the records it should; the message is one line a user can act on."""


class NoFileError(RecordError):
    """There is no file at a path where records should be.

    path: it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no such file; {how_to_get(path)}")
        self.path = path


def write(path: Path, records: Iterable[typing.Any], kind: type) -> None:
    """Write records of one kind to a parquet file, whole or not at all.

    The bytes depend on the records alone: no timestamps, fixed compression and row order as given.
    """
    rows = [dataclasses.asdict(record) for record in records]
    names = [field.name for field in dataclasses.fields(kind)]
    columns = {name: [row[name] for row in rows] for name in names}
    schema = schema_of(kind)
    table = pa.table({n: pa.array(columns[n], schema.field(n).type) for n in names}, schema=schema)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read(path: Path, kind: type) -> list[typing.Any]:
    """Read the records of one kind from a parquet file. Columns are taken by their names, others
    passed over.

    Raises RecordError when the file is missing or unreadable, lacks a column, or has a value that
    does not convert without loss or is null where the kind has no None.
    """
    path = Path(path)
    check(path, kind)
    try:
        # Checksums of pages, where another writer gave them. Our own files have none: a job holds
        # what it reads against the digest that its maker wrote down, which no flipped bit passes.
        names = schema_of(kind).names
        table = pq.read_table(path, columns=names, page_checksum_verification=True)
        rows = _cast(table, kind, path).to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise damaged(path, error) from None
    return list(map(_builder(kind), rows))


def check(path: Path, kind: type) -> None:
    """Raise RecordError for a file that is missing or unreadable, lacks a column of a kind, or has
    one of a type that does not convert to it. Values are not read.

    pandas, polars and others write several of Arrow's types of text and numbers for one of ours.
    """
    if not path.exists():
        raise NoFileError(path)
    try:
        schema = pq.read_schema(path)
        held = schema.names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise damaged(path, error) from None
    expected = schema_of(kind)
    amiss = [name for name in expected.names if held.count(name) != 1]
    if amiss:
        raise RecordError(
            f"{path}: lacks or repeats the columns {', '.join(amiss)}; those of "
            f"{kind.__name__} are {', '.join(expected.names)}"
        )
    for field in expected:
        given = schema.field(field.name).type
        if not _converts(given, field.type):
            raise RecordError(f"{path}: column {field.name} is {given}, must be {field.type}")


def damaged(path: Path, error: BaseException) -> RecordError | DiskError:
    """What to say of a file that cannot be read: that it is damaged, unless the disk failed."""
    if failed := disk_error(error, path):
        return failed
    reason = " ".join(str(error).split())[:200]
    return RecordError(
        f"{path}: not a readable parquet file ({reason}); delete it and make it again"
    )


def _converts(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a column's type may become another without loss: text stays text, a number a number.
    Whether each value does shows when it is cast."""
    is_a = pa.types
    if is_a.is_dictionary(given):
        return _converts(given.value_type, wanted)
    if is_a.is_string(wanted):
        texts = (is_a.is_string, is_a.is_large_string, is_a.is_string_view, is_a.is_null)
        return any(is_of(given) for is_of in texts)
    if is_a.is_integer(wanted) or is_a.is_floating(wanted):
        numbers = (is_a.is_integer, is_a.is_floating, is_a.is_decimal, is_a.is_null)
        return any(is_of(given) for is_of in numbers)
    if is_a.is_struct(wanted):
        return is_a.is_struct(given) and all(
            given.get_field_index(field.name) >= 0
            and _converts(given.field(field.name).type, field.type)
            for field in wanted
        )
    if is_a.is_list(wanted):
        lists = (is_a.is_list, is_a.is_large_list, is_a.is_list_view, is_a.is_large_list_view)
        return any(is_of(given) for is_of in lists) and _converts(
            given.value_type, wanted.value_type
        )
    return given in (wanted, pa.null())


def _cast(table: pa.Table, kind: type, path: Path) -> pa.Table:
    """A table with the types of a kind's columns. Raises RecordError for a value that does not
    convert without loss, and for a null, unless the kind says `... | None`."""
    schema, columns = schema_of(kind), []
    for name, hint in typing.get_type_hints(kind).items():
        column = table[name]
        if column.null_count and not isinstance(hint, types.UnionType):
            row = pc.index(column.is_null(), True).as_py()
            raise RecordError(f"{path}, row {row}: column {name} is null; give every row a value")
        try:
            columns.append(column.cast(schema.field(name).type))
        except pa.ArrowInvalid as error:
            raise RecordError(
                f"{path}: column {name} does not convert to {schema.field(name).type} ({error})"
            ) from None
    return pa.table(columns, schema=schema)


def schema_of(kind: type) -> pa.Schema:
    """The columns of a kind of records."""
    hints = typing.get_type_hints(kind)
    return pa.schema([(f.name, _arrow(hints[f.name])) for f in dataclasses.fields(kind)])


def _arrow(hint: typing.Any) -> pa.DataType:
    if dataclasses.is_dataclass(hint):
        return pa.struct([(f.name, f.type) for f in schema_of(typing.cast(type, hint))])
    if typing.get_origin(hint) is tuple:
        return pa.list_(_arrow(typing.get_args(hint)[0]))
    if isinstance(hint, types.UnionType):
        return _arrow(typing.get_args(hint)[0])  # `... | None`: every column may hold nulls
    return {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}[hint]


def _builder(kind: type) -> Callable[[dict[str, typing.Any]], typing.Any]:
    """A function from a parquet row to a record. Type hints are looked up once, not once a row."""
    hints = typing.get_type_hints(kind)
    lists: dict[str, Callable[[typing.Any], typing.Any] | None] = {}
    for name, hint in hints.items():
        if typing.get_origin(hint) is tuple:
            inner = typing.get_args(hint)[0]
            nested = dataclasses.is_dataclass(inner)
            lists[name] = _builder(typing.cast(type, inner)) if nested else None

    def build(row: dict[str, typing.Any]) -> typing.Any:
        for name, make in lists.items():
            row[name] = tuple(map(make, row[name]) if make else row[name])
        return kind(**row)

    return build


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary sibling of `path` to write to; rename it into place if the block ends well.

    Works for a file and for a folder (the block makes whichever it wants). On an error the
    temporary is removed and whatever stood at `path` stays. An error names `path`, for the
    temporary's name means nothing to a user.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part-{os.getpid()}")
    _remove(temporary)
    try:
        with naming(path):
            yield temporary
        if temporary.is_dir():
            _remove(path)
        os.replace(temporary, path)
    except OSError as error:
        named = Path(error.filename) if isinstance(error.filename, str) else path
        if named.is_relative_to(temporary):
            error.filename, error.filename2 = str(path / named.relative_to(temporary)), None
        raise
    finally:
        _remove(temporary)


def remove_unfinished(path: Path) -> None:
    """Remove what processes that were killed while `replacing` left beside `path`. Only who alone
    may write it calls this."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.part-*"):
        _remove(part)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """sha256 of a file's bytes, or of a folder's relative names and bytes in sorted order."""
    path = Path(path)
    if not path.is_dir():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    total = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        total.update(f"{file.relative_to(path).as_posix()}\0{digest(file)}\n".encode())
    return total.hexdigest()


def seed_of(*parts: object) -> int:
    """A seed (63 bits) that depends on the parts alone, so no draw depends on order or batch."""
    text = json.dumps([str(part) for part in parts])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
