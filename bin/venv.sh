# Sourced by the scripts beside it. `prepare_venv run` and `prepare_venv dev` leave a working
# $venv with the project installed editable; a stamp makes the second call cheap.

# Nothing of the caller's Python environment may leak in.
unset CDPATH PYTHONPATH PYTHONHOME VIRTUAL_ENV MYPYPATH PIP_USER PIP_TARGET PIP_PREFIX

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 2
venv=$root/.venv

# Exit status 2 means "no verdict"; 1 and 3 are answers of `shuffle-accounting check`.
fail() {
    printf '%s\n' "$*" >&2
    exit 2
}

# Print the version of an interpreter; fail if it is missing, broken or unsupported.
supported_version() {
    "$1" -c 'import sys, venv
print("%d.%d" % sys.version_info[:2])
sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

find_python() {
    local candidate candidates=(python3 python3.13 python3.12 python3.11)
    [[ -z ${PYTHON:-} ]] || candidates=("$PYTHON")
    for candidate in "${candidates[@]}"; do
        if supported_version "$candidate" >/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# The virtual environment runs, has pip, and is of the version that PYTHON asks for (if it does).
venv_works() {
    local version
    version=$(supported_version "$venv/bin/python") || return 1
    [[ -z ${PYTHON:-} || $version == "$(supported_version "$PYTHON")" ]] || return 1
    "$venv/bin/python" -c 'import pip' 2>/dev/null
}

# Everything that decides what gets installed. Sources are not part of it: the install is editable.
fingerprint() {
    "$venv/bin/python" -c 'import hashlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
print(hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest(), sys.version_info[:2], root)' "$root"
}

# A development install also serves for running.
installed() {
    local now stamp stamps=("$venv/.installed-dev")
    [[ $1 == dev ]] || stamps+=("$venv/.installed-run")
    [[ -x $venv/bin/python ]] && venv_works && now=$(fingerprint 2>/dev/null) || return 1
    for stamp in "${stamps[@]}"; do
        [[ ! -f $stamp || $(<"$stamp") != "$now" ]] || return 0
    done
    return 1
}

install_into_venv() {
    local kind=$1 python log target=$root
    python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 with its venv module is needed, and" \
        "${PYTHON:-python3} is not one. Name an interpreter: PYTHON=/path/to/python3.11 bash $0 .."
    printf 'Setting up %s (once; needs a package index) ..\n' "$venv" >&2
    venv_works || "$python" -m venv --clear "$venv" >&2 || fail "Could not create $venv"
    [[ $kind == run ]] || target="$root[dev]"
    log=$venv/install.log
    rm -f "$venv/.installed-$kind"
    if ! "$venv/bin/python" -m pip install --quiet --no-input --editable "$target" >"$log" 2>&1; then
        cat "$log" >&2
        fail "Could not install the project into $venv"
    fi
    fingerprint >"$venv/.installed-$kind" || fail "Could not write to $venv"
}

prepare_venv() {
    installed "$1" && return
    if command -v flock >/dev/null; then # two first calls at once: the second one waits
        exec 9>"$root/.venv.lock" && flock 9 || fail "Could not lock $root/.venv.lock"
        installed "$1" || install_into_venv "$1"
        exec 9>&-
    else
        install_into_venv "$1"
    fi
}
