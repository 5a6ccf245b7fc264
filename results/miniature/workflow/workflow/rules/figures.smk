# The paper's figures and its Table 2, each with the data that it shows.


rule draw:
    input:
        scores=out("scores/scores.csv"),
        differences=out("scores/differences.csv"),
    output:
        expand(out("figures/{figure}.{kind}"), figure=STUDY.figures(), kind=["png", "svg", "csv"]),
    log:
        out("logs/figures.log"),
    benchmark:
        out("timings/figures.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        names=STUDY.figures(),
        folder=lambda wildcards, output: Path(output[0]).parent,
        settings=study.as_json(STUDY.reading()),
        code=lineage.digest("figure"),
    message:
        "drawing the figures"
    shell:
        "downscaling figure {params.names} --scores {input.scores} --differences {input.differences}"
        " --out {params.folder} --params {params.settings:q} > {log} 2>&1"


rule table:
    input:
        scores=out("scores/scores.csv"),
    output:
        out("tables/table2.csv"),
    log:
        out("logs/table2.log"),
    benchmark:
        out("timings/table2.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        settings=study.as_json(STUDY.reading()),
        code=lineage.digest("table"),
    message:
        "writing table 2"
    shell:
        "downscaling table table2 --scores {input.scores} --out {output}"
        " --params {params.settings:q} > {log} 2>&1"


# Of seconds, which differ from run to run.
rule latency:
    input:
        scores=out("scores/scores.csv"),
        timed=rules.score.input,
    output:
        expand(out("figures/figure-a9.{kind}"), kind=["png", "svg", "csv"]),
    log:
        out("logs/latency.log"),
    benchmark:
        out("timings/latency.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        root=lambda wildcards: ROOT,
        stem=lambda wildcards, output: str(Path(output[0]).with_suffix("")),
        settings=study.as_json(STUDY.reading()),
        code=lineage.digest("latency"),
    message:
        "drawing accuracy against latency"
    shell:
        "downscaling latency --scores {input.scores} --root {params.root} --out {params.stem}"
        " --params {params.settings:q} > {log} 2>&1"


rule figures:
    input:
        rules.draw.output,
        rules.latency.output,
        rules.table.output,
    message:
        "the figures and tables are ready"
