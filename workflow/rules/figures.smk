# The paper's figures and its Table 2, each with the data that it shows.


rule draw:
    input:
        scores=out("scores/scores.csv"),
        differences=out("scores/differences.csv"),
    output:
        expand(out("figures/{figure}.{kind}"), figure=study.FIGURES, kind=["png", "svg", "csv"]),
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
        folder=lambda wildcards, output: Path(output[0]).parent,
        settings=study.as_json(STUDY.reading()),
        code=lineage.digest("figure"),
    message:
        "drawing the figures"
    shell:
        "downscaling figure --scores {input.scores} --differences {input.differences}"
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


rule figures:
    input:
        rules.draw.output,
        rules.table.output,
    message:
        "the figures and tables are ready"
