import { type Command, createArgument, createCommand } from 'commander';
import { BASH, ZSH } from '../shells.js';

const SHELLS = ['bash', 'zsh', 'fish'];

async function completion(shell: string): Promise<void> {
  const own = { bash: BASH, zsh: ZSH }[shell];
  if (own !== undefined) {
    process.stdout.write(own);
    return;
  }
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'mmapio', 'mmapio');
}

export function completionCommand(): Command {
  return createCommand('completion')
    .summary('print the completion script of a shell')
    .description(
      'Prints a script that teaches the shell to complete commands, options, targets, registers and fields. Accesses: none, ' +
        'neither here nor while completing.',
    )
    .addArgument(createArgument('<shell>', 'the shell').choices(SHELLS))
    .action(completion);
}

export const completionExamples = [
  ['source <(mmapio completion bash)', 'in ~/.bashrc'],
  ['source <(mmapio completion zsh)', 'in ~/.zshrc, after compinit'],
  ['mmapio completion fish > ~/.config/fish/completions/mmapio.fish', ''],
] as const;
