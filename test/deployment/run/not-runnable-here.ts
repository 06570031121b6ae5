/** Why the deployment cannot be run on this machine, whatever the product does. */
export class NotRunnableHereError extends Error {
  override readonly name = 'NotRunnableHereError';
}

/** Does what only the machine decides about. @throws NotRunnableHereError with the reason */
export async function neededHere<Result>(
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NotRunnableHereError(`${what}: ${reason}`, { cause });
  }
}
