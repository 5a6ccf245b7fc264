# End-to-end evaluation: one model answers from the image, or blind, on every family and benchmark.


rule evaluate:
    input:
        model=model_of,
        questions=expand(out("data/{set}/test.parquet"), set=[*study.FAMILIES, *STUDY.benchmarks]),
        images=tested_images_of([*study.FAMILIES, *STUDY.benchmarks]),
    output:
        expand(
            out("answers/seed-{{seed}}/end-to-end/{{module}}/{{mode}}/{set}.parquet"),
            set=["families", *STUDY.benchmarks],
        ),
    log:
        out("logs/evaluate/seed-{seed}/{module}-{mode}.log"),
    benchmark:
        out("timings/evaluate/seed-{seed}/{module}-{mode}.tsv")
    wildcard_constraints:
        mode="image|blind",
    priority: 40
    conda:
        "../../envs/models.yaml"
    threads: THREADS
    resources:
        **asks("perceive"),
    params:
        root=lambda wildcards: ROOT,
        questions=lambda wildcards, input: each("--questions", input.questions),
        out=lambda wildcards, output: str(Path(output[0]).parent),
        settings=study.as_json(STUDY.evaluate()),
        code=lineage.digest("evaluate"),
    message:
        "answering end to end ({wildcards.mode}): {wildcards.module}, seed {wildcards.seed}"
    shell:
        "downscaling evaluate --model {input.model} --mode {wildcards.mode} --root {params.root}"
        " {params.questions} --out {params.out} --params {params.settings:q}"
        " --gpus {resources.gpu} > {log} 2>&1"
