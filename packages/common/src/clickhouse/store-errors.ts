/** What a failed query says about the store: is it away for now, or is a setting wrong? */
import { ClickHouseError } from '@clickhouse/client';
import { certificateProblem } from '../runtime/certificate-errors.ts';

/**
 * ClickHouse's error codes that waiting does not mend, because a setting is wrong
 * (https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp).
 */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['192', 'ClickHouse does not know this user'],
  ['193', 'ClickHouse refuses this password'],
  ['194', 'ClickHouse needs a password'],
  ['497', 'ClickHouse does not allow this user to do that'],
  ['516', 'ClickHouse refuses this user or password'],
]);

/** A setting is wrong: `CLICKHOUSE_URL` names somebody or something that the server refuses. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}

/** The error, or a `StoreRefusedError` in its place when a setting is wrong. */
export function toStoreError(error: unknown): unknown {
  const certificate = certificateProblem(error);
  if (certificate !== null) {
    return new StoreRefusedError(
      `The ${certificate.whose}'s certificate is not accepted (${certificate.code}): check CLICKHOUSE_SSL_CA and the host name in CLICKHOUSE_URL`,
      { cause: error },
    );
  }
  if (!(error instanceof ClickHouseError)) return error;
  const reason = REFUSALS.get(error.code);
  if (reason === undefined) return error;
  return new StoreRefusedError(`${reason}: check CLICKHOUSE_URL`, { cause: error });
}
