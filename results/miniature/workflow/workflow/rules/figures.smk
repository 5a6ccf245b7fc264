# The paper's figures and its Table 2, each with the data that it shows.

DRAW = Jobs("draw")
TABLE = Jobs("table")
LATENCY = Jobs("latency")


rule draw:
    input:
        **DRAW.inputs({}),
    output:
        **DRAW.outputs,
    log:
        DRAW.log,
    benchmark:
        DRAW.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(DRAW),
    params:
        **DRAW.params,
    message:
        "drawing the figures"
    script:
        STAGE


rule table:
    input:
        **TABLE.inputs({}),
    output:
        **TABLE.outputs,
    log:
        TABLE.log,
    benchmark:
        TABLE.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(TABLE),
    params:
        **TABLE.params,
    message:
        "writing table 2"
    script:
        STAGE


# Of seconds, which differ from run to run.
rule latency:
    input:
        **LATENCY.inputs({}),
    output:
        **LATENCY.outputs,
    log:
        LATENCY.log,
    benchmark:
        LATENCY.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(LATENCY),
    params:
        **LATENCY.params,
    message:
        "drawing accuracy against latency"
    script:
        STAGE


rule figures:
    input:
        rules.draw.output,
        rules.latency.output,
        rules.table.output,
    message:
        "the figures and tables are ready"
