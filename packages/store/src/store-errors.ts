/**
 * What a failed query says about the store, decided in this one place for both engines: the store is
 * away for now, it refuses a setting, or the query is wrong. Only what is away passes by waiting.
 */
import { certificateProblem } from '@hookpulse/common/values/certificate-errors';
import { errorCode } from '@hookpulse/common/values/error-code';

/** The store did not answer, not in time, or cannot for now. Trying again later is right. */
export class StoreUnavailableError extends Error {
  override readonly name: string = 'StoreUnavailableError';
}

/** The database or its tables were dropped while they were in use. Only a person can know why. */
export class StoreEmptiedError extends StoreUnavailableError {
  override readonly name = 'StoreEmptiedError';

  constructor() {
    super(
      'has lost its database or tables; restart the aggregator and the query API, which recreate them and recount what the log still holds',
    );
  }
}

/** A setting is wrong: `CLICKHOUSE_URL` names somebody or something that the server refuses. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}

/** The store does not understand a query, or one of its values. It is a fault of ours. */
export class StoreQueryError extends Error {
  override readonly name = 'StoreQueryError';
}

export type StoreError = StoreUnavailableError | StoreRefusedError | StoreQueryError;

/**
 * ClickHouse's error codes that waiting does not mend, because a setting is wrong
 * (https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp).
 */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['164', 'ClickHouse allows this user only to read'],
  ['192', 'ClickHouse does not know this user'],
  ['193', 'ClickHouse refuses this password'],
  ['194', 'ClickHouse needs a password'],
  ['195', 'ClickHouse does not allow this user from this address'],
  ['291', 'ClickHouse does not allow this user to use this database'],
  ['497', 'ClickHouse does not allow this user to do that'],
  ['516', 'ClickHouse refuses this user or password'],
]);

/** Codes of the same list that pass: networks, overload, full disks, starts and lost tables. */
const OUTAGES: ReadonlySet<string> = new Set([
  ...['3', '23', '24', '32', '33', '74', '75', '76', '86', '87'], // files and streams that end early
  ...['95', '96', '100', '102', '198', '203', '209', '210', '279', '297', '410'], // networks
  ...['159', '160', '201', '202', '241', '252', '364', '367', '394', '439', '473', '735', '745'], // load
  ...['173', '204', '243', '425', '499', '1000', '1001', '1002'], // the machine below
  ...['225', '234', '236', '242', '244', '254', '265', '285', '286', '289', '319', '335'], // replicas
  ...['341', '369', '379', '415', '416', '571', '722', '999'],
  ...['60', '81', '218'], // a table or database that is being made, or was dropped
]);

/** Names of errors by which a query could not even be written: no engine has seen it. */
const FAULTS_OF_OURS: readonly string[] = ['TypeError', 'RangeError', 'ReferenceError'];

/** The class of any error that asking the store ended in; the error itself is its `cause`. */
export function toStoreError(error: unknown): StoreError {
  if (isStoreError(error)) return error;
  const refusal = refusalOf(error);
  if (refusal !== null) return new StoreRefusedError(refusal, { cause: error });
  const code = serverCode(error);
  const isWrong =
    code === null
      ? error instanceof Error && FAULTS_OF_OURS.includes(error.name)
      : !OUTAGES.has(code);
  return isWrong
    ? new StoreQueryError('the store rejects a query as invalid', { cause: error })
    : new StoreUnavailableError('the store cannot answer', { cause: error });
}

function isStoreError(error: unknown): error is StoreError {
  return (
    error instanceof StoreUnavailableError ||
    error instanceof StoreRefusedError ||
    error instanceof StoreQueryError
  );
}

/** The sentence for the operator; null: no setting is wrong. */
function refusalOf(error: unknown): string | null {
  const certificate = certificateProblem(error);
  if (certificate !== null) {
    return `The ${certificate.whose}'s certificate is not accepted (${certificate.code}): check CLICKHOUSE_SSL_CA and the host name in CLICKHOUSE_URL`;
  }
  const reason = REFUSALS.get(serverCode(error) ?? '');
  return reason === undefined ? null : `${reason}: check CLICKHOUSE_URL`;
}

/**
 * The number that the engine gave the error; null: it comes from elsewhere. The class of the error
 * does not tell: the embedded engine's client has another `ClickHouseError` than the server's.
 */
function serverCode(error: unknown): string | null {
  const code = errorCode(error);
  return code !== undefined && /^\d+$/.test(code) ? code : null;
}
