# The extraction data: what to observe, the teacher's statements and descriptions, conversations.
# The rows of each set are worked on in shards, whose results `converse` gathers in their order.

TAUGHT = STUDY.configuration.teacher.sets


rule observe_samples:
    input:
        reasoner=out(f"backbones/{STUDY.sizes[0]}"),
        samples=expand(out("data/{set}/train.parquet"), set=TAUGHT),
    output:
        expand(out("extraction/{set}/{{shard}}/focus.parquet"), set=TAUGHT),
    log:
        out("logs/observe_samples/{shard}.log"),
    benchmark:
        out("timings/observe_samples/{shard}.tsv")
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
        "writing focus phrases for the extraction data, {wildcards.shard}"
    shell:
        "downscaling observe --reasoner {input.reasoner} {params.samples} {params.out}"
        " --shard {wildcards.shard} --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule statements:
    input:
        **teacher_inputs(),
        official=official_prompts(),
        samples=expand(out("data/{set}/train.parquet"), set=TAUGHT),
    output:
        statements=expand(out("extraction/{set}/{{shard}}/statements.parquet"), set=TAUGHT),
        dropped=expand(out("extraction/{set}/{{shard}}/statements-dropped.parquet"), set=TAUGHT),
    log:
        out("logs/statements/{shard}.log"),
    benchmark:
        out("timings/statements/{shard}.tsv")
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("teach"),
    params:
        root=lambda wildcards: ROOT,
        teacher_options=teacher_options,
        official=official_option,
        samples=lambda wildcards, input: each("--samples", input.samples),
        out=lambda wildcards, output: each("--out", output.statements),
        dropped=lambda wildcards, output: each("--dropped", output.dropped),
        settings=study.as_json(STUDY.teach()),
        code=lineage.digest("statements"),
    message:
        "stating the questions and answers of the extraction data, {wildcards.shard}"
    shell:
        "downscaling statements {params.samples} --shard {wildcards.shard}"
        " --root {params.root} {params.teacher_options} {params.out} {params.dropped}"
        " {params.official}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule depict:
    input:
        **teacher_inputs(),
        official=official_prompts(),
        statements=expand(out("extraction/{set}/{{shard}}/statements.parquet"), set=TAUGHT),
        samples=expand(out("data/{set}/train.parquet"), set=TAUGHT),
        images=images_of(TAUGHT),
    output:
        descriptions=expand(out("extraction/{set}/{{shard}}/descriptions.parquet"), set=TAUGHT),
        dropped=expand(out("extraction/{set}/{{shard}}/descriptions-dropped.parquet"), set=TAUGHT),
    log:
        out("logs/depict/{shard}.log"),
    benchmark:
        out("timings/depict/{shard}.tsv")
    priority: 70
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("teach"),
    params:
        root=lambda wildcards: ROOT,
        teacher_options=teacher_options,
        official=official_option,
        statements=lambda wildcards, input: each("--statements", input.statements),
        samples=lambda wildcards, input: each("--samples", input.samples),
        out=lambda wildcards, output: each("--out", output.descriptions),
        dropped=lambda wildcards, output: each("--dropped", output.dropped),
        settings=study.as_json(STUDY.teach()),
        code=lineage.digest("depict"),
    message:
        "describing the images of the extraction data, {wildcards.shard}"
    shell:
        "downscaling depict {params.statements} {params.samples}"
        " --root {params.root} {params.teacher_options} {params.out} {params.dropped}"
        " {params.official}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule converse:
    input:
        samples=expand(out("data/{set}/train.parquet"), set=TAUGHT),
        taught=expand(
            out("extraction/{set}/{shard}/{part}.parquet"),
            set=TAUGHT,
            shard=STUDY.shards(),
            part=[
                "focus",
                "statements",
                "statements-dropped",
                "descriptions",
                "descriptions-dropped",
            ],
        ),
        official=official_prompts(),
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
        samples=lambda wildcards, input: each("--samples", input.samples),
        taught=lambda wildcards, input: each(
            "--taught",
            [
                f"{samples}={out(f'extraction/{name}/{shard}')}"
                for samples, name in zip(input.samples, TAUGHT)
                for shard in STUDY.shards()
            ],
        ),
        official=official_option,
        settings=study.as_json(STUDY.converse()),
        code=lineage.digest("converse"),
    message:
        "making conversations of the teacher's descriptions"
    shell:
        "downscaling converse {params.samples} {params.taught} --out {output.samples}"
        " --report {output.report} --params {params.settings:q} {params.official} > {log} 2>&1"
