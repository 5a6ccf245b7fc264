import json, time
from contextlib import contextmanager
from pathlib import Path
from ..records.files import replacing
@contextmanager
def recorded(task):
    added = {}
    since = time.monotonic()
    yield added
    with replacing(Path(task.record)) as t:
        t.write_text(json.dumps({"stage": task.stage, "settings": json.loads(task.settings), "seconds": time.monotonic()-since, "results": added, "inputs": task.inputs, "outputs": task.outputs}))
