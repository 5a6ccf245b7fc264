# The study as one directed graph. `snakemake --cores all` makes every figure, table and score of the
# miniature; `--configfile presets/<name>.yaml` makes those of another preset.

import os
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

HOME = Path(workflow.basedir)
sys.path.insert(0, str(HOME / "src"))

from downscaling import given, lineage, study


configfile: str(HOME / "config.yaml")


try:
    STUDY = study.load(config, HOME)
except study.ConfigError as error:
    sys.exit(str(error))


include: "workflow/rules/common.smk"
include: "workflow/rules/sources.smk"
include: "workflow/rules/backbones.smk"
include: "workflow/rules/tuning.smk"


if STUDY.is_taught:

    include: "workflow/rules/extraction.smk"


include: "workflow/rules/decoupled.smk"
include: "workflow/rules/end_to_end.smk"
include: "workflow/rules/external.smk"
include: "workflow/rules/scores.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/audit.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        rules.scores.input,
        rules.figures.input,
        rules.audit.input,
        rules.report.output,
        rules.crate.output,
    message:
        "the study is complete"
