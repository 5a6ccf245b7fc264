# The published data sets, in the layouts in which they are published, and the records made of them;
# and the weights that are fetched.

for source, folder in STUDY.downloads.all().items():
    FETCH = Jobs("fetch", source=source, folder=folder)

    rule:
        name:
            f"fetch_{source}"
        input:
            **FETCH.inputs({}),
        output:
            **FETCH.outputs,
        log:
            FETCH.log,
        benchmark:
            FETCH.timing
        priority: 100
        conda:
            "../../envs/tables.yaml"
        resources:
            **asks(FETCH, **fetch.means(STUDY, source)),
            network=1,
        params:
            **FETCH.params,
        message:
            f"fetching {source}"
        script:
            STAGE


if STUDY.data.is_rendered:
    RENDER = Jobs("render")

    rule render:
        output:
            **RENDER.outputs,
        log:
            RENDER.log,
        benchmark:
            RENDER.timing
        priority: 100
        conda:
            "../../envs/tables.yaml"
        resources:
            **asks(RENDER),
        params:
            **RENDER.params,
        message:
            "drawing the images and questions of the miniature"
        script:
            STAGE


for source in STUDY.data.sources():
    PREPARE = Jobs("prepare", source=source)

    rule:
        name:
            f"prepare_{source}"
        input:
            **PREPARE.inputs({}),
        output:
            **PREPARE.outputs,
        log:
            PREPARE.log,
        benchmark:
            PREPARE.timing
        priority: 95
        conda:
            "../../envs/tables.yaml"
        resources:
            **asks(PREPARE, **prepare.means(STUDY, source)),
        params:
            **PREPARE.params,
        message:
            f"reading {source}"
        script:
            STAGE


# What the configuration names and no result rests on is not asked for.
rule fetched:
    input:
        [job.key["folder"] for job in jobs(STUDY) if job.stage_name == "fetch"],
    message:
        "everything that is fetched is there"


rule data:
    input:
        [
            path
            for job in jobs(STUDY)
            if job.stage_name in ("prepare", "converse")
            for path in made_of(job)
        ],
    message:
        "the data are ready"
