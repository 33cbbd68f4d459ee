"""shapecalc completion: a script that completes commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes commands and options in bash, zsh or fish.

    For one session: `eval "$(shapecalc completion bash)"`, or zsh for bash;
    `shapecalc completion fish | source`. For good, put that line into ~/.bashrc, ~/.zshrc or
    ~/.config/fish/config.fish.
    """
    completion = get_completion_class(shell)
    assert completion is not None
    group = ctx.find_root().command
    click.echo(completion(group, {}, "shapecalc", "_SHAPECALC_COMPLETE").source())
