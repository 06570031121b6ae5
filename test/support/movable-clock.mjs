// @ts-check
/**
 * Loaded by `node --import` into a process under test: its clock differs from the machine's by the
 * milliseconds in the file MOVABLE_CLOCK_FILE. Its worker threads and all that is native keep the machine's.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
const { MOVABLE_CLOCK_FILE: file = '' } = process.env;
const READ_EVERY_MS = 20;

let aheadMs = read();
let readAtMs = performance.now();

function read() {
  return Number(readFileSync(file, 'utf8'));
}

/** Looks itself: while the process is busy, no timer would. */
function now() {
  if (performance.now() - readAtMs >= READ_EVERY_MS) {
    readAtMs = performance.now();
    aheadMs = read();
  }
  return RealDate.now() + aheadMs;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: (target) => new target(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
