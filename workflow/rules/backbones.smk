# The pretrained language models and the vision tower.

if STUDY.configuration.backbones.source == "shipped":
    SHIPPED = os.path.relpath(HOME / STUDY.configuration.backbones.folder)

    # By content: the dates of files change with every clone.
    rule backbone:
        input:
            manifest=ancient(f"{SHIPPED}/manifest.json"),
            backbone=ancient(f"{SHIPPED}/{{backbone}}"),
        output:
            directory(out("backbones/{backbone}")),
        log:
            out("logs/backbone/{backbone}.log"),
        benchmark:
            out("timings/backbone/{backbone}.tsv")
        priority: 100
        conda:
            "../../envs/tables.yaml"
        threads: THREADS
        resources:
            **asks("light"),
        params:
            shipped=lambda wildcards, input: Path(input.manifest).parent,
            content=lambda wildcards: STUDY.shipped(wildcards.backbone, HOME),
            code=lineage.digest("backbone"),
        message:
            "checking the shipped backbone {wildcards.backbone}"
        shell:
            "downscaling backbone {wildcards.backbone} --shipped {params.shipped:q} --out {output}"
            " > {log} 2>&1"

else:

    rule pretrain:
        output:
            directory(out("backbones/{backbone}")),
        log:
            out("logs/pretrain/{backbone}.log"),
        benchmark:
            out("timings/pretrain/{backbone}.tsv")
        priority: 100
        conda:
            "../../envs/models.yaml"
        threads: THREADS
        resources:
            **asks("backbones"),
        params:
            settings=lambda wildcards: study.as_json(STUDY.pretrain(wildcards.backbone)),
            code=lineage.digest("pretrain"),
        message:
            "pretraining the backbone {wildcards.backbone}"
        shell:
            "downscaling pretrain {wildcards.backbone} --out {output}"
            " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule backbones:
    input:
        expand(out("backbones/{backbone}"), backbone=STUDY.backbones),
    message:
        "the backbones are ready"
