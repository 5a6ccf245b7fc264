# The last jobs: one page of what was found, with the samples behind it; what it took; and the crate
# of all that was made.

REPORT = Jobs("report")
COSTS = Jobs("costs")
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
        **asks(REPORT),
    params:
        **REPORT.params,
    message:
        "writing the report"
    script:
        STAGE


# In a file of its own, which the page loads: it differs from run to run.
rule costs:
    input:
        **COSTS.inputs({}),
    output:
        **COSTS.outputs,
    log:
        COSTS.log,
    benchmark:
        COSTS.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(COSTS),
    params:
        **COSTS.params,
    message:
        "adding up what the study took"
    script:
        STAGE


rule crate:
    input:
        # The record of the report's job says whether the page is new; DVC's commits change its date.
        **CRATE.inputs({}) | dict(report=ancient([PATHS.report()])),
    output:
        **CRATE.outputs,
    log:
        CRATE.log,
    benchmark:
        CRATE.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(CRATE),
    params:
        **CRATE.params,
    message:
        "describing the run as a crate"
    script:
        STAGE
