"""Which GPUs a job computes on: as many as it was given, and no GPU that another job holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from filelock import lock_descriptor

from ..errors import UserError, naming
from .one_writer import STARTER

VISIBLE = "CUDA_VISIBLE_DEVICES"
_SCHEDULERS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID")
_held: list[int] = []


class DeviceError(UserError):
    """A job was given GPUs that it cannot have; the message is one line a user can act on."""


def claim(count: int, per_gpu: int = 1, patience: float = 60.0) -> list[str]:
    """Take `count` GPUs for as long as this process lives and make only them visible.

    Call it before the first use of CUDA. With 0 the process computes on the CPU. On a machine
    without a scheduler every GPU has `per_gpu` lock files, one for each job that it may serve at a
    time; a lock goes with the process (and with children that it forked), however it ends. Where a
    scheduler made just `count` GPUs visible they are this job's already, and nothing is changed.

    Returns the ids. Raises DeviceError if fewer than `count` exist, or if after `patience` seconds
    fewer than `count` are free.
    """
    if count == 0:
        os.environ[VISIBLE] = ""
        return []
    ids = present(count)
    if len(ids) == count and any(os.environ.get(name) for name in _SCHEDULERS):
        return ids
    deadline = time.monotonic() + patience
    while len(taken := _lock(ids, count, per_gpu)) < count:
        for _, descriptor in taken:
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise DeviceError(
                f"{count} GPUs asked for, {len(taken)} of {len(ids)} free for {patience:.0f} s; "
                f"run with --resources gpu={len(ids)} or less"
            )
        time.sleep(0.2)
    _held.extend(descriptor for _, descriptor in taken)
    os.environ[VISIBLE] = ",".join(name for name, _ in taken)
    return [name for name, _ in taken]


def present(count: int) -> list[str]:
    """The GPUs that this process may see, by the ids that CUDA_VISIBLE_DEVICES uses. Raises
    DeviceError if fewer than `count` exist."""
    ids = _seen()
    if len(ids) < count:
        raise DeviceError(
            f"{count} GPUs asked for, {len(ids)} present; "
            "lower `gpu` in the configuration's `jobs`, or run with --resources gpu=0 on the CPU"
        )
    return ids


def check_cuda(count: int) -> None:
    """Raise DeviceError, one line, where torch cannot compute on all of the `count` GPUs that this
    process has taken: it would compute on the CPU without a word."""
    if count == 0:
        return
    import torch

    usable = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if usable < count:
        built = f"for CUDA {torch.version.cuda}" if torch.version.cuda else "without CUDA"
        raise DeviceError(
            f"{count} GPUs were given ({VISIBLE}={os.environ[VISIBLE]}), torch can use {usable}: "
            f"version {torch.__version__}, built {built}; mend the driver or torch (downscaling "
            "doctor), or set `gpu: 0` in the configuration's `jobs`"
        )


def launch(count: int, arguments: Sequence[str]) -> NoReturn:
    """Run `python -m downscaling` with these arguments as `count` processes on this machine, one
    for each GPU that `claim` took, and end as they end; they end when this process does. In each of
    them `place` is not None, and it must neither claim nor launch.

    torch's launcher is called from here, not as torchrun: that would read the command's own
    options as abbreviations of its own. Raises DeviceError if a process fails.
    """
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=count,
        run_id=str(os.getpid()),
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        max_restarts=0,
    )
    os.environ[STARTER] = str(os.getpid())
    try:
        elastic_launch(config, sys.executable)("-m", "downscaling", *arguments)
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        raise DeviceError(
            f"process {rank} of {count} ended with code {failure.exitcode}; its message is above"
        ) from None
    raise SystemExit(0)


def place() -> int | None:
    """This process's number among those that `launch` made on this machine; None for any other."""
    rank = os.environ.get("LOCAL_RANK")
    return None if rank is None else int(rank)


def use(rank: int | None) -> None:
    """Compute on the GPU of this process's number, if it has one and there are GPUs."""
    import torch

    if rank is not None and torch.cuda.is_available():
        torch.cuda.set_device(rank)


def processes() -> int:
    """How many processes work on this job together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _seen() -> list[str]:
    if VISIBLE in os.environ:
        return [name.strip() for name in os.environ[VISIBLE].split(",") if name.strip()]
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    return listed.stdout.split()


def _lock(ids: list[str], count: int, per_gpu: int) -> list[tuple[str, int]]:
    """Up to `count` different GPUs with room for a job, each with its lock's file descriptor. Of
    GPUs that jobs share, those with the fewest jobs come first."""
    taken: dict[str, int] = {}
    for place in range(per_gpu):
        for name in ids:
            if len(taken) < count and name not in taken:
                path = _lock_file(name, place)
                descriptor = _open(path)
                with naming(path):
                    is_free = lock_descriptor(descriptor, blocking=False)
                if is_free:
                    taken[name] = descriptor
                else:
                    os.close(descriptor)
    return list(taken.items())


def _lock_file(name: str, place: int) -> Path:
    folder = Path(tempfile.gettempdir()) / "downscaling-gpus"
    return folder / f"{name.replace('/', '-')}-{place}.lock"


def _open(path: Path) -> int:
    """A lock file that every user's jobs can lock, whatever this user's umask.

    The files lie in a folder without the sticky bit: where it is set, as on /tmp itself, Linux lets
    no user open another's file that may have to be created (fs.protected_regular). A FileLock would
    open the file by itself, but gives the lock up in the children that a job forks.
    """
    if not path.parent.exists():
        path.parent.mkdir(exist_ok=True)
        path.parent.chmod(0o777)
    existed = path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    if not existed:
        os.fchmod(descriptor, 0o666)
    return descriptor
