"""SLURM (munge, slurmctld, slurmd) on this machine alone, with GPUs that are pretended."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

# The one place in which a job's steps look for it.
CONFIGURATION = Path("/etc/slurm/slurm.conf")
RESOURCES = CONFIGURATION.with_name("gres.conf")
GPUS = 4

# Ports on loopback alone; a job runs without control groups, accounting or MPI. There are more
# processors on paper than in the machine, so that a job a GPU can run.
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
MinJobAge=3600
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName={host} NodeAddr=127.0.0.1 CPUs={gpus} RealMemory=64000 Gres=gpu:{gpus} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why no cluster can be started here; empty where one can."""
    absent = [name for name in ("munged", "slurmctld", "slurmd") if shutil.which(name) is None]
    if absent:
        return f"SLURM is not installed: no {', '.join(absent)}"
    if os.geteuid() != 0:
        return "SLURM's daemons start as root alone"
    if any(os.path.lexists(file) for file in (CONFIGURATION, RESOURCES)):
        return f"{CONFIGURATION} is there: this machine is part of a cluster"
    return ""


def answer(*command: str) -> str:
    """What one of SLURM's commands prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """A cluster of one node for the time of the block, with its files in a folder."""
    for place in (folder, folder / "state", folder / "spool"):
        place.mkdir(mode=0o755)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    host = platform.node().split(".")[0]
    file, resources = folder / "slurm.conf", folder / "gres.conf"
    file.write_text(SLURM.format(folder=folder, host=host, ports=_free_ports(2), gpus=GPUS))
    # SLURM hands out devices of which only the files are there, numbered as NVIDIA's driver does.
    for number in range(GPUS):
        os.mknod(folder / f"gpu{number}", stat.S_IFCHR | 0o666, os.makedev(195, 200 + number))
    resources.write_text(f"NodeName={host} Name=gpu File={folder}/gpu[0-{GPUS - 1}]\n")
    munge = ["munged", "--foreground", "--force", "--key-file", str(key)]
    munge += ["--socket", f"{folder}/munge.socket", "--pid-file", f"{folder}/munged.pid"]
    munge += ["--log-file", f"{folder}/munged.log", "--seed-file", f"{folder}/munged.seed"]
    started = []
    CONFIGURATION.symlink_to(file)
    RESOURCES.symlink_to(resources)
    try:
        for command in (munge, ["slurmctld", "-D"], ["slurmd", "-D", "-N", host]):
            with (folder / f"{command[0]}.out").open("w") as said:
                started.append(subprocess.Popen(command, stdout=said, stderr=said))
            time.sleep(2)
        deadline = time.monotonic() + 120
        while answer("sinfo", "--noheader", "--format=%T").strip() != "idle":
            said = "\n".join(path.read_text() for path in folder.glob("*.out"))
            assert time.monotonic() < deadline, said[-4000:]
            time.sleep(1)
        yield
    finally:
        answer("scancel", "--partition=all")
        for daemon in reversed(started):
            daemon.terminate()
        for daemon in reversed(started):
            daemon.wait(30)
        CONFIGURATION.unlink()
        RESOURCES.unlink()


def _free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [int(opened.getsockname()[1]) for opened in sockets]
