# From answers and descriptions to numbers with intervals.

GRADE = Jobs("grade")
SCORE = Jobs("score")
EXPORT = Jobs("export")


rule grade:
    input:
        **GRADE.inputs({}),
    output:
        **GRADE.outputs,
    log:
        GRADE.log,
    benchmark:
        GRADE.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(GRADE),
    params:
        **GRADE.params,
    message:
        "reading and grading the answers"
    script:
        STAGE


rule score:
    input:
        **SCORE.inputs({}),
    output:
        **SCORE.outputs,
    log:
        SCORE.log,
    benchmark:
        SCORE.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(SCORE),
    params:
        **SCORE.params,
    message:
        "scoring the graded answers"
    script:
        STAGE


rule export:
    input:
        **EXPORT.inputs({}),
    output:
        **EXPORT.outputs,
    log:
        EXPORT.log,
    benchmark:
        EXPORT.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(EXPORT),
    params:
        **EXPORT.params,
    message:
        "writing samples as lmms-eval does"
    script:
        STAGE


rule scores:
    input:
        rules.score.output,
        rules.export.output,
    message:
        "the scores are ready"
