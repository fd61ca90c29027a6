"""Where client and server run.

Left alone, the scheduler now puts both on one core and now on two, and a call over the loopback
costs twice as much in one case as in the other: the same command would give other verdicts each
time. And a core that falls asleep between request and answer takes longer to wake than the call
takes, above all in a virtual machine. So by default each has its own core, kept awake."""

import contextlib
import os
import subprocess
import sys

FREE, SAME, APART = "free", "same", "apart"
CHOICES = {
    FREE: "where the system puts them",
    SAME: "both on one core",
    APART: "each on its own core, kept awake",
}

# Ends with its parent, however that one ends.
SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(100_000): pass"


def default():
    """The steadiest choice that the machine allows."""
    return APART if len(os.sched_getaffinity(0)) > 1 else FREE


def choose(choice):
    """The server's core and the clients' one; None where the system decides."""
    usable = sorted(os.sched_getaffinity(0))
    if choice == FREE:
        return None, None
    return usable[0], usable[0] if choice == SAME else usable[-1]


@contextlib.contextmanager
def awake(choice):
    """Idle-priority loops: they run only when nothing else would, so that no core goes to sleep."""
    cores = choose(choice) if choice == APART else ()
    spinning = [
        subprocess.Popen([sys.executable, "-S", "-c", SPIN], preexec_fn=lambda core=core: _yielding(core))
        for core in cores
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def _yielding(core):
    os.sched_setaffinity(0, {core})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
