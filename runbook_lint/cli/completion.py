"""``runbook-lint completion``: what a shell needs to complete commands, options, rules and ids."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from runbook_lint.cli import CLEAN, PROGRAM, common, group

_SHELLS = ("bash", "zsh", "fish")
_EPILOG = """\b
Examples:
  runbook-lint completion bash
  runbook-lint completion zsh
  runbook-lint completion fish > ~/.config/fish/completions/runbook-lint.fish
"""
# Bash takes `--format=text` for three words. The sign between them is left out, which means the same.
_CALL = '    response=$(env COMP_WORDS="${%s[*]}" COMP_CWORD=$%s'
_WORDS = """\
    local at words=() cword=$COMP_CWORD
    for at in "${!COMP_WORDS[@]}"; do
        if [[ ${COMP_WORDS[at]} == '=' && $at -lt $COMP_CWORD ]]; then
            cword=$((cword - 1))
        else
            words+=("${COMP_WORDS[at]}")
        fi
    done
"""


@click.command(name="completion", epilog=_EPILOG)
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> int:
    """Print what completes commands, options, rules and runbook ids in a shell.

    In bash a line `eval "$(runbook-lint completion bash)"` of ~/.bashrc takes it up, in zsh the same with zsh in
    ~/.zshrc, after compinit.
    """
    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"This version of click completes nothing in {shell}.")
    # Not the method of the shell's own class: that of bash starts one to learn its version.
    text = ShellComplete.source(script(group, {}, PROGRAM, f"_{PROGRAM.upper().replace('-', '_')}_COMPLETE"))
    common.write(text.replace(_CALL % ("COMP_WORDS", "COMP_CWORD"), _WORDS + _CALL % ("words", "cword")))
    return CLEAN
