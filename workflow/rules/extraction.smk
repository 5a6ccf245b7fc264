# The extraction data: what to observe, the teacher's statements and descriptions, conversations.

TAUGHT = STUDY.configuration.teacher.sets


rule observe_samples:
    input:
        reasoner=out(f"backbones/{STUDY.sizes[0]}"),
        samples=expand(out("data/{set}/train.parquet"), set=TAUGHT),
    output:
        expand(out("extraction/{set}/focus.parquet"), set=TAUGHT),
    log:
        out("logs/observe_samples.log"),
    benchmark:
        out("timings/observe_samples.tsv")
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("reason"),
    params:
        samples=lambda wildcards, input: each("--samples", input.samples),
        out=lambda wildcards, output: each("--out", output),
        settings=study.as_json(STUDY.observe()),
        code=lineage.digest("observe"),
    message:
        "writing focus phrases for the extraction data"
    shell:
        "downscaling observe --reasoner {input.reasoner} {params.samples} {params.out}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule statements:
    input:
        samples=out("data/{set}/train.parquet"),
        scenes=out("truth/scenes.jsonl"),
    output:
        out("extraction/{set}/statements.parquet"),
    log:
        out("logs/statements/{set}.log"),
    benchmark:
        out("timings/statements/{set}.tsv")
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("teach"),
    params:
        settings=study.as_json(STUDY.teach()),
        code=lineage.digest("statements"),
    message:
        "stating the questions and answers of {wildcards.set}"
    shell:
        "downscaling statements --samples {input.samples} --scenes {input.scenes} --out {output}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule depict:
    input:
        statements=out("extraction/{set}/statements.parquet"),
        samples=out("data/{set}/train.parquet"),
        scenes=out("truth/scenes.jsonl"),
    output:
        out("extraction/{set}/descriptions.parquet"),
    log:
        out("logs/depict/{set}.log"),
    benchmark:
        out("timings/depict/{set}.tsv")
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("teach"),
    params:
        settings=study.as_json(STUDY.teach()),
        code=lineage.digest("depict"),
    message:
        "describing the images of {wildcards.set}"
    shell:
        "downscaling depict --statements {input.statements} --samples {input.samples}"
        " --scenes {input.scenes} --out {output}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule converse:
    input:
        samples=expand(out("data/{set}/train.parquet"), set=TAUGHT),
        taught=expand(
            out("extraction/{set}/{part}.parquet"),
            set=TAUGHT,
            part=["focus", "statements", "descriptions"],
        ),
    output:
        samples=out("data/extraction/train.parquet"),
        report=out("extraction/dropped.csv"),
    log:
        out("logs/converse.log"),
    benchmark:
        out("timings/converse.tsv")
    priority: 70
    conda:
        "../../envs/tables.yaml"
    threads: THREADS
    resources:
        **asks("light"),
    params:
        sets=labelled("--set", TAUGHT, "extraction/{}"),
        samples=lambda wildcards, input: each("--samples", input.samples),
        settings=study.as_json(STUDY.converse()),
        code=lineage.digest("converse"),
    message:
        "making conversations of the teacher's descriptions"
    shell:
        "downscaling converse {params.sets} {params.samples} --out {output.samples}"
        " --report {output.report} --params {params.settings:q} > {log} 2>&1"
