# The published data sets, in the layouts in which they are published, and the records made of them;
# and the weights that are fetched.

for source, folder in STUDY.downloads.all().items():
    FETCH = Jobs("fetch", source=source, folder=folder)

    rule:
        name:
            f"fetch_{source}"
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


rule fetched:
    input:
        list(STUDY.downloads.all().values()),
    message:
        "everything that is fetched is there"


rule data:
    input:
        [PATHS.training_set(name) for name in STUDY.data.drawn_sets()],
        [PATHS.questions(name) for name in STUDY.data.tested],
    message:
        "the data are ready"
