"""Python reads this before a program whose PYTHONPATH names this folder: CPU processes that work
together are taken for GPUs by accelerate, which shards on GPUs alone.

It changes accelerate when the program imports it, since a job must set its environment before.
"""

import importlib.util
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

CHANGED = "accelerate.state"


class _Pretence(MetaPathFinder):
    """Finds the changed module, once."""

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        if fullname != CHANGED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        assert spec is not None
        assert spec.loader is not None
        execute = spec.loader.exec_module

        def changed(module: ModuleType) -> None:
            execute(module)
            _pretend(module)

        spec.loader.exec_module = changed
        return spec


def _pretend(state: ModuleType) -> None:
    from accelerate.utils import DistributedType

    own = state.PartialState.__init__

    def pretending(self: object, *arguments: object, **named: object) -> None:
        own(self, *arguments, **named)
        self.distributed_type = DistributedType.MULTI_GPU

    state.PartialState.__init__ = pretending


if "LOCAL_RANK" in os.environ:
    sys.meta_path.insert(0, _Pretence())
