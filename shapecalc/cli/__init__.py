"""The command line: one file a command, loaded when it is called."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

import click

from shapecalc.collector import collect_seldom
from shapecalc.registry import PluginError, Registry, blamed

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
UNUSABLE = 2
COMMANDS = {
    "report": "Print the table of volumes, counts and totals.",
    "check": "Find what is wrong, in files and folders.",
    "verify": "Run networks forward and backward, and compare every prediction.",
    "audit": "Check answer keys and printed numbers, and name the misprints.",
    "grade": "Mark answers to questions about networks, and name the mistake behind a wrong one.",
    "quiz": "Draw problem sets with their keys, with other numbers for each student.",
    "assignment": "Write an assignment as a handout, a platform's quiz or an empty answer file.",
    "sizes": "Find the input sizes that fit: factors, nearest sizes, the size for a wanted output.",
    "calc": "Work out a network typed on the command line; P=any finds the padding.",
    "explain": "Explain a topic, a layer kind or a rule; list all pages.",
    "draw": "Draw a network as SVG, TikZ or a page.",
    "expect": "Write what is computed into specs, as claims that check compares.",
    "diff": "Say what differs between two networks.",
    "sweep": "Try several values for fields and inputs: a row for each combination.",
    "convert": "Write a network in another format.",
    "playground": "Build a page that runs shapecalc in the browser, for any host.",
    "completion": "Print a script that completes commands and options in a shell.",
    "schema": "Print a JSON Schema of the spec language, for editors.",
}


commands: Registry[click.Command] = Registry(
    "command",
    {name: f"shapecalc.cli.{name}:command" for name in COMMANDS},
    fits=lambda thing: isinstance(thing, click.Command),
    needs="a command of click",
)


def _activate(ctx: click.Context, option: click.Parameter, names: tuple[str, ...]) -> None:
    if names:
        from shapecalc import plugins

        for name in names:
            plugins.activate(name)


def _plugin_option() -> click.Option:
    """Return --plugin, which the group and every command have; it comes before all other options,
    since their values may be a plug-in's.
    """
    return click.Option(
        ["--plugin"],
        multiple=True,
        is_eager=True,
        expose_value=False,
        callback=_activate,
        metavar="PACKAGE",
        help="Use a plug-in: a Python package, module or .py file. This runs its code.",
    )


class _Lazy(click.Group):
    """A group that imports a command's module only when it is needed."""

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **options)
        except PluginError as error:
            click.echo(f"shapecalc: {error}", err=True)
            sys.exit(UNUSABLE)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say_interrupted()
            ctx.exit(INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = commands.find(cmd_name)
        if command is not None and not any(option.name == "plugin" for option in command.params):
            command.params.append(_plugin_option())
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        added = (name for name in commands if name not in COMMANDS)
        listed = COMMANDS | {name: commands[name].get_short_help_str() for name in added}
        with formatter.section("Commands"):
            formatter.write_dl(list(listed.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from shapecalc.diagnostics import nearest

        if args and args[0] not in commands and not args[0].startswith("-"):
            close = nearest(args[0], list(commands))
            hint = f" Did you mean {close}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from shapecalc import __version__  # an import of everything, so only when asked for

        click.echo(f"shapecalc {__version__}")
        ctx.exit()


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version and exit.",
)
@click.pass_context
def group(ctx: click.Context) -> None:
    """Shapes, sizes and faults of neural networks written in a small text file.

    Exit codes: 0 nothing wrong; 1 an error in a file; 2 wrong usage, or a path that cannot be
    opened.
    """
    ctx.color = _colour()


group.params.append(_plugin_option())


def _colour() -> bool | None:
    """Return whether to use colour: NO_COLOR and FORCE_COLOR decide, otherwise the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def _say_interrupted() -> None:
    start = "\n" if sys.stderr.isatty() else ""  # behind the ^C
    click.echo(f"{start}shapecalc: interrupted", err=True)


def main() -> None:
    """Run the command line. No traceback reaches a user."""
    collect_seldom()
    # Looking for pydantic's plug-ins reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show a name says ?
    try:
        group(prog_name="shapecalc")
    except SystemExit:
        gc.freeze()  # what is left ends with the process: no need to search it for cycles
        raise
    except KeyboardInterrupt:  # before a command has begun, or after it
        _say_interrupted()
        sys.exit(INTERRUPTED)
    except MemoryError:
        click.echo("shapecalc: there is not enough memory", err=True)
        sys.exit(2)
    except OSError as error:  # standard output is full or gone
        click.echo(f"shapecalc: cannot write: {error.strerror or error}", err=True)
        sys.exit(2)
    except Exception as error:  # the last resort: whatever it is, say it in one line
        from shapecalc.cli.files import unexpected

        click.echo(f"shapecalc: {blamed(error) or unexpected(error)}", err=True)
        sys.exit(UNUSABLE)
