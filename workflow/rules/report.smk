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
        # The record of the report's job says whether the page is new; DVC's commits change its date.
        **CRATE.inputs({}) | dict(report=ancient(PATHS.report())),
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
