"""A Slurm of one node for tests: a controller and a daemon of their own, and programs that stand in for those of other sites."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=cred_expire=5
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SchedulerType=sched/builtin
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.pid
SlurmctldLogFile={directory}/log/slurmctld.log
SlurmdLogFile={directory}/log/slurmd.log
SlurmctldPort={controller}
SlurmdPort={daemon}
ReturnToService=2
JobRequeue=1
KillWait=5
OverTimeLimit=0
MinJobAge=300
MaxArraySize=10
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 RealMemory=500 State=UNKNOWN
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=batch Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=3
PartitionName=urgent Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
"""


def is_munge_up():
    return subprocess.run("munge -n | unmunge", shell=True, capture_output=True).returncode == 0


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Cluster:
    """Started and stopped by a test class."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="avips-slurm-"))
        self.munge = None

    def start(self):
        for name in ("state", "spool", "log"):
            (self.directory / name).mkdir()
        if not is_munge_up():
            Path("/run/munge").mkdir(exist_ok=True)
            shutil.chown("/run/munge", "munge", "munge")
            os.chmod("/run/munge", 0o755)
            subprocess.run(["runuser", "-u", "munge", "--", "/usr/sbin/munged", "--force"], check=True, capture_output=True)
            self.munge = int(Path("/run/munge/munged.pid").read_text())
            self.wait(is_munge_up, "munge does not answer")
        controller, daemon = free_ports(2)
        host = socket.gethostname().split(".")[0]
        self.configuration = self.directory / "slurm.conf"
        self.configuration.write_text(CONFIGURATION.format(host=host, directory=self.directory, controller=controller, daemon=daemon))
        self.environment = {"SLURM_CONF": str(self.configuration)}
        self.run("slurmctld", check=True)
        self.wait(lambda: self.run("sinfo").returncode == 0, "slurmctld does not answer")
        self.run("slurmd", check=True)
        self.wait(lambda: "idle" in self.run("sinfo", "-h", "-o", "%T").stdout, "slurmd does not come up")

    def stop(self):
        if hasattr(self, "configuration"):
            self.run("scancel", "--quiet", "-u", "root")
            time.sleep(0.5)
        for name in ("slurmd", "slurmctld"):
            try:
                pid = int((self.directory / f"{name}.pid").read_text())
                os.kill(pid, 15)
                self.wait(lambda: not Path("/proc", str(pid)).exists(), f"{name} does not end")
            except (OSError, ValueError):
                pass
        if self.munge:
            os.kill(self.munge, 15)
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, *words, check=False):
        done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **self.environment}, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{words}: {done.stderr}{done.stdout}")
        return done

    def wait(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                logs = "".join(path.read_text()[-2000:] for path in self.directory.glob("log/*.log"))
                raise AssertionError(f"{what}; {logs}")
            time.sleep(0.1)

    def queue(self):
        """The states of the jobs by their names, such as "3_1"."""
        text = self.run("squeue", "-h", "--array", "--states=all", "-o", "%F_%K %T %r").stdout
        return {line.split()[0]: line.split()[1] for line in text.splitlines() if line.strip()}

    def wait_until_idle(self, seconds=120):
        alive = {"PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "REQUEUED", "PREEMPTED"}
        self.wait(lambda: not alive & set(self.queue().values()), f"jobs do not end: {self.queue()}", seconds)
