# Decoupled evaluation: what to observe, what a perception module describes, what a reasoning module
# answers from the description and the question alone.


OBSERVED = [name for name in STUDY.benchmarks if not STUDY.has_published_phrases(name)]

if OBSERVED:

    rule observe:
        input:
            reasoner=out(f"backbones/{STUDY.sizes[0]}"),
            questions=expand(out("data/{benchmark}/test.parquet"), benchmark=OBSERVED),
        output:
            expand(out("focus/{benchmark}.parquet"), benchmark=OBSERVED),
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


for benchmark in filter(STUDY.has_published_phrases, STUDY.benchmarks):

    rule:
        name:
            f"phrases_{benchmark}"
        input:
            official=out("raw/official"),
            questions=out(f"data/{benchmark}/test.parquet"),
        output:
            out(f"focus/{benchmark}.parquet"),
        log:
            out(f"logs/phrases/{benchmark}.log"),
        benchmark:
            out(f"timings/phrases/{benchmark}.tsv")
        priority: 60
        conda:
            "../../envs/tables.yaml"
        threads: THREADS
        resources:
            **asks("light"),
        params:
            code=lineage.digest("phrases"),
        message:
            f"taking the published focus phrases for {benchmark}"
        shell:
            "downscaling phrases --official {input.official} --questions {input.questions}"
            " --out {output} > {log} 2>&1"


rule perceive:
    input:
        model=model_of,
        official=official_prompts(),
        questions=expand(out("data/{benchmark}/test.parquet"), benchmark=STUDY.benchmarks),
        focus=expand(out("focus/{benchmark}.parquet"), benchmark=STUDY.benchmarks),
        images=tested_images_of(STUDY.benchmarks),
    output:
        expand(
            out("descriptions/seed-{{seed}}/{{module}}/{benchmark}.parquet"),
            benchmark=STUDY.benchmarks,
        ),
    log:
        out("logs/perceive/seed-{seed}/{module}.log"),
    benchmark:
        out("timings/perceive/seed-{seed}/{module}.tsv")
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
        official=official_option,
        settings=study.as_json(STUDY.perceive()),
        code=lineage.digest("perceive"),
    message:
        "describing the benchmarks' images: {wildcards.module}, seed {wildcards.seed}"
    shell:
        "downscaling perceive --model {input.model} --root {params.root} {params.work} {params.official}"
        " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"


# One load of a reasoning module answers from every perception module of an entry in runs.decoupled.
for job in STUDY.reasoning_jobs():

    rule:
        name:
            f"reason_{job.name}"
        input:
            reasoner=reasoner_of(job.reasoning),
            official=official_prompts(),
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
            official=official_option,
            settings=reasoning_settings(job.mode),
            code=lineage.digest("reason"),
        message:
            f"reasoning with {job.reasoning}, {job.mode}, seed {{wildcards.seed}}: {', '.join(job.perceptions)}"
        shell:
            "downscaling reason --reasoner {input.reasoner} --mode {params.mode} {params.work} {params.official}"
            " --params {params.settings:q} --gpus {resources.gpu} > {log} 2>&1"
