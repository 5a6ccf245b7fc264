# The published data sets, in the layouts in which they are published, and the records made of them.


rule render:
    output:
        raw=directory(expand(out("raw/{source}"), source=STUDY.sources())),
        scenes=out("truth/scenes.jsonl"),
        truth=expand(
            out("truth/{benchmark}/{kind}.parquet"),
            benchmark=["in-domain", "out-of-domain"],
            kind=["gold", "facts"],
        ),
    log:
        out("logs/render.log"),
    benchmark:
        out("timings/render.tsv")
    priority: 100
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        raw=lambda wildcards, output: Path(output.raw[0]).parent,
        truth=lambda wildcards, output: Path(output.scenes).parent,
        settings=study.as_json(STUDY.render()),
        code=lineage.digest("render"),
    message:
        "drawing the images and questions of the miniature"
    shell:
        "downscaling render --raw {params.raw} --truth {params.truth}"
        " --params {params.settings:q} > {log} 2>&1"


for source in STUDY.sources():

    rule:
        name:
            f"prepare_{source}"
        input:
            out(f"raw/{source}"),
        output:
            train=[out(f"data/{name}/train.parquet") for name in STUDY.trained_on(source)],
            test=[out(f"data/{name}/test.parquet") for name in STUDY.tested_on(source)],
            images=directory([out(f"data/{name}/images") for name in STUDY.benchmarks_on(source)]),
        log:
            out(f"logs/prepare/{source}.log"),
        benchmark:
            out(f"timings/prepare/{source}.tsv")
        priority: 95
        conda:
            "../../envs/tables.yaml"
        threads: THREADS
        resources:
            **asks("light"),
        params:
            source=source,
            train=labelled("--train", STUDY.trained_on(source), "data/{}/train.parquet"),
            test=labelled("--test", STUDY.tested_on(source), "data/{}/test.parquet"),
            images=labelled("--images", STUDY.benchmarks_on(source), "data/{}/images"),
            settings=study.as_json(STUDY.prepare(source)),
            code=lineage.digest("prepare"),
        message:
            f"reading {source}"
        shell:
            "downscaling prepare {params.source} --source {input}"
            " {params.train} {params.test} {params.images}"
            " --params {params.settings:q} > {log} 2>&1"


rule data:
    input:
        expand(out("data/{set}/train.parquet"), set=STUDY.drawn_sets()),
        expand(out("data/{set}/test.parquet"), set=[*study.FAMILIES, *STUDY.benchmarks]),
    message:
        "the data are ready"
