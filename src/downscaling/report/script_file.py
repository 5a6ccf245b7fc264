"""Values that a page opened from a disk can load.

Such a page may not fetch, but it may load scripts: each file calls `downscaling(name, values)` with
one JSON value.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..records.files import replacing


def write_script(path: Path, values: Any) -> None:
    """Write values as a script, under the name of its file, whole or not at all. ASCII alone: no
    character of a model's text can end a line or a string of it."""
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    with replacing(path) as temporary:
        temporary.write_text(f"downscaling({json.dumps(path.stem)},{text});\n", encoding="ascii")
