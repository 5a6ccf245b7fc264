"""What the paper's own repository holds as text: MMStar's focus phrases, the prompts of perception
and reasoning modules and of the teacher, and the tokens that thinking may not use.

Layout: as the repository's. Its Python files are read, never run.
Source: github.com/markendo/downscaling_intelligence.
"""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..records.files import RecordError
from ..records.rows import Focus, Question

TASK = "lmms_eval_custom_files/mmstar"
PHRASES = f"{TASK}/question_specific_info_qwen3_8B.json"
PERCEPTION = f"{TASK}/stage_1_utils.py"
REASONING = "lmms_eval_custom_files/qwen3.py"
BUILDER, ROLE, CLOSING = "build_prism_stage_2_prompt", "role", "post_prompt"
REFLEXIVE = "reflexive_token_ids"
TEACHING = "visual_extraction_tuning_pipeline.py"
STATER, STATING = "build_qa_statement_prompt", "task_prompt"
DEPICTER, DEPICTING = "main", "prompt"
SEVERAL = "len(conversations) != 2"  # more than one question and its answer
PAIR = {
    "int(i / 2) + 1": "number",
    "conversations[i]['value']": "question",
    "conversations[i + 1]['value']": "answer",
}
COUNT = {"int(len(conversations) / 2)": "count"}
STATEMENTS = {"statements": "statements"}
"""What the teacher's prompts hold besides their text, in the words of its code, and its name here.
"""


@dataclasses.dataclass(frozen=True)
class Teaching:
    """The wording of the teacher's two steps. In braces: pairs, several (state); number, question,
    answer (pair); count (several); statements (depict).

    pair: one question with its answer. several: what is said where there are more of them.
    """

    state: str
    pair: str
    several: str
    depict: str


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


def focus_of(source: Path, questions: Sequence[Question]) -> list[Focus]:
    """The published phrase of each of these questions of MMStar. Raises RecordError for one that
    has none."""
    held = {entry.question: entry for entry in focus(source)}
    lacking = [q.id for q in questions if q.id not in held]
    if lacking:
        raise RecordError(
            f"{source / PHRASES}: no phrase for {lacking[0]} ({len(lacking)} of {len(questions)}); "
            "it holds those of MMStar's questions"
        )
    return [held[question.id] for question in questions]


def perception_prompt(source: Path) -> str:
    """The request for a description, to which the official task appends a phrase and a full stop.

    Raises RecordError where the file has no such text.
    """
    path = source / PERCEPTION
    return _only(_assigned(_parsed(path), "prompt_prefix", path), "prompt_prefix", path)


def reasoning_prompts(source: Path) -> tuple[str, str, str]:
    """The reasoning module's role, and how its prompt closes without thinking and with it.

    The official function closes first without thinking, in the order of its text. Raises
    RecordError where it is not of that form.
    """
    path = source / REASONING
    builder = _function(_parsed(path), BUILDER, path)
    closings = [
        _only(_assigned(branch, CLOSING, path), CLOSING, path)
        for branch in _branches(builder, path)
    ]
    return _only(_assigned(builder, ROLE, path), ROLE, path), closings[0], closings[1]


def reflexive_ids(source: Path) -> list[int]:
    """The tokens that the paper's reasoning modules may not use when they think, numbers of Qwen3's
    vocabulary. Raises RecordError where the file has no such list."""
    path = source / REASONING
    lists = [
        node.value
        for node in _parsed(path).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == REFLEXIVE
    ]
    if len(lists) != 1:
        raise RecordError(f"{path}: assigns {REFLEXIVE} {len(lists)} times, must be once")
    try:
        ids = ast.literal_eval(lists[0])
    except (ValueError, TypeError):
        ids = None
    if not (isinstance(ids, list) and ids and all(type(i) is int and i >= 0 for i in ids)):
        raise RecordError(f"{path}: {REFLEXIVE} is no list of numbers of tokens")
    return ids


def teacher_prompts(source: Path) -> Teaching:
    """The prompts of the teacher's two steps.

    The first is put together by a function: an opening, a loop over the pairs, what is said where
    there are several, a closing. The second, by the main function. Raises RecordError where one is
    not of that form.
    """
    path = source / TEACHING
    tree = _parsed(path)
    state, parts = "", {"pairs": "", "several": ""}
    for node in _function(tree, STATER, path).body:
        if isinstance(node, ast.For):
            state += "{pairs}"
            parts["pairs"] += _written(node.body, STATING, PAIR, path)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == SEVERAL:
            state += "{several}"
            parts["several"] += _written(node.body, STATING, COUNT, path)
        else:
            state += _written([node], STATING, {}, path)
    depict = _written(ast.walk(_function(tree, DEPICTER, path)), DEPICTING, STATEMENTS, path)
    for form, wanted in ((state, ("{pairs}", "{several}")), (depict, ("{statements}",))):
        for field in wanted:
            if form.count(field) != 1:
                raise RecordError(f"{path}: a prompt has {field} {form.count(field)} times")
    return Teaching(state, parts["pairs"], parts["several"], depict)


def _function(tree: ast.Module, name: str, path: Path) -> ast.FunctionDef:
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    if len(found) != 1:
        raise RecordError(f"{path}: holds {len(found)} functions {name}, must be one")
    return found[0]


def _written(nodes: Iterable[ast.AST], name: str, fields: Mapping[str, str], path: Path) -> str:
    """The template of what is assigned and added to a name by these statements, in their order."""
    return "".join(
        _template(node.value, name, fields, path)
        for node in nodes
        if (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name)
        or (isinstance(node, ast.AugAssign) and ast.unparse(node.target) == name)
    )


def _template(node: ast.expr, name: str, fields: Mapping[str, str], path: Path) -> str:
    """The template of a text, or of an expression that is known by its words."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(part, name, fields, path) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _template(node.value, name, fields, path)
    if (code := ast.unparse(node)) in fields:
        return "{" + fields[code] + "}"
    return literal(_joined(node, name, path))


def _branches(builder: ast.FunctionDef, path: Path) -> tuple[ast.Module, ast.Module]:
    """What the function does without thinking, and with it."""
    for node in builder.body:
        if isinstance(node, ast.If) and "enable_thinking" in ast.unparse(node.test):
            if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not):
                return ast.Module(node.body, []), ast.Module(node.orelse, [])
            return ast.Module(node.orelse, []), ast.Module(node.body, [])
    raise RecordError(f"{path}: {BUILDER} does not ask for enable_thinking")


def _assigned(tree: ast.AST, name: str, path: Path) -> list[str]:
    """The texts that are assigned to a name under a node."""
    return [
        _joined(node.value, name, path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]


def _only(texts: list[str], name: str, path: Path) -> str:
    if len(texts) != 1:
        raise RecordError(f"{path}: assigns {name} {len(texts)} times, must be once")
    return texts[0]


def _joined(node: ast.expr, name: str, path: Path) -> str:
    """The text of a literal, or of literals added together."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(node.left, name, path) + _joined(node.right, name, path)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise RecordError(f"{path}: {name} is more than a text")


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


def literal(text: str) -> str:
    """A text as a template that stands for it."""
    return text.replace("{", "{{").replace("}", "}}")
