# The last jobs: one page of what was found, with the samples behind it, and the crate of all that was made.

REPORT = Jobs("report")
CRATE = Jobs("crate")


rule report:
    input:
        **REPORT.inputs({}),
    output:
        **REPORT.outputs,
    log:
        REPORT.log,
    benchmark:
        REPORT.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks("light"),
    params:
        **REPORT.params,
    message:
        "writing the report"
    script:
        STAGE


rule crate:
    input:
        **CRATE.inputs({}),
    output:
        **CRATE.outputs,
    log:
        CRATE.log,
    benchmark:
        CRATE.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks("light"),
    params:
        **CRATE.params,
    message:
        "describing the run as a crate"
    script:
        STAGE
