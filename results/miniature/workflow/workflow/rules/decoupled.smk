# Decoupled evaluation: what to observe, what a perception module describes, what a reasoning module
# answers from the description and the question alone.

PERCEIVE = Jobs("perceive")

if STUDY.data.written_phrases():
    OBSERVE = Jobs("observe")

    rule observe:
        input:
            **OBSERVE.inputs({}),
        output:
            **OBSERVE.outputs,
        log:
            OBSERVE.log,
        benchmark:
            OBSERVE.timing
        priority: 50
        conda:
            "../../envs/models.yaml"
        threads: THREADS
        resources:
            **asks(OBSERVE),
        params:
            **OBSERVE.params,
        message:
            "writing focus phrases for the benchmarks"
        script:
            STAGE


for benchmark in STUDY.data.published_phrases():
    PHRASES = Jobs("phrases", benchmark=benchmark)

    rule:
        name:
            f"phrases_{benchmark}"
        input:
            **PHRASES.inputs({}),
        output:
            **PHRASES.outputs,
        log:
            PHRASES.log,
        benchmark:
            PHRASES.timing
        priority: 60
        conda:
            "../../envs/tables.yaml"
        resources:
            **asks(PHRASES),
        params:
            **PHRASES.params,
        message:
            f"taking the published focus phrases for {benchmark}"
        script:
            STAGE


rule perceive:
    input:
        unpack(PERCEIVE.inputs),
    output:
        **PERCEIVE.outputs,
    log:
        PERCEIVE.log,
    benchmark:
        PERCEIVE.timing
    priority: 50
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(PERCEIVE),
    params:
        **PERCEIVE.params,
    message:
        "describing the benchmarks' images: {wildcards.module}, seed {wildcards.seed}"
    script:
        STAGE


# One load of a reasoning module answers from every perception module of an entry in runs.decoupled.
for reasoning_job in STUDY.evaluations.reasoning_jobs():
    REASON = Jobs("reason", job=reasoning_job)

    rule:
        name:
            f"reason_{reasoning_job.name}"
        input:
            unpack(REASON.inputs),
        output:
            **REASON.outputs,
        log:
            REASON.log,
        benchmark:
            REASON.timing
        priority: 40
        conda:
            "../../envs/models.yaml"
        threads: THREADS
        resources:
            **asks(REASON),
        params:
            **REASON.params,
        message:
            f"reasoning with {reasoning_job.reasoning}, {reasoning_job.mode}, seed {{wildcards.seed}}: {', '.join(reasoning_job.perceptions)}"
        script:
            STAGE
