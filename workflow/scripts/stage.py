"""What every rule runs: the stage that it names, on the files that it declares.

Snakemake puts the object `snakemake` before this text. What the job prints goes to its log.
"""

import os

from downscaling.runtime.plainly import shown_plainly

with shown_plainly():
    LOG = os.open(snakemake.log[0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)  # noqa: F821
os.dup2(LOG, 1)
os.dup2(LOG, 2)

from downscaling.runtime import numerics  # noqa: E402

job = snakemake  # noqa: F821
numerics.set_environment(job.params.settings, job.threads)

from downscaling.runtime.job import Task, perform  # noqa: E402

inputs, outputs = (
    {name: list(paths) for name, paths in files.items()} for files in (job.input, job.output)
)
(record,), (measurement,) = outputs.pop("record"), outputs.pop("measurement")
perform(
    Task(
        stage=job.params.stage,
        settings=job.params.settings,
        code=job.params.code,
        root=job.params.root,
        inputs=inputs,
        outputs=outputs,
        record=record,
        measurement=measurement,
        resources=dict(job.resources.items()),
        threads=job.threads,
        makers=job.params.makers,
        strict=bool(job.resources.get("strict")),
    )
)
