/** A command cannot do what it was asked to; the message is a sentence for whoever typed it. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exitCode: number = 1;
}

/** It was asked in a way in which it cannot be done: exit code 2, for commands that tell the two apart. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;
}
