"""What all declarations cost whoever loads them; `tests.benchmarks.declarations` measures it more closely."""

import json
import os
import subprocess
import sys

MEASURED = """
import json, sys, time, tracemalloc

def load():
    for name in [name for name in sys.modules if name.partition(".")[0] == "connectors"]:
        del sys.modules[name]
    import connectors.catalogue

tracemalloc.start()
load()  # compiles the files and brings the libraries, too
memory = tracemalloc.get_traced_memory()[0] / 2**20
tracemalloc.stop()
began = time.process_time()
load()
print(json.dumps([(time.process_time() - began) * 1000, memory]))
"""


def test_declarations_cost_what_they_may(tmp_path):
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPYCACHEPREFIX": str(tmp_path)}

    asked = [sys.executable, "-c", MEASURED]
    done = subprocess.run(asked, env=env, capture_output=True, check=True, text=True)

    cpu_ms, memory_mb = json.loads(done.stdout)
    assert memory_mb <= 30
    assert cpu_ms <= 400  # 145 while others had the cores, too
