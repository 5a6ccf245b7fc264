# The last job: one page of what was found, with the samples behind it.


rule report:
    input:
        scored=rules.score.input,
        scores=rules.score.output,
        figures=rules.figures.input,
        audit=rules.audit.input,
        focus=expand(out("focus/{benchmark}.parquet"), benchmark=STUDY.benchmarks),
        truth=[out(f"{folder}/gold.parquet") for folder in STUDY.report().truth.values()],
        images=tested_images_of([*study.FAMILIES, *STUDY.benchmarks]),
    output:
        page=out("report.html"),
        folder=directory(out("report")),
    log:
        out("logs/report.log"),
    benchmark:
        out("timings/report.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        root=lambda wildcards: ROOT,
        settings=study.as_json(STUDY.report()),
        code=lineage.digest("report"),
    message:
        "writing the report"
    shell:
        "downscaling report --root {params.root} --out {output.page}"
        " --params {params.settings:q} > {log} 2>&1"
