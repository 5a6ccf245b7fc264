"""The graph on a SLURM cluster of one node, whose daemons the test starts and ends."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import HOME, preset, snakemake

# The one place in which a job's steps look for it.
CONFIGURATION = Path("/etc/slurm/slurm.conf")

# Ports on loopback alone; a job runs without control groups, accounting or MPI.
SLURM = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
ReturnToService=2
MinJobAge=600
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [int(opened.getsockname()[1]) for opened in sockets]


def answer(*command: str) -> str:
    """What one of SLURM's commands prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[None]:
    """A running cluster; skips where SLURM is not installed, or is installed in earnest."""
    missing = [name for name in ("munged", "slurmctld", "slurmd") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"SLURM is not installed: no {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("SLURM's daemons start as root alone")
    if CONFIGURATION.exists() or CONFIGURATION.is_symlink():
        pytest.skip(f"{CONFIGURATION} is there: this machine is part of a cluster")
    folder = tmp_path / "slurm"
    for place in (folder, folder / "state", folder / "spool"):
        place.mkdir(mode=0o755)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    host = platform.node().split(".")[0]
    file = folder / "slurm.conf"
    file.write_text(SLURM.format(folder=folder, host=host, ports=free_ports(2)))
    munge = ["munged", "--foreground", "--force", "--key-file", str(key)]
    munge += ["--socket", f"{folder}/munge.socket", "--pid-file", f"{folder}/munged.pid"]
    munge += ["--log-file", f"{folder}/munged.log", "--seed-file", f"{folder}/munged.seed"]
    started = []
    CONFIGURATION.symlink_to(file)
    try:
        for command in (munge, ["slurmctld", "-D"], ["slurmd", "-D", "-N", host]):
            with (folder / f"{command[0]}.out").open("w") as said:
                started.append(subprocess.Popen(command, stdout=said, stderr=said))
            time.sleep(2)
        deadline = time.monotonic() + 60
        while answer("sinfo", "--noheader", "--format=%T").strip() != "idle":
            said = "\n".join(path.read_text() for path in folder.glob("*.out"))
            assert time.monotonic() < deadline, said[-4000:]
            time.sleep(1)
        yield
    finally:
        for daemon in reversed(started):
            daemon.terminate()
        for daemon in reversed(started):
            daemon.wait(30)
        CONFIGURATION.unlink()


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_jobs_run_on_a_cluster(tmp_path: Path) -> None:
    """Catches a profile that SLURM refuses, a job that does not find the code or its inputs on a
    node, and memory or time that never reach the scheduler: two jobs, one after the other."""
    made = "results/smoke/data/in-domain/test.parquet"
    run = snakemake(
        tmp_path,
        made,
        *("--workflow-profile", str(HOME / "profiles/slurm")),
        *("--slurm-status-command", "squeue"),
        *("--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2"),
        *preset("smoke"),
    )
    assert run.code == 0, run.text[-6000:]
    assert (tmp_path / made).is_file()
    jobs = answer("scontrol", "show", "job", "--oneliner").splitlines()
    assert [re.search(r"JobState=(\w+)", job)[1] for job in jobs] == ["COMPLETED"] * 2
    assert all("MinMemoryNode=2000M" in job and "TimeLimit=00:30:00" in job for job in jobs)
