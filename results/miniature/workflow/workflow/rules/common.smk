# What all rules share: where results lie, how a verb is called, what a job asks for.


from downscaling import records
from downscaling.sources import lock, registry

ROOT = f"results/{STUDY.preset}"
THREADS = STUDY.configuration.threads
REGISTRY = registry.load()


def out(path):
    """A path under the preset's results."""
    return f"{ROOT}/{path}"


def each(option, values):
    """An option of a verb, given once for each value."""
    return " ".join(f"{option} {value}" for value in values)


def labelled(option, names, path):
    """An option of a verb, given once for each name as NAME=PATH."""
    return each(option, [f"{name}={out(path.format(name))}" for name in names])


def asks(job):
    """The resources of a job, named by its kind or by a function of its wildcards; memory and time
    grow with each attempt."""
    job_of = job if callable(job) else lambda wildcards: STUDY.job(job)
    return dict(
        gpu=lambda wildcards: job_of(wildcards).gpu,
        mem_mb=lambda wildcards, attempt: job_of(wildcards).mem_mb * attempt,
        runtime=lambda wildcards, attempt: job_of(wildcards).runtime * attempt,
    )


def images_of(names):
    """The folders that hold the images of training sets."""
    return list(dict.fromkeys(out(f"raw/{STUDY.source_of(name)}") for name in names))


def tested_images_of(names):
    """The folders that hold the images of families or benchmarks."""
    folders = [
        f"data/{name}/images" if name in STUDY.benchmarks else f"raw/{STUDY.test_source_of(name)}"
        for name in names
    ]
    return list(dict.fromkeys(map(out, folders)))


def images_beside(source):
    """The folders of the sources that hold a fetched source's images."""
    return (
        []
        if STUDY.is_rendered
        else [out(f"raw/{held}") for held in registry.linked(source, REGISTRY)]
    )


def to_fetch():
    """Every source that is fetched, with its place, those of images included; those with a pin in
    the lock have it."""
    places = STUDY.fetched()
    for name in list(places):
        places |= {held: f"raw/{held}" for held in registry.linked(name, REGISTRY)}
    pins = lock.read(HOME / STUDY.configuration.sources.lock) if places else {}
    return [(name, place, pins.get(name)) for name, place in places.items()]


def models(pairs):
    """The folders of models, one a seed."""
    return expand(
        out("models/seed-{seed}/{model}"),
        seed=STUDY.seeds,
        model=[f"{tuning}-{size}" for tuning, size in pairs],
    )


def starting_model(wildcards):
    """The model that a tuning starts from; none where it starts from the backbones."""
    start = STUDY.stage(wildcards.tuning).start
    return [] if start is None else out(f"models/seed-{wildcards.seed}/{start}-{wildcards.size}")


def samples_of(wildcards):
    """The conversations that a tuning draws from."""
    return expand(out("data/{set}/train.parquet"), set=STUDY.stage(wildcards.tuning).sets)


def features_of(wildcards):
    """The features of the training images, where the vision tower stays as it was pretrained."""
    return out("features/train.safetensors") if STUDY.caches_features(wildcards.tuning) else []


def images_to_tune_on(wildcards):
    """The folders of a tuning's images, where features do not stand for them."""
    return [] if features_of(wildcards) else images_of(STUDY.image_sets(wildcards.tuning))


def teacher_inputs():
    """What a teacher answers from, if it is no server: the miniature's truth, or a model."""
    teacher = STUDY.configuration.teacher
    if teacher.engine == "oracle":
        return {"scenes": out("truth/scenes.jsonl")}
    if teacher.engine == "transformers":
        fetched = teacher.source == "hub"
        return {
            "model": (
                out(f"backbones/{teacher.model}")
                if fetched
                else os.path.relpath(HOME / teacher.model)
            )
        }
    return {}


def teacher_options(wildcards):
    """The same as options of a verb."""
    return " ".join(f"--{name} {path}" for name, path in teacher_inputs().items())


def weights_of(name, external):
    """The folder of a model that was not trained here."""
    if external.form:
        return out(f"models/published/{name}")
    fetched = external.source == "hub"
    return out(f"backbones/{external.model}") if fetched else os.path.relpath(HOME / external.model)


def model_of(wildcards):
    """A perception module or end-to-end model: tuned here, released and converted, or published."""
    if external := STUDY.external_weights(wildcards.module):
        return weights_of(wildcards.module, external)
    name, _, _ = wildcards.module.rpartition("-")
    made = "released" if name in STUDY.configuration.released else f"seed-{wildcards.seed}"
    return out(f"models/{made}/{wildcards.module}")


def reasoner_of(reasoning):
    """A reasoning module: a size, or a model of another family."""
    external = STUDY.external_weights(reasoning)
    return weights_of(reasoning, external) if external else out(f"backbones/{reasoning}")


def descriptions_of(perception, benchmark):
    """A perception module's descriptions, or the true ones."""
    if perception == study.GOLD:
        return out(f"truth/{STUDY.truth_of(benchmark)}/gold.parquet")
    seed = "{seed}" if STUDY.seeds_of(perception) == STUDY.seeds else STUDY.seeds[0]
    return out(f"descriptions/seed-{seed}/{perception}/{benchmark}.parquet")


def official_prompts():
    """The paper's repository, where its prompts are asked for."""
    return [out("raw/official")] if STUDY.configuration.prompts == "official" else []


def official_option(wildcards, input):
    """The same as an option of a verb."""
    return each("--official", input.official)


def reasoning_settings(mode):
    """The settings of a reasoning job, for its seed."""
    return lambda wildcards: study.as_json(STUDY.reason(mode, int(wildcards.seed)))


try:
    FETCHED = to_fetch()
except records.RecordError as error:
    sys.exit(str(error))

# The clone's own code runs, installed or not, under the Python that runs Snakemake, or under that of
# the rule's conda environment.
os.environ.update(study.environment(STUDY, HOME / "src", os.environ))
shell.prefix('set -euo pipefail; downscaling() {{ python -m downscaling "$@"; }}; ')


wildcard_constraints:
    seed=r"\d+",
    set="|".join(STUDY.training_sets()),
    shard=r"\d+-of-\d+",
    tuning="|".join(STUDY.configuration.tunings),
    module="|".join(
        [
            *(f"{tuning}-{size}" for tuning, size in STUDY.tuned()),
            *(
                f"{name}-{size}"
                for name, sizes in STUDY.configuration.released.items()
                for size in sizes
            ),
            *STUDY.configuration.external.models,
        ]
    ).replace(".", r"\."),
    size="|".join(STUDY.sizes).replace(".", r"\."),
    backbone="|".join(STUDY.backbones).replace(".", r"\."),
    benchmark="|".join(STUDY.benchmarks),


localrules:
    all,
    fetched,
    data,
    backbones,
    models,
    scores,
    figures,
    audit,
