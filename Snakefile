# The study as one directed graph. `snakemake --cores all` makes every figure, table and score of the
# miniature; `--configfile presets/<name>.yaml` makes those of another preset.

import importlib
import os
import re
import shlex
import string
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

HOME = Path(workflow.basedir)
if set("{}") & set(str(HOME)):
    sys.exit(f"{HOME}: Snakemake takes braces in a path for names; move the repository elsewhere")
# Snakemake hands it to a shell as it is.
sys.executable = shlex.quote(sys.executable)
sys.path.insert(0, str(HOME / "src"))

from downscaling.config.block import as_json
from downscaling.errors import UserError
from downscaling.runtime import devices, slurm
from downscaling.runtime.job import job_environment
from downscaling.runtime.numerics import check_processor
from downscaling.runtime.one_writer import one_run
from downscaling.runtime.plainly import check_place
from downscaling.stages import backbone, draw, fetch, prepare, teaching
from downscaling.stages.graph import code, job_name, jobs, made_by
from downscaling.stages.stage import declared, folders
from downscaling.study import attempts
from downscaling.study.asked import asked
from downscaling.study.load import load
from downscaling.study.replaced import replaced


configfile: str(HOME / "config.yaml")


try:
    STUDY = load(config, HOME, map(Path, workflow.configfiles))
    fetch.check_lock(STUDY)
    check_processor(STUDY.configuration.numerics)
    for place in (STUDY.paths.root, ".snakemake"):
        check_place(Path(place))
except UserError as error:
    sys.exit(str(error))

# Jobs run the clone's own code, installed or not.
os.environ.update(job_environment(HOME / "src", os.environ))


include: "workflow/rules/common.smk"
include: "workflow/rules/sources.smk"
include: "workflow/rules/backbones.smk"
include: "workflow/rules/tuning.smk"


if STUDY.data.is_taught:

    include: "workflow/rules/extraction.smk"


include: "workflow/rules/decoupled.smk"
include: "workflow/rules/end_to_end.smk"
include: "workflow/rules/external.smk"
include: "workflow/rules/scores.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/audit.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/start.smk"


onstart:
    try:
        killed = one_run(Path(STUDY.paths.run_lock()))
        check_start()
    except UserError as error:
        sys.exit(str(error))
    if killed:
        print(f"{killed} was killed while it ran this; going on from there", file=sys.stderr)
    notes = [replaced(STUDY.configuration, STUDY.paths)]
    for line in filter(None, [*notes, *STUDY.left_out(), *draw.left_out(STUDY)]):
        print(line, file=sys.stderr)


rule all:
    default_target: True
    input:
        rules.scores.input,
        rules.figures.input,
        rules.audit.input,
        rules.report.output,
        rules.costs.output,
        rules.crate.output,
    message:
        "the study is complete"
