"""Snakemake, imported once and run in a child of its own for each list of arguments of standard
input: of a dry run's seven seconds, imports, digests of code and their upkeep take five."""

from __future__ import annotations

import gc
import json
import os
import sys

from snakemake.cli import get_argument_parser, main

from downscaling.stages.graph import all_jobs, code
from running import studied

if __name__ == "__main__":
    study = studied([])
    for job in all_jobs(study):
        code(study, job.stage, job.key)  # which keeps the digest
    get_argument_parser()  # which loads the plugins
    gc.disable()  # or each child looks through all that came with it
    for arguments, out in json.load(sys.stdin):
        child = os.fork()
        if not child:
            file = os.open(out, os.O_WRONLY | os.O_CREAT)
            os.dup2(file, 1), os.dup2(file, 2)
            sys.exit(main(arguments))  # the child ends here, with what it says on the way out
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
