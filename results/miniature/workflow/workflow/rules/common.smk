# What all rules share: a stage's jobs as a rule declares them, and what a job asks for.

PATHS = STUDY.paths
THREADS = STUDY.configuration.threads
STAGE = "../scripts/stage.py"


class Jobs:
    """The jobs of a stage. What `key` leaves open tells one from another, as wildcards."""

    def __init__(self, name, **key):
        stage = importlib.import_module(f"downscaling.stages.{name}")
        fields = [field for _, field, _, _ in string.Formatter().parse(stage.NAME) if field]
        open_fields = {field: f"{{{field}}}" for field in fields if field.split(".")[0] not in key}
        self.stage, self.key, self.name = stage, open_fields | key, name
        files = PATHS.job(job_name(stage, self.key))
        self.log, self.timing = files.log, files.timing
        outputs = stage.outputs(STUDY, **self.key)
        whole = {name: directory(declared(outputs)[name]) for name in folders(outputs)}
        kept = {"record": [files.record], "measurement": [files.measurement]}
        self.outputs = declared(outputs) | whole | kept
        # Functions, for Snakemake's lint takes a text that begins a path for one.
        self.params = dict(
            stage=lambda wildcards: self.name,
            settings=self.settings,
            code=self.code,
            root=lambda wildcards: PATHS.root,
            makers=self.makers,
        )

    def inputs(self, wildcards):
        """What a job reads, by name."""
        return declared(self.stage.inputs(STUDY, **self.key | dict(wildcards)))

    def settings(self, wildcards):
        """What decides a job's result beside its inputs."""
        return as_json(self.stage.settings(STUDY, **self.key | dict(wildcards)))

    def code(self, wildcards):
        """The digest of the code that makes a job's result."""
        return code(STUDY, self.stage, self.key | dict(wildcards))

    def makers(self, wildcards, input):
        """The records that inputs are held against. As it takes `input`, a change reruns nothing;
        and no rule waits for a record, for it is there when what its job made is."""
        return made_by(STUDY, input)


def asks(jobs, **others):
    """The resources of a stage's jobs, whose GPUs are on one machine; memory and time grow with each
    attempt. `others` are what it may use and what decides no result."""
    job_of = lambda wildcards: asked(STUDY, jobs.name, wildcards.get("size", ""))[1]
    most = STUDY.configuration.jobs.at_most
    return dict(
        gpu=lambda wildcards: job_of(wildcards).gpu,
        nodes=lambda wildcards: 1 if job_of(wildcards).gpu else None,
        mem_mb=lambda wildcards, attempt: attempts.memory(job_of(wildcards), most, attempt),
        runtime=lambda wildcards, attempt: attempts.minutes(
            job_of(wildcards), most, attempt, resumes=jobs.name in attempts.RESUMED
        ),
        per_gpu=STUDY.configuration.jobs.per_gpu,
        pretended_gpus=int(STUDY.configuration.jobs.pretended_gpus),
        **(dict(strict=1) if STUDY.configuration.strict else {}),
        **others,
    )


def made_of(job):
    """What a job of the study makes."""
    outputs = declared(job.stage.outputs(STUDY, **job.key))
    return [path for paths in outputs.values() for path in paths]


def any_of(names):
    """A wildcard's constraint: one of these names."""
    return "|".join(map(re.escape, names))


wildcard_constraints:
    seed=r"\d+",
    shard=r"\d+-of-\d+",
    tuning=any_of(STUDY.configuration.tunings),
    module=any_of(STUDY.models.modules()),
    size=any_of(STUDY.sizes),
    backbone=any_of(STUDY.models.backbones),


localrules:
    all,
    fetched,
    data,
    backbones,
    models,
    scores,
    figures,
    audit,
