# Whether the results are worth reading.


rule probe:
    input:
        tower=out("backbones/tower"),
    output:
        out("scores/probe.json"),
    log:
        out("logs/probe.log"),
    benchmark:
        out("timings/probe.tsv")
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("perceive"),
    params:
        settings=study.as_json(STUDY.probe()),
        code=lineage.digest("probe"),
    message:
        "probing the vision tower"
    shell:
        "downscaling probe --tower {input.tower} --out {output}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule validity:
    input:
        scores=out("scores/scores.csv"),
        probe=out("scores/probe.json"),
    output:
        report(out("tables/validity.csv"), category="Tables", caption="../report/validity.rst"),
    log:
        out("logs/validity.log"),
    benchmark:
        out("timings/validity.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        settings=study.as_json(STUDY.reading()),
        code=lineage.digest("validity"),
    message:
        "checking whether the results are worth reading"
    shell:
        "downscaling validity --scores {input.scores} --probe {input.probe} --out {output}"
        " --params {params.settings:q} > {log} 2>&1"


rule audit:
    input:
        rules.validity.output,
    message:
        "the verdicts are ready"
