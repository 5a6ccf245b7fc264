# The paper's figures and its Table 2, each with the data that it shows.

for figure in study.FIGURES:

    rule:
        name:
            f"draw_{figure}"
        input:
            scores=out("scores/scores.csv"),
            differences=out("scores/differences.csv"),
        output:
            png=report(
                out(f"figures/{figure}.png"),
                category="Figures",
                caption=f"../report/{figure}.rst",
                labels={"figure": figure},
            ),
            svg=out(f"figures/{figure}.svg"),
            csv=out(f"figures/{figure}.csv"),
        log:
            out(f"logs/figure/{figure}.log"),
        benchmark:
            out(f"timings/figure/{figure}.tsv")
        conda:
            "../../envs/tables.yaml"
        threads: THREADS
        resources:
            **asks("light"),
        params:
            figure=figure,
            stem=lambda wildcards, output: Path(output.png).with_suffix(""),
            settings=study.as_json(STUDY.reading()),
            code=lineage.digest("figure"),
        message:
            f"drawing {figure}"
        shell:
            "downscaling figure {params.figure} --scores {input.scores}"
            " --differences {input.differences} --out-stem {params.stem}"
            " --params {params.settings:q} > {log} 2>&1"


rule table:
    input:
        scores=out("scores/scores.csv"),
    output:
        report(out("tables/table2.csv"), category="Tables", caption="../report/table2.rst"),
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
        expand(out("figures/{figure}.{kind}"), figure=study.FIGURES, kind=["png", "svg", "csv"]),
        rules.table.output,
    message:
        "the figures and tables are ready"
