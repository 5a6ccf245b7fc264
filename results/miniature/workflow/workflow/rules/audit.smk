# Whether the results are worth reading, and what they say of the paper.

VALIDITY = Jobs("validity")
AUDIT = Jobs("audit")

# The probe asks what the miniature's renderer knows; of published images nobody knows it.
if STUDY.data.is_rendered:
    PROBE = Jobs("probe")

    rule probe:
        input:
            **PROBE.inputs({}),
        output:
            **PROBE.outputs,
        log:
            PROBE.log,
        benchmark:
            PROBE.timing
        conda:
            "../../envs/models.yaml"
        threads: THREADS
        resources:
            **asks(PROBE),
        params:
            **PROBE.params,
        message:
            "probing the vision tower"
        script:
            STAGE


rule validity:
    input:
        **VALIDITY.inputs({}),
    output:
        **VALIDITY.outputs,
    log:
        VALIDITY.log,
    benchmark:
        VALIDITY.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(VALIDITY),
    params:
        **VALIDITY.params,
    message:
        "checking whether the results are worth reading"
    script:
        STAGE


rule verdicts:
    input:
        **AUDIT.inputs({}),
    output:
        **AUDIT.outputs,
    log:
        AUDIT.log,
    benchmark:
        AUDIT.timing
    conda:
        "../../envs/tables.yaml"
    resources:
        **asks(AUDIT),
    params:
        **AUDIT.params,
    message:
        "holding the results against the paper"
    script:
        STAGE


rule audit:
    input:
        rules.validity.output,
        rules.verdicts.output,
    message:
        "the verdicts are ready"
