"""Python reads this before a program whose PYTHONPATH names this folder: CPU processes that work
together are taken for GPUs by accelerate, which shards on GPUs alone."""

import os

if "LOCAL_RANK" in os.environ:
    from accelerate.state import PartialState
    from accelerate.utils import DistributedType

    _init = PartialState.__init__

    def _pretending(self: PartialState, *arguments: object, **named: object) -> None:
        _init(self, *arguments, **named)
        self.distributed_type = DistributedType.MULTI_GPU

    PartialState.__init__ = _pretending
