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

elif STUDY.configuration.backbones.source == "retrained":

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


# Released checkpoints, in transformers' form; strictly, so that no weight is lost on the way.
for released, sizes in STUDY.configuration.released.items():
    for size, source in sizes.items():

        rule:
            name:
                f"convert_{released}-{size}"
            input:
                checkpoint=out(f"backbones/{source}"),
                language_model=out(f"backbones/{size}"),
                tower=out("backbones/tower"),
            output:
                directory(out(f"models/released/{released}-{size}")),
            log:
                out(f"logs/convert/{released}-{size}.log"),
            benchmark:
                out(f"timings/convert/{released}-{size}.tsv")
            priority: 80
            conda:
                "../../envs/models.yaml"
            threads: THREADS
            resources:
                **asks("backbones"),
            params:
                code=lineage.digest("convert"),
            message:
                f"converting the released {source}"
            shell:
                "downscaling convert --checkpoint {input.checkpoint} --out {output}"
                " --backbone {input.language_model} --tower {input.tower} > {log} 2>&1"


rule backbones:
    input:
        expand(out("backbones/{backbone}"), backbone=STUDY.backbones),
    message:
        "the backbones are ready"
