"""Executes every notebook: python3 notebooks/run.py ATTUNE

Makes a virtual environment under target/notebooks/ the first time, and again whenever
requirements.txt changes. The executed notebooks, outputs included, are left there; those in this
folder have none, so that a change of a notebook is a change of its text.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parent / "target" / "notebooks"
ENVIRONMENT = WORK / "environment"
PYTHON = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / "python"
REQUIREMENTS = HERE / "requirements.txt"
STAMP = WORK / "installed.txt"
SECONDS_PER_CELL = 120
COLOUR = re.compile("\x1b\\[[0-9;]*m")


def stop(problem):
    sys.exit(f"error: {problem}")


def prepare():
    """An environment with exactly the packages of requirements.txt."""
    if sys.version_info < (3, 11):
        stop(f"the notebooks need Python 3.11 or newer; this is {sys.version.split()[0]}")
    wanted = f"{sys.version}\n{REQUIREMENTS.read_text()}"
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("notebooks: installing Python packages under target/notebooks/, once")
    STAMP.unlink(missing_ok=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    WORK.mkdir(parents=True, exist_ok=True)
    if run([sys.executable, "-m", "venv", ENVIRONMENT]) is None:
        stop("python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if run([*pip, "--only-binary", ":all:", "--requirement", REQUIREMENTS]) is None:
        stop(
            "pip could not install notebooks/requirements.txt (see above); it needs a network, "
            "or PIP_INDEX_URL or PIP_FIND_LINKS set to where the packages are"
        )
    STAMP.write_text(wanted)


def run(command):
    return None if subprocess.run(command).returncode else True


def execute():
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    failed = []
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        kept = [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
        if kept:
            failed.append(path.name)
            print(f"{path.name}: has outputs; clear them before it is committed")
            continue
        began = time.monotonic()
        # The environment's own kernel, whatever others the machine knows.
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        client = NotebookClient(
            notebook,
            timeout=SECONDS_PER_CELL,
            resources={"metadata": {"path": str(HERE)}},
            # Without it, each kernel warns of other users of this machine.
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            client.execute()
            print(f"{path.name}: ok, {time.monotonic() - began:.0f} s")
        except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
            failed.append(path.name)
            print(f"{path.name}: {COLOUR.sub('', str(error))}")
        (WORK / path.name).write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    if failed:
        stop(f"{len(failed)} notebooks failed: {', '.join(failed)}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        stop("name the attune command: python3 notebooks/run.py target/debug/attune")
    if Path(sys.prefix).resolve() == ENVIRONMENT:
        execute()
    else:
        prepare()
        environment = {
            **os.environ,
            "ATTUNE": str(Path(sys.argv[1]).resolve()),
            "MPLCONFIGDIR": str(WORK / "matplotlib"),
            "IPYTHONDIR": str(WORK / "ipython"),
            "JUPYTER_PLATFORM_DIRS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run([PYTHON, Path(__file__).resolve(), sys.argv[1]], env=environment)
        sys.exit(done.returncode)
