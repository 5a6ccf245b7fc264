# The last jobs: one page of what was found, with the samples behind it, and the crate of all that was made.

import snakemake

WIRING = [HOME / "Snakefile", *sorted((HOME / "workflow/rules").glob("*.smk"))]


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


rule crate:
    input:
        scores=rules.score.output,
        samples=rules.export.output,
        figures=rules.figures.input,
        audit=rules.audit.input,
        report=rules.report.output.folder,  # the page comes with it; DVC renews its date
    output:
        metadata=out("ro-crate-metadata.json"),
        configuration=out("workflow/configuration.json"),
        workflow=[out(f"workflow/{path.relative_to(HOME)}") for path in WIRING],
    log:
        out("logs/crate.log"),
    benchmark:
        out("timings/crate.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        root=lambda wildcards: ROOT,
        snakefile=lambda wildcards: os.path.relpath(HOME / "Snakefile"),
        snakemake=lambda wildcards: snakemake.__version__,
        wiring=[records.digest(path) for path in WIRING],
        settings=study.as_json(STUDY.packing()),
        code=lineage.digest("crate"),
    message:
        "describing the run as a crate"
    shell:
        "downscaling crate --root {params.root} --snakefile {params.snakefile}"
        " --snakemake {params.snakemake} --out {output.metadata}"
        " --params {params.settings:q} > {log} 2>&1"
