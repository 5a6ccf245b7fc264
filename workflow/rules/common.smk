# What all rules share: where results lie, how a verb is called, what a job asks for.


ROOT = f"results/{STUDY.preset}"
THREADS = STUDY.configuration.threads


def out(path):
    """A path under the preset's results."""
    return f"{ROOT}/{path}"


def each(option, values):
    """An option of a verb, given once for each value."""
    return " ".join(f"{option} {value}" for value in values)


def labelled(option, names, path):
    """An option of a verb, given once for each name as NAME=PATH."""
    return each(option, [f"{name}={out(path.format(name))}" for name in names])


def asks(kind):
    """The resources of a job; memory and time grow with each attempt."""
    job = STUDY.job(kind)
    return dict(
        gpu=job.gpu,
        mem_mb=lambda wildcards, attempt: job.mem_mb * attempt,
        runtime=lambda wildcards, attempt: job.runtime * attempt,
    )


def images_of(names):
    """The folders that hold the images of training sets, families or benchmarks."""
    folders = [
        out(f"data/{name}/images" if name in STUDY.benchmarks else f"raw/{STUDY.source_of(name)}")
        for name in names
    ]
    return list(dict.fromkeys(folders))


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
    frozen = STUDY.tower_is_pretrained(wildcards.tuning)
    return out("features.safetensors") if frozen else []


def images_to_tune_on(wildcards):
    """The folders of a tuning's images, where features do not stand for them."""
    return [] if features_of(wildcards) else images_of(STUDY.image_sets(wildcards.tuning))


def teacher_inputs():
    """What a teacher answers from, if it is no server: the miniature's truth, or a model."""
    teacher = STUDY.configuration.teacher
    if teacher.engine == "oracle":
        return {"scenes": out("truth/scenes.jsonl")}
    if teacher.engine == "transformers":
        return {"model": os.path.relpath(HOME / teacher.model)}
    return {}


def teacher_options(wildcards):
    """The same as options of a verb."""
    return " ".join(f"--{name} {path}" for name, path in teacher_inputs().items())


def weights_of(external):
    """The folder of a model that was not trained here."""
    fetched = external.source == "hub"
    return out(f"backbones/{external.model}") if fetched else os.path.relpath(HOME / external.model)


def model_of(wildcards):
    """A perception module or end-to-end model: tuned here, or published."""
    external = STUDY.external_weights(wildcards.module)
    return weights_of(external) if external else out("models/seed-{seed}/{module}")


def reasoner_of(reasoning):
    """A reasoning module: a size, or a model of another family."""
    external = STUDY.external_weights(reasoning)
    return weights_of(external) if external else out(f"backbones/{reasoning}")


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
            *STUDY.configuration.external.models,
        ]
    ).replace(".", r"\."),
    size="|".join(STUDY.sizes).replace(".", r"\."),
    backbone="|".join(STUDY.backbones).replace(".", r"\."),
    benchmark="|".join(STUDY.benchmarks),


localrules:
    all,
    data,
    backbones,
    models,
    scores,
    figures,
    audit,
