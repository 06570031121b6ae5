/** After a Jest run: stops what the global setup has started. */

// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function globalTeardown(): Promise<void> {
  await globalThis.hookpulseTestBrowser?.close();
  await globalThis.hookpulseTestBroker?.close();
  await globalThis.hookpulseTestClickHouse?.close();
}
