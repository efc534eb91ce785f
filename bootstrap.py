"""Makes .venv and installs the locked dependencies into it, when the lock has changed since the last time.

    python3 bootstrap.py            what Recette runs on
    python3 bootstrap.py --dev      what its tests and checks need, too

Needs nothing but Python itself: uv is used where there is one, else venv and pip.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main(arguments: list[str]) -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            f"Recette needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}. "
            "Name a newer one: make PYTHON=python3.12 up"
        )
    lock = ROOT / ("requirements-dev.txt" if "--dev" in arguments else "requirements.txt")
    stamp = VENV / f".installed-{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing what {lock.name} names into .venv …", flush=True)
    install(lock)
    stamp.write_text(wanted)


def install(lock: Path) -> None:
    if uv := shutil.which("uv"):
        if not PYTHON.exists():
            run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
        run([uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON), "-r", str(lock)])
        return
    if not has_pip():
        make_venv()
    run(
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(lock),
        ]
    )


def has_pip() -> bool:
    return PYTHON.exists() and succeeds([str(PYTHON), "-m", "pip", "--version"])


def make_venv() -> None:
    """Debian ships Python without ensurepip, which venv needs; its own package brings it."""
    if not can_make_venv():
        bring_ensurepip()
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def can_make_venv() -> bool:
    return succeeds([sys.executable, "-c", "import ensurepip, venv"])


def bring_ensurepip() -> None:
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Python's venv is missing; installing {package} …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if not succeeds(["apt-get", "install", "-y", "-qq", package], quiet):
            succeeds(["apt-get", "update", "-qq"], quiet)
            succeeds(["apt-get", "install", "-y", "-qq", package], quiet)
    if not can_make_venv():
        sys.exit(f"Python's venv is missing. Install it with\n\n    sudo apt-get install {package}\n\nand try again.")


def succeeds(command: list[str], environ: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, env=environ, capture_output=True).returncode == 0


def run(command: list[str]) -> None:
    if code := subprocess.run(command).returncode:
        sys.exit(f"This failed with exit {code}; the reason stands above:\n    {' '.join(command)}")


if __name__ == "__main__":
    main(sys.argv[1:])
