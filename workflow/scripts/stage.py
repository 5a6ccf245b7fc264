"""What every rule runs: the stage that it names, on the files that it declares.

Snakemake puts the object `snakemake` before this text. What the job prints goes to its log.
"""

import os
from pathlib import Path

LOG = os.open(snakemake.log[0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)  # noqa: F821
os.dup2(LOG, 1)
os.dup2(LOG, 2)

from downscaling.runtime import numerics  # noqa: E402

job = snakemake  # noqa: F821
numerics.set_environment(job.params.settings, job.threads)

from downscaling.runtime.job import Task, perform  # noqa: E402


def by_name(files):
    """The files of a rule, by the names under which it declares them."""
    return {
        name: [value] if isinstance(value, str | Path) else list(value)
        for name, value in files.items()
    }


outputs = by_name(job.output)
(record,) = outputs.pop("record")
perform(
    Task(
        stage=job.params.stage,
        settings=job.params.settings,
        code=job.params.code,
        root=job.params.root,
        inputs=by_name(job.input),
        outputs=outputs,
        record=record,
        resources=dict(job.resources.items()),
        threads=job.threads,
    )
)
