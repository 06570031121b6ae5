/** Whether an engine can listen where it is to: asked before, since Java says it in 200 lines. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode } from '@hookpulse/common/runtime/error-code';
import { UsageError } from './options.ts';

/** @param option - by which another port is chosen. @throws UsageError */
export async function assertPortIsFree(port: number, option: string): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const reason = errorCode(error) === 'EADDRINUSE' ? 'is in use' : 'cannot be had';
    throw new UsageError(`Port ${port} ${reason}: stop what listens there, or choose ${option}`);
  } finally {
    server.close();
  }
}
