# Whether the results are worth reading, and what they say of the paper.

# The probe asks what the miniature's renderer knows; of published images nobody knows it.
PROBED = [out("scores/probe.json")] if STUDY.is_rendered else []


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
        probe=PROBED,
    output:
        out("tables/validity.csv"),
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
        probe=lambda wildcards, input: each("--probe", input.probe),
        settings=study.as_json(STUDY.reading()),
        code=lineage.digest("validity"),
    message:
        "checking whether the results are worth reading"
    shell:
        "downscaling validity --scores {input.scores} {params.probe} --out {output}"
        " --params {params.settings:q} > {log} 2>&1"


rule verdicts:
    input:
        scores=out("scores/scores.csv"),
        differences=out("scores/differences.csv"),
    output:
        json=out("audit/audit.json"),
        text=out("audit/audit.txt"),
    log:
        out("logs/verdicts.log"),
    benchmark:
        out("timings/verdicts.tsv")
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        scale="miniature" if STUDY.configuration.data.source == "rendered" else "published",
        settings=study.as_json(STUDY.reading()),
        code=lineage.digest("audit"),
    message:
        "holding the results against the paper"
    shell:
        "downscaling audit {output.json} --scores {input.scores} --differences {input.differences}"
        " --scale {params.scale} --params {params.settings:q} > {output.text} 2> {log}"


rule audit:
    input:
        rules.validity.output,
        rules.verdicts.output,
    message:
        "the verdicts are ready"
