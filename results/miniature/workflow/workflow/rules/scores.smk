# From answers and descriptions to numbers with intervals.


rule score:
    input:
        questions=expand(out("data/{set}/test.parquet"), set=[*study.FAMILIES, *STUDY.benchmarks]),
        facts=expand(out("{file}"), file=STUDY.score().facts.values()),
        descriptions=[
            out(f"descriptions/seed-{seed}/{perception}/{benchmark}.parquet")
            for perception, seeds in STUDY.score().descriptions.items()
            for seed in seeds
            for benchmark in STUDY.benchmarks
        ],
        decoupled=[
            out(
                f"answers/seed-{seed}/{run.perception}/{run.reasoning}/{run.mode}/{benchmark}.parquet"
            )
            for run in STUDY.score().runs
            if run.reasoning != study.END_TO_END
            for seed in run.seeds
            for benchmark in run.benchmarks
        ],
        end_to_end=[
            out(f"answers/seed-{seed}/end-to-end/{run.perception}/{run.mode}/{benchmark}.parquet")
            for run in STUDY.score().runs
            if run.reasoning == study.END_TO_END
            for seed in run.seeds
            for benchmark in run.benchmarks
        ],
    output:
        scores=out("scores/scores.csv"),
        parquet=out("scores/scores.parquet"),
        differences=out("scores/differences.csv"),
        readers=out("scores/readers.csv"),
        summary=out("scores/summary.json"),
    log:
        out("logs/score.log"),
    benchmark:
        out("timings/score.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        root=lambda wildcards: ROOT,
        settings=study.as_json(STUDY.score()),
        code=lineage.digest("score"),
    message:
        "reading and scoring the answers"
    shell:
        "downscaling score --root {params.root} --scores {output.scores}"
        " --differences {output.differences} --readers {output.readers}"
        " --summary {output.summary} --params {params.settings:q} > {log} 2>&1"


rule export:
    input:
        scored=rules.score.input,
        scores=out("scores/scores.csv"),
    output:
        directory(out("samples")),
    log:
        out("logs/export.log"),
    benchmark:
        out("timings/export.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        root=lambda wildcards: ROOT,
        settings=study.as_json(STUDY.exporting()),
        code=lineage.digest("export"),
    message:
        "writing samples as lmms-eval does"
    shell:
        "downscaling export --root {params.root} --scores {input.scores} --out {output}"
        " --params {params.settings:q} > {log} 2>&1"


rule scores:
    input:
        rules.score.output,
        rules.export.output,
    message:
        "the scores are ready"
