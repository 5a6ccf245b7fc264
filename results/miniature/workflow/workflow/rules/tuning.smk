# Tuning: every model of the study, each from the model of the tuning before it.

FEATURES = Jobs("features")
TUNE = Jobs("tune")


rule features:
    input:
        **FEATURES.inputs({}),
    output:
        **FEATURES.outputs,
    log:
        FEATURES.log,
    benchmark:
        FEATURES.timing
    priority: 95
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(FEATURES),
    params:
        **FEATURES.params,
    message:
        "encoding the training images once, for every tuning that freezes the vision tower"
    script:
        STAGE


rule tune:
    input:
        unpack(TUNE.inputs),
    output:
        **TUNE.outputs,
    log:
        TUNE.log,
    benchmark:
        TUNE.timing
    priority: 60
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(
            TUNE,
            report_to=",".join(STUDY.configuration.report_to),
            curves=lambda wildcards: PATHS.curves(
                f"{wildcards.tuning}-{wildcards.size}", wildcards.seed
            ),
            states=lambda wildcards: PATHS.states(
                f"{wildcards.tuning}-{wildcards.size}", wildcards.seed
            ),
        ),
    params:
        **TUNE.params,
    message:
        "tuning {wildcards.tuning}-{wildcards.size}, seed {wildcards.seed}"
    script:
        STAGE


# The largest size's chain of tunings is the longest path through the graph: it goes first.
use rule tune as tune_largest with:
    wildcard_constraints:
        size=any_of(STUDY.sizes[:1]),
    priority: 80


ruleorder: tune_largest > tune


rule models:
    input:
        [
            PATHS.model(f"{tuning}-{size}", seed)
            for tuning, size in STUDY.models.tuned()
            for seed in STUDY.seeds
        ],
    message:
        "the models are ready"
