# The paper's figures and its Table 2, each with the data that it shows.

DRAW = Jobs("draw")
TABLE = Jobs("table")
LATENCY = Jobs("latency")
# Those of which a study has some number to show.
FIGURES = [job for job in (DRAW, LATENCY) if job.stage.keys(STUDY)]


if DRAW in FIGURES:

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
if LATENCY in FIGURES:

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
        [[*job.outputs.values()] for job in FIGURES],
        rules.table.output,
    message:
        "the figures and tables are ready"
