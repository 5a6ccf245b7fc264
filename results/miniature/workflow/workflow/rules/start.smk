# What is looked at before the first job.


def check_start():
    """Raise UserError, one line, for what would fail after hours: sources that are to be fetched and
    are not in the lock, a benchmark's file of another form than its reader's, GPUs that are not there, jobs of
    a killed run that live on in SLURM, and paths that SLURM's jobs cannot have."""
    if workflow.executor_plugin.name == "touch":  # it starts no job
        return
    to_do = list(workflow.dag.needrun_jobs())
    rules_to_do = {job.rule.name for job in to_do}
    fetch.check_pins(STUDY, [s for s in STUDY.downloads.all() if f"fetch_{s}" in rules_to_do])
    own = [name for name in STUDY.data.own_files() if f"prepare_{name}" in rules_to_do]
    if own:
        from downscaling.doctor import rows  # which imports what reads tables

        rows.check_own_files(STUDY, own)
    gpus = max(job.resources.get("gpu", 0) for job in to_do)
    if workflow.local_exec:
        devices.present(gpus)
    elif workflow.executor_plugin.name == "slurm":
        slurm.check_paths([HOME, Path.cwd(), sys.prefix, *workflow.configfiles])
        slurm.check_gpus(gpus)
        slurm.succeed(Path(PATHS.slurm_run()), workflow.scheduler._executor.run_uuid)
