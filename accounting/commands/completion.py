"""``completion``: scripts with which shells complete commands and options."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from ..files import written
from .output import Output, deliver

if TYPE_CHECKING:
    from cyclopts import App

__all__ = ["completion_of"]

DONE = 0


def completion_of(app: App) -> Callable[..., int]:
    """Return the command that prints scripts for an application with all of its commands.

    Args:
        app: the application; it may still get commands afterwards.
    """

    def completion(shell: Literal["bash", "zsh", "fish"], /, *, output: Output = None) -> int:
        """Print a script with which a shell completes commands and options.

        Put it where the shell looks for such scripts; the next shell that is started completes `shuffle-accounting` with the
        tabulator key. For bash that is a file named `shuffle-accounting` in `~/.local/share/bash-completion/completions`, for
        zsh a file named `_shuffle-accounting` in a folder of `fpath`, for fish `~/.config/fish/completions/shuffle-accounting.fish`.
        Nothing is changed but the file that `--output` names.

        Example: `shuffle-accounting completion bash -o shuffle-accounting`

        Exit codes:

        - 0: the script is printed or written
        - 2: bad usage

        Args:
            shell: which shell the script is for.
            output: the file to write; by default standard output.
        """
        script = app.generate_completion(prog_name=app.name[0], shell=shell)
        if shell == "bash":  # names of files where nothing else fits
            script = script.replace("\ncomplete -F ", "\ncomplete -o default -F ")
        if output is None:
            deliver(text=lambda: script, content=dict, json=False)
        else:
            with written(output, name="--output") as file:
                file.write(script)
        return DONE

    return completion
