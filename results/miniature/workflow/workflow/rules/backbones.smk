# The pretrained language models and the vision tower, and released checkpoints.

if STUDY.configuration.backbones.source == "shipped":
    BACKBONE = Jobs("backbone")

    # By content: the dates of files change with every clone.
    rule backbone:
        input:
            manifest=ancient([f"{backbone.shelf(STUDY)}/manifest.json"]),
            shipped=ancient([f"{backbone.shelf(STUDY)}/{{backbone}}"]),
        output:
            **BACKBONE.outputs,
        log:
            BACKBONE.log,
        benchmark:
            BACKBONE.timing
        priority: 100
        conda:
            "../../envs/tables.yaml"
        resources:
            **asks(BACKBONE),
        params:
            **BACKBONE.params,
        message:
            "checking the shipped backbone {wildcards.backbone}"
        script:
            STAGE

elif STUDY.configuration.backbones.source == "retrained":
    PRETRAIN = Jobs("pretrain")

    rule pretrain:
        output:
            **PRETRAIN.outputs,
        log:
            PRETRAIN.log,
        benchmark:
            PRETRAIN.timing
        priority: 100
        conda:
            "../../envs/models.yaml"
        threads: THREADS
        resources:
            **asks(PRETRAIN),
        params:
            **PRETRAIN.params,
        message:
            "pretraining the backbone {wildcards.backbone}"
        script:
            STAGE


# Released checkpoints, in transformers' form; strictly, so that no weight is lost on the way.
for released, size in STUDY.models.released():
    CONVERT = Jobs("convert", released=released, size=size)

    rule:
        name:
            f"convert_{released}-{size}"
        input:
            **CONVERT.inputs({}),
        output:
            **CONVERT.outputs,
        log:
            CONVERT.log,
        benchmark:
            CONVERT.timing
        priority: 80
        conda:
            "../../envs/models.yaml"
        resources:
            **asks(CONVERT),
        params:
            **CONVERT.params,
        message:
            f"converting the released {STUDY.configuration.released[released][size]}"
        script:
            STAGE


rule backbones:
    input:
        [PATHS.backbone(name) for name in STUDY.models.backbones],
    message:
        "the backbones are ready"
