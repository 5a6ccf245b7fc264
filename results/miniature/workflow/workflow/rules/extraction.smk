# The extraction data: what to observe, the teacher's statements and descriptions, conversations.
# The rows of each set are worked on in shards, whose results `converse` gathers in their order.

OBSERVE_SAMPLES = Jobs("observe_samples")
STATEMENTS = Jobs("statements")
DEPICT = Jobs("depict")
CONVERSE = Jobs("converse")


rule observe_samples:
    input:
        unpack(OBSERVE_SAMPLES.inputs),
    output:
        **OBSERVE_SAMPLES.outputs,
    log:
        OBSERVE_SAMPLES.log,
    benchmark:
        OBSERVE_SAMPLES.timing
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(OBSERVE_SAMPLES),
    params:
        **OBSERVE_SAMPLES.params,
    message:
        "writing focus phrases for the extraction data, {wildcards.shard}"
    script:
        STAGE


rule statements:
    input:
        unpack(STATEMENTS.inputs),
    output:
        **STATEMENTS.outputs,
    log:
        STATEMENTS.log,
    benchmark:
        STATEMENTS.timing
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(STATEMENTS, engine=teaching.engine(STUDY)),
    params:
        **STATEMENTS.params,
    message:
        "stating the questions and answers of the extraction data, {wildcards.shard}"
    script:
        STAGE


rule depict:
    input:
        unpack(DEPICT.inputs),
    output:
        **DEPICT.outputs,
    log:
        DEPICT.log,
    benchmark:
        DEPICT.timing
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(DEPICT, engine=teaching.engine(STUDY)),
    params:
        **DEPICT.params,
    message:
        "describing the images of the extraction data, {wildcards.shard}"
    script:
        STAGE


rule converse:
    input:
        **CONVERSE.inputs({}),
    output:
        **CONVERSE.outputs,
    log:
        CONVERSE.log,
    benchmark:
        CONVERSE.timing
    priority: 70
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(CONVERSE),
    params:
        **CONVERSE.params,
    message:
        "making conversations of the teacher's descriptions"
    script:
        STAGE
