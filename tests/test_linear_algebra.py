"""The player's linear algebra stays on the thread that asks for it."""

import os
import subprocess
import sys

THREADS = """if True:
    import os
    from latentaudio.linear_algebra import stay_on_one_thread
    stay_on_one_thread()
    import numpy
    print(len(os.listdir("/proc/self/task")), "OPENBLAS_NUM_THREADS" in os.environ)
"""


def test_no_product_waits_for_a_thread_of_its_own_and_processes_we_start_decide_for_themselves():
    found = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run([sys.executable, "-c", THREADS], env=found, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["1", "False"]
