/** What a forked program reports: a program that ends before is an error, not a wait without end. */
import type { ChildProcess } from 'node:child_process';

/** @param what - the program, for the error  @throws Error when it ends, or has ended, without a message */
export function nextMessage<Message>(child: ChildProcess, what: string): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  const onMessage = (message: unknown) => resolve(message as Message);
  // Not `exit`: what it said last may still be on its way then.
  const onDisconnect = () => reject(new Error(`${what} has ended without a report`));
  child.once('message', onMessage).once('disconnect', onDisconnect);
  if (!child.connected) onDisconnect();
  return promise.finally(() => child.off('message', onMessage).off('disconnect', onDisconnect));
}

/** Sends the order, and resolves with the answer. @throws Error as `nextMessage` */
export function ask<Message>(
  child: ChildProcess,
  order: object | string,
  what: string,
): Promise<Message> {
  const answer = nextMessage<Message>(child, what);
  // With a callback, an order to a program that has ended is no event without a listener.
  if (child.connected) child.send(order, () => undefined);
  return answer;
}
