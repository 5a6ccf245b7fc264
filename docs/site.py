"""What mkdocs needs to make a site of this repository's pages as they stand.

The README, the guides beside it, and files that pages link to lie outside `docs/`; the pages of
reference are made of the configuration's schema and of the command line. All of them become files
of the site here, and links follow.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

HOME = Path(__file__).resolve().parents[1]
BESIDE = {"README.md": "index.md"} | {
    n: n for n in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
}
"""Pages beside `docs/`, by their names in the site."""
COPIED = "files/"
"""Where the site holds files that a page links to."""
_EXAMPLE = re.compile(r"Example: (.*)")
_LINK = re.compile(r"(\]\()([^)\s#:]+)((?:#[^)\s]*)?\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside `docs/`, and the pages of reference."""
    for name, shown in BESIDE.items():
        files.append(File.generated(config, shown, content=(HOME / name).read_text("utf-8")))
    files.append(File.generated(config, "configuration.md", content=_configuration()))
    files.append(File.generated(config, "commands.md", content=_commands()))
    pages = [*HOME.glob("docs/*.md"), *(HOME / name for name in BESIDE)]
    linked = {target for page in pages for target in _outside(page)}
    for target in sorted(linked):
        source = str(HOME / target)
        files.append(File.generated(config, f"{COPIED}{target}", abs_src_path=source))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links lead where their targets lie in the site; a link to a folder becomes its text."""
    places = {shown: name for name, shown in BESIDE.items()}
    page_folder = posixpath.dirname(places.get(page.file.src_uri, f"docs/{page.file.src_uri}"))

    def placed(match: re.Match[str]) -> str:
        target = _resolved(page_folder, match[2])
        if target in BESIDE:
            shown = BESIDE[target]
        elif target.startswith("docs/"):
            shown = target.removeprefix("docs/")
        elif (HOME / target).is_dir():
            return f"](#{match[3].removeprefix('#')}" if match[3] != ")" else "](#)"
        else:
            shown = f"{COPIED}{target}"
        return f"{match[1]}{shown}{match[3]}"

    return _LINK.sub(placed, markdown)


def _outside(page: Path) -> Iterator[str]:
    """The files outside `docs/` that a page links to, from the repository's root."""
    folder = page.parent.relative_to(HOME).as_posix()
    for match in _LINK.finditer(page.read_text("utf-8")):
        target = _resolved("" if folder == "." else folder, match[2])
        if (HOME / target).is_file() and target not in BESIDE and not target.startswith("docs/"):
            yield target


def _resolved(folder: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(folder, link))


def _commands() -> str:
    """The command line, as typer tells of it."""
    import typer.cli
    import typer.main

    from downscaling.cli import app

    command: Any = typer.main.get_command(app)
    for verb in command.commands.values():
        # Typer cuts a summary that it makes itself.
        verb.short_help = _first_sentence(verb.help)
        verb.epilog = _EXAMPLE.sub(r"Example: `\1`", verb.epilog)
    context = command.context_class(command, info_name="downscaling")
    text = typer.cli.get_docs_for_click(obj=command, ctx=context, name="downscaling")
    return text.replace("# `downscaling`", "# Commands", 1)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]


def _configuration() -> str:
    """Every key of the configuration, as the schema holds it."""
    schema = json.loads((HOME / "config.schema.json").read_text("utf-8"))
    groups = {"": schema, **schema["$defs"]}
    lines = [
        "# Configuration",
        "",
        "Every key that [`config.yaml`](../config.yaml) and an overlay may hold.",
    ]
    for name, group in groups.items():
        if "properties" not in group:
            continue
        lines += ["", f"## {name or 'Top level'}", "", _words(group.get("description", ""))]
        lines += ["", "| key | value | what it says |", "|---|---|---|"]
        for key, told in group["properties"].items():
            lines.append(f"| `{key}` | {_kind(told)} | {_words(told.get('description', ''))} |")
    return "\n".join(lines) + "\n"


def _kind(told: dict[str, Any]) -> str:
    """The type of a key in words, with its bounds; groups link to their own table."""
    if "$ref" in told:
        name = told["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in told:
            return " or ".join(map(_kind, told[several]))
    if "enum" in told:
        return ", ".join(f"`{value}`" for value in told["enum"])
    if "const" in told:
        return f"`{told['const']}`"
    kind = str(told.get("type", "value"))
    if kind == "array":
        return f"list of {_kind(told.get('items', {}))}"
    if kind == "object" and isinstance(told.get("additionalProperties"), dict):
        return f"map to {_kind(told['additionalProperties'])}"
    names = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {told[name]}" for name, sign in names.items() if name in told]
    return " ".join([kind, *bounds])


def _words(text: str) -> str:
    escaped = html.escape(" ".join(text.split()), quote=False)
    return escaped.replace("|", "\\|")
