# Models that others published in a form of their own, in transformers'; and descriptions and answers
# that were made elsewhere: checked against the questions, then used like our own.

for published, weights in STUDY.configuration.external.models.items():
    if weights.form:

        rule:
            name:
                f"convert_{published}"
            input:
                checkpoint=out(f"backbones/{weights.model}"),
                form=out(f"backbones/{weights.form}"),
            output:
                directory(out(f"models/published/{published}")),
            log:
                out(f"logs/convert/{published}.log"),
            benchmark:
                out(f"timings/convert/{published}.tsv")
            priority: 80
            conda:
                "../../envs/models.yaml"
            threads: THREADS
            resources:
                **asks("backbones"),
            params:
                code=lineage.digest("convert-internvl"),
            message:
                f"converting the published {weights.model}"
            shell:
                "downscaling convert-internvl --checkpoint {input.checkpoint} --form {input.form}"
                " --out {output} > {log} 2>&1"


for number, (kind, file, benchmark, place) in enumerate(STUDY.given_files(), 1):
    try:
        given.columns(HOME / file, kind)
    except given.RecordError as error:
        sys.exit(str(error))

    rule:
        name:
            f"accept_{number}"
        input:
            file=os.path.relpath(HOME / file),
            questions=out(f"data/{benchmark}/test.parquet"),
        output:
            out(place),
        log:
            out(f"logs/accept/{place}.log"),
        benchmark:
            out(f"timings/accept/{place}.tsv")
        priority: 90
        conda:
            "../../envs/tables.yaml"
        threads: THREADS
        resources:
            **asks("light"),
        params:
            kind=kind,
            code=lineage.digest("accept"),
        message:
            f"checking {kind} made elsewhere: {file}"
        shell:
            "downscaling accept {params.kind} --given {input.file} --questions {input.questions}"
            " --out {output} > {log} 2>&1"
