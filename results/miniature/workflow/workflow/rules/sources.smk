# The published data sets, in the layouts in which they are published, and the records made of them;
# and the weights that are fetched.

# A fetched folder is what its pin and its entry in the registry say, whatever the code that fetched
# it: a change of code never downloads a hundred gigabytes again.
for source, place, pin in FETCHED:

    rule:
        name:
            f"fetch_{source}"
        output:
            directory(out(place)),
        log:
            out(f"logs/fetch/{source}.log"),
        benchmark:
            out(f"timings/fetch/{source}.tsv")
        priority: 100
        conda:
            "../../envs/tables.yaml"
        threads: 1
        resources:
            **asks("fetch"),
            network=1,
        params:
            source=source,
            pin=pin.fingerprint if pin else "",
            entry=REGISTRY[source].model_dump_json(include={"strip", "unpack", "links"}),
        message:
            f"fetching {source}"
        shell:
            'HF_HUB_OFFLINE="$DOWNSCALING_OFFLINE"'
            " downscaling fetch {params.source} --out {output} > {log} 2>&1"


if STUDY.is_rendered:

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
            source=out(f"raw/{source}"),
            images=images_beside(source),
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
            "downscaling prepare {params.source} --source {input.source}"
            " {params.train} {params.test} {params.images}"
            " --params {params.settings:q} > {log} 2>&1"


rule fetched:
    input:
        [out(place) for _, place, _ in FETCHED],
    message:
        "everything that is fetched is there"


rule data:
    input:
        expand(out("data/{set}/train.parquet"), set=STUDY.drawn_sets()),
        expand(out("data/{set}/test.parquet"), set=[*study.FAMILIES, *STUDY.benchmarks]),
    message:
        "the data are ready"
