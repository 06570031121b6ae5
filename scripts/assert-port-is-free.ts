/** Checks that a port is free, before work starts that would be in vain otherwise. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode } from '@hookpulse/common/values/error-code';

/** A port cannot be had; the message says why, and what would help. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

/** @param option - by which another port is chosen. @throws PortTakenError */
export async function assertPortIsFree(
  port: number,
  option: string,
  host = '127.0.0.1',
): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new PortTakenError(reasonOf(errorCode(error), { port, option, host }));
  } finally {
    server.close();
  }
}

function reasonOf(
  code: string | undefined,
  { port, option, host }: { port: number; option: string; host: string },
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use: stop what listens there, or choose ${option}`;
    case 'EACCES':
      return `port ${port} may not be used by this user: choose ${option}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this machine: set HOST to one that is`;
    default:
      return `port ${port} of ${host} cannot be used (${code ?? 'unknown reason'}): choose ${option}`;
  }
}
