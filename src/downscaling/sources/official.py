"""What the paper's own repository holds as text: MMStar's focus phrases, and the perception prompt.

Layout: as the repository's, under lmms_eval_custom_files/mmstar/. Its Python files are read, never
run. Source: github.com/markendo/downscaling_intelligence.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

from ..records import Focus, RecordError

TASK = "lmms_eval_custom_files/mmstar"
PHRASES = f"{TASK}/question_specific_info_qwen3_8B.json"
PERCEPTION = f"{TASK}/stage_1_utils.py"


def focus(source: Path) -> list[Focus]:
    """The phrase of each question of MMStar, `mmstar-<index>`, by ascending index.

    Raises RecordError where the file is not an object from indices, as text, to phrases.
    """
    path = source / PHRASES
    try:
        held = json.loads(_text(path))
    except ValueError as error:
        raise RecordError(f"{path}: not JSON ({error})") from None
    if not isinstance(held, dict) or not held:
        raise RecordError(f"{path}: not an object from indices to phrases")
    for index, phrase in held.items():
        if not (index.isascii() and index.isdecimal()):
            raise RecordError(f"{path}: {index!r} is no index")
        if not isinstance(phrase, str) or not phrase.strip():
            raise RecordError(f"{path}: {index}: no phrase")
    return [Focus(f"mmstar-{index}", held[index].strip()) for index in sorted(held, key=int)]


def perception_prompt(source: Path) -> str:
    """The request for a description, to which the official task appends a phrase and a full stop.

    Raises RecordError where the file has no such text.
    """
    path = source / PERCEPTION
    for node in _parsed(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "prompt_prefix":
            return _joined(node.value, path)
    raise RecordError(f"{path}: assigns no prompt_prefix")


def _joined(node: ast.expr, path: Path) -> str:
    """The text of a literal, or of literals added together."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(node.left, path) + _joined(node.right, path)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise RecordError(f"{path}: prompt_prefix is more than a text")


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(_text(path))
    except (SyntaxError, ValueError) as error:
        raise RecordError(f"{path}: not Python ({error})") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise RecordError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: not UTF-8 text ({error})") from None
