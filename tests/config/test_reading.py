"""Files of a configuration that YAML, or Snakemake, would take without a word."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from downscaling.config.errors import ConfigError
from downscaling.config.reading import read

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(9 * [f'*{before}'])}]\n"
    for before, name in itertools.pairwise("abcdefg")
)
NESTED = {
    "yaml": "a: " + "[" * 5_000 + "]" * 5_000,
    "json": '{"a": ' + "[" * 200_000 + "]" * 200_000 + "}",
}
CHAIN = "\n".join(["a0: &a0 {}", *(f"a{n}: &a{n} {{b: *a{n - 1}}}" for n in range(1, 3_000))])

REFUSED: dict[str, tuple[bytes | str, str]] = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", "x.yaml, line 3: 'a' stands twice, first in line 1"),
    "a nested key twice": ("s:\n  b: 5\n  b: 6\n", "x.yaml, line 3: 'b' stands twice, first in"),
    "a key twice in a list's group": ("s: [{b: 5, b: 6}]", "x.yaml, line 1: 'b' stands twice"),
    "a key twice, once in quotes": ("b: 5\n'b': 6\n", "x.yaml, line 2: 'b' stands twice"),
    "a key twice in JSON": ('{"a": 1, "a": 2}', "x.yaml: 'a' stands twice; allowed: each key once"),
    "two merges": ("a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n", "x.yaml, line 4: '<<' stands twice"),
    "Latin-1": ("a: b\nc: café".encode("latin-1"), "x.yaml, line 2: not UTF-8 (byte 11); save"),
    "UTF-16": ("a: b".encode("utf-16"), "x.yaml, line 1: not UTF-8 (byte 0); save it as UTF-8"),
    "a list": ("- a\n- b\n", "x.yaml: holds no keys but \"['a', 'b']\"; allowed: keys with values"),
    "a text": ("smoke", "x.yaml: holds no keys but 'smoke'; allowed: keys with values"),
    "a number of JSON": ("NaN", "x.yaml: holds no keys but 'nan'; allowed: keys with values"),
    "nothing": ("", "x.yaml: holds nothing; allowed: keys with values"),
    "a comment alone": ("# later\n", "x.yaml: holds nothing; allowed: keys with values"),
    "two documents": ("a: 1\n---\nb: 2\n", "x.yaml, line 2: not YAML: but found another document"),
    "a tab": ("a:\n\tb: 1\n", "x.yaml, line 2: not YAML: found character '\\t' that cannot start"),
    "half a group": ("a: {b: 1", "x.yaml, line 1: not YAML: expected ',' or '}'"),
    "an alias of nothing": ("a: *b", "x.yaml, line 1: not YAML: found undefined alias 'b'"),
    "a tag that runs code": (
        "a: !!python/object/apply:os.system [touch pwned]",
        "x.yaml, line 1: not YAML: could not determine a constructor for the tag",
    ),
    "a template that runs code": ("__use_yte__: true\na: ?1+1\n", "x.yaml: __use_yte__ runs code"),
    "a control character": ("a: b\nc: \x01", "x.yaml, line 2: holds the character U+0001; allowed"),
    "a NUL": ("a: b\0", "x.yaml, line 1: holds the character U+0000; allowed: text without such"),
    "a key that is a number": ("1: a\n", "x.yaml, line 1: given '1' for a key; allowed: text, or"),
    "a key that is no": ("no: a\n", "x.yaml, line 1: given 'no' for a key; allowed: text, or put"),
    "a key that is a list": ("? [a]\n: b\n", "x.yaml, line 1: given a group for a key; allowed"),
    "octal": ("threads: 010\n", "x.yaml, line 1: 010 would be read as 8; write that, or put it in"),
    "base 60": ("a: 1:30\n", "x.yaml, line 1: 1:30 would be read as 90; write that, or put it in"),
    "no day": ("a: 2024-99-99\n", "x.yaml, line 1: '2024-99-99' is no value (month must be in"),
    "5,000 digits": ("a: " + "9" * 5_000, "x.yaml, line 1: '99999999999999999999' is no value"),
    "5,000 groups deep": (NESTED["yaml"], "x.yaml, line 1: more than 32 groups within groups"),
    "deeper in JSON": (NESTED["json"], "x.yaml: more than 32 groups within groups"),
    "aliases of aliases": (LAUGHS, "x.yaml, line 6: aliases stand for more than 100,000 values"),
    "a chain of aliases": (CHAIN, "more than 32 groups within groups"),
    "an alias of itself": ("a: &x {b: *x}", "x.yaml, line 1: an alias stands within what it stan"),
    "two megabytes": ("a: " + "b" * 2_000_000, "x.yaml: too large; allowed: 1,000,000 bytes"),
}


@pytest.mark.parametrize(("content", "line"), REFUSED.values(), ids=REFUSED)
def test_a_file_is_refused_in_one_line(content: bytes | str, line: str, tmp_path: Path) -> None:
    """Catches a value that silently wins over another, a traceback without a file's name, a file
    that takes minutes or all memory, and code in a configuration."""
    file = tmp_path / "x.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as refusal:
        read(file)
    assert line in str(refusal.value)
    assert str(refusal.value).startswith(str(file))
    assert "\n" not in str(refusal.value)


def itself(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path)


@pytest.mark.parametrize("make", [Path.exists, Path.mkdir, itself])
def test_what_is_no_file_is_refused_in_one_line(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    """Catches a traceback of the operating system's: nothing there, a folder, a link to itself."""
    make(tmp_path / "x.yaml")
    with pytest.raises(
        ConfigError, match=r"x\.yaml: (no such file; check the name|not a readable file \()"
    ):
        read(tmp_path / "x.yaml")


SOUND = {
    "anchors": ("a: &a {b: 1}\nc: *a\n", {"a": {"b": 1}, "c": {"b": 1}}),
    "a merge": ("a: &a {b: 1}\nc: {<<: *a, b: 2}\n", {"a": {"b": 1}, "c": {"b": 2}}),
    "JSON": ('{\n\t"a": 1e-3\n}', {"a": 0.001}),
    "a byte-order mark": ("\ufeffa: 1\n", {"a": 1}),
    "Windows newlines": ("a: 1\r\nb: [x,\r\n  y]\r\n", {"a": 1, "b": ["x", "y"]}),
    "digits in groups": ("a: 1_000\n", {"a": 1000}),
    "octal in quotes": ("a: '010'\n", {"a": "010"}),
    "letters beyond ASCII": ("a: Größe 漢字\n", {"a": "Größe 漢字"}),
}


@pytest.mark.parametrize(("content", "values"), SOUND.values(), ids=SOUND)
def test_what_is_unusual_and_sound_is_read(content: str, values: object, tmp_path: Path) -> None:
    """Catches a check that refuses what YAML, an editor or a program rightly writes."""
    (tmp_path / "x.yaml").write_text(content, encoding="utf-8", newline="")
    assert read(tmp_path / "x.yaml") == values


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
KEYS = st.text(CHARACTERS, min_size=1, max_size=9)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | KEYS
PARTS = st.recursive(
    LEAVES, lambda part: st.lists(part) | st.dictionaries(KEYS, part), max_leaves=9
)
ENCODED = st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))


@given(st.dictionaries(KEYS, PARTS))
def test_what_yaml_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, values: object
) -> None:
    """Catches a strictness that changes a value, or refuses a file that means one thing."""
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    assert read(file) == values


@given(st.binary(max_size=200) | ENCODED)
def test_any_bytes_are_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Catches a file for which the reader has no line."""
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    with contextlib.suppress(ConfigError):
        assert isinstance(read(file), dict)
