# End-to-end evaluation: one model answers from the image, or blind, on every family and benchmark.

EVALUATE = Jobs("evaluate")


rule evaluate:
    input:
        unpack(EVALUATE.inputs),
    output:
        **EVALUATE.outputs,
    log:
        EVALUATE.log,
    benchmark:
        EVALUATE.timing
    wildcard_constraints:
        mode="image|blind",
    priority: 40
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(EVALUATE),
    params:
        **EVALUATE.params,
    message:
        "answering end to end ({wildcards.mode}): {wildcards.module}, seed {wildcards.seed}"
    script:
        STAGE
