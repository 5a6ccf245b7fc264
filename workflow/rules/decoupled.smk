# Decoupled evaluation: what to observe, what a perception module describes, what a reasoning module
# answers from the description and the question alone.


rule observe:
    input:
        reasoner=out(f"backbones/{STUDY.sizes[0]}"),
        questions=expand(out("data/{benchmark}/test.parquet"), benchmark=STUDY.benchmarks),
    output:
        expand(out("focus/{benchmark}.parquet"), benchmark=STUDY.benchmarks),
    log:
        out("logs/observe.log"),
    benchmark:
        out("timings/observe.tsv")
    priority: 50
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("reason"),
    params:
        questions=lambda wildcards, input: each("--questions", input.questions),
        out=lambda wildcards, output: each("--out", output),
        settings=study.as_json(STUDY.observe()),
        code=lineage.digest("observe"),
    message:
        "writing focus phrases for the benchmarks"
    shell:
        "downscaling observe --reasoner {input.reasoner} {params.questions} {params.out}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


rule perceive:
    input:
        model=model_of,
        questions=expand(out("data/{benchmark}/test.parquet"), benchmark=STUDY.benchmarks),
        focus=rules.observe.output,
        images=tested_images_of(STUDY.benchmarks),
    output:
        expand(
            out("descriptions/seed-{{seed}}/{{tuning}}-{{size}}/{benchmark}.parquet"),
            benchmark=STUDY.benchmarks,
        ),
    log:
        out("logs/perceive/seed-{seed}/{tuning}-{size}.log"),
    benchmark:
        out("timings/perceive/seed-{seed}/{tuning}-{size}.tsv")
    priority: 50
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("perceive"),
    params:
        root=lambda wildcards: ROOT,
        work=lambda wildcards, input, output: " ".join(
            f"--benchmark {benchmark} --questions {questions} --focus {focus} --out {made}"
            for benchmark, questions, focus, made in zip(
                STUDY.benchmarks, input.questions, input.focus, output
            )
        ),
        settings=study.as_json(STUDY.perceive()),
        code=lineage.digest("perceive"),
    message:
        "describing the benchmarks' images: {wildcards.tuning}-{wildcards.size}, seed {wildcards.seed}"
    shell:
        "downscaling perceive --model {input.model} --root {params.root} {params.work}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


# One load of a reasoning module answers from every perception module of an entry in runs.decoupled.
for job in STUDY.reasoning_jobs():

    rule:
        name:
            f"reason_{job.name}"
        input:
            reasoner=out(f"backbones/{job.reasoning}"),
            questions=[
                out(f"data/{benchmark}/test.parquet")
                for perception in job.perceptions
                for benchmark in STUDY.benchmarks
            ],
            descriptions=[
                descriptions_of(perception, benchmark)
                for perception in job.perceptions
                for benchmark in STUDY.benchmarks
            ],
        output:
            [
                out(
                    f"answers/seed-{{seed}}/{perception}/{job.reasoning}/{job.mode}/{benchmark}.parquet"
                )
                for perception in job.perceptions
                for benchmark in STUDY.benchmarks
            ],
        log:
            out(f"logs/reason/seed-{{seed}}/{job.name}.log"),
        benchmark:
            out(f"timings/reason/seed-{{seed}}/{job.name}.tsv")
        priority: 40
        conda:
            "../../envs/models.yaml"
        threads: THREADS
        resources:
            **asks("reason"),
        params:
            mode=job.mode,
            work=lambda wildcards, input, output: " ".join(
                f"--questions {questions} --descriptions {descriptions} --out {made}"
                for questions, descriptions, made in zip(
                    input.questions, input.descriptions, output
                )
            ),
            settings=reasoning_settings(job.mode),
            code=lineage.digest("reason"),
        message:
            f"reasoning with {job.reasoning}, {job.mode}, seed {{wildcards.seed}}: {', '.join(job.perceptions)}"
        shell:
            "downscaling reason --reasoner {input.reasoner} --mode {params.mode} {params.work}"
            " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"
