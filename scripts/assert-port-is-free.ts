/** Checks that a port is free, before work starts that would be in vain otherwise. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode } from '@hookpulse/common/values/error-code';

/** A port is taken; the message says so, and by what another one is chosen. */
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
    const reason = errorCode(error) === 'EADDRINUSE' ? 'is in use' : 'cannot be used';
    throw new PortTakenError(
      `port ${port} ${reason}: stop what listens there, or choose ${option}`,
    );
  } finally {
    server.close();
  }
}
