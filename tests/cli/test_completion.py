"""Completion scripts are accepted by their shells, and complete commands, options and files in a real bash."""

import shutil
import subprocess
from pathlib import Path

import pytest

from accounting.cli import main

BASH = shutil.which("bash")


def script(shell: str, capfd: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capfd.readouterr().out


def completed(typed: str, folder: Path) -> set[str]:
    """Press the tabulator key in a bash, and return what is offered."""
    assert BASH is not None
    words = typed.split(" ")
    program = f"""
        source ./script || exit 9
        COMP_WORDS=({" ".join(f"'{word}'" for word in words)}) COMP_CWORD={len(words) - 1}
        COMP_LINE='{typed}' COMP_POINT={len(typed)}
        spec=$(complete -p shuffle-accounting) || exit 8
        [[ $spec =~ -F\\ ([^ ]+) ]] || exit 7
        "${{BASH_REMATCH[1]}}"
        if ((${{#COMPREPLY[@]}} == 0)) && [[ $spec == *'-o default'* ]]; then
            COMPREPLY=($(compgen -f -- '{words[-1]}'))
        fi
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        [BASH, "--norc", "-c", program], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    assert not done.stderr
    return set(done.stdout.split())


@pytest.mark.skipif(BASH is None, reason="needs a bash")
def test_bash_completes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "script").write_text(script("bash", capfd), encoding="utf-8")
    (tmp_path / "survey.toml").touch()
    assert completed("shuffle-accounting so", tmp_path) == {"solve"}
    assert {"check", "solve", "table", "completion"} <= completed("shuffle-accounting ", tmp_path)
    assert completed("shuffle-accounting solve users --ep", tmp_path) == {"--epsilon", "--epsilon0"}
    assert completed("shuffle-accounting completion z", tmp_path) == {"zsh"}
    assert completed("shuffle-accounting check surv", tmp_path) == {"survey.toml"}
    assert completed("shuffle-accounting nonsense", tmp_path) == set()


@pytest.mark.parametrize(("shell", "only_parse"), [("bash", "-n"), ("zsh", "-n"), ("fish", "-n")])
def test_the_shell_accepts_the_script(
    shell: str, only_parse: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "script"
    path.write_text(script(shell, capfd), encoding="utf-8")
    assert "shuffle-accounting" in path.read_text(encoding="utf-8")
    if (program := shutil.which(shell)) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([program, only_parse, str(path)], check=True)


def test_a_file_is_written_whole(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "_shuffle-accounting"
    assert main(["completion", "zsh", "-o", str(path)]) == 0
    assert capfd.readouterr().out == ""
    assert path.read_text(encoding="utf-8") == script("zsh", capfd)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_an_output_that_cannot_be_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash", "-o", str(tmp_path / "missing" / "script")]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("--output must be a file that can be written")
    assert err.count("\n") == 1
