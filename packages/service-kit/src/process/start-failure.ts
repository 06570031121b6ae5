/** One clear sentence for whoever starts a process that cannot start: no stack, no internals. */

/** @param who - as the sentence names it: `Hookpulse`, `ingest`, … */
export function startFailure(who: string, error: unknown): string {
  if (!(error instanceof Error)) return `${who} cannot start: ${String(error)}`;
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `${who} cannot start: port ${String(error.port)} is in use. Stop what listens there, or set INGEST_PORT, QUERY_API_PORT, AGGREGATOR_PORT, ALERTER_PORT or FORWARDER_PORT.`;
  }
  return `${who} cannot start: ${error.message}`;
}
