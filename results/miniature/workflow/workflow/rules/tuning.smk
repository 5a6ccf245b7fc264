# Tuning: every model of the study, each from the model of the tuning before it.


rule features:
    input:
        tower=out("backbones/tower"),
        samples=expand(out("data/{set}/train.parquet"), set=STUDY.featured_sets()),
        images=images_of(STUDY.featured_sets()),
    output:
        out("features/train.safetensors"),
    log:
        out("logs/features.log"),
    benchmark:
        out("timings/features.tsv")
    priority: 95
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("perceive"),
    params:
        root=lambda wildcards: ROOT,
        samples=lambda wildcards, input: each("--samples", input.samples),
        settings=study.as_json(STUDY.features()),
        code=lineage.digest("features"),
    message:
        "encoding the training images once, for every tuning that freezes the vision tower"
    shell:
        "downscaling features --tower {input.tower} {params.samples} --root {params.root}"
        " --out {output} --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule tune:
    input:
        language_model=out("backbones/{size}"),
        tower=out("backbones/tower"),
        start=starting_model,
        samples=samples_of,
        features=features_of,
        images=images_to_tune_on,
    output:
        directory(out("models/seed-{seed}/{tuning}-{size}")),
    log:
        out("logs/tune/seed-{seed}/{tuning}-{size}.log"),
    benchmark:
        out("timings/tune/seed-{seed}/{tuning}-{size}.tsv")
    priority: 60
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks(lambda wildcards: STUDY.tuning_job(wildcards.size)),
    params:
        root=lambda wildcards: ROOT,
        start=lambda wildcards, input: each("--start", [input.start] if input.start else []),
        samples=lambda wildcards, input: each(
            "--samples",
            map("{}={}".format, input.samples, STUDY.stage(wildcards.tuning).sets.values()),
        ),
        features=lambda wildcards, input: each(
            "--features", [input.features] if input.features else []
        ),
        settings=lambda wildcards: study.as_json(
            STUDY.tune(wildcards.tuning, wildcards.size, int(wildcards.seed))
        ),
        # Beside the logs: event files hold the time of day, so they are no result.
        logs=lambda wildcards: out(
            f"logs/tensorboard/seed-{wildcards.seed}/{wildcards.tuning}-{wildcards.size}"
        ),
        code=lineage.digest("tune"),
    message:
        "tuning {wildcards.tuning}-{wildcards.size}, seed {wildcards.seed}"
    shell:
        "downscaling tune --language-model {input.language_model} --tower {input.tower}"
        " {params.start} {params.samples} {params.features} --root {params.root}"
        " --out {output} --params {params.settings:q} --logs {params.logs}"
        " --gpus {resources.gpu} > {log} 2>&1"


# The largest size's chain of tunings is the longest path through the graph: it goes first.
use rule tune as tune_largest with:
    wildcard_constraints:
        size=STUDY.sizes[0].replace(".", r"\."),
    priority: 80


ruleorder: tune_largest > tune


rule models:
    input:
        models(STUDY.tuned()),
    message:
        "the models are ready"
