/** ClickHouse's exceptions as its HTTP interface answers them. */

/**
 * An exception of ClickHouse: raised by chDB, or by this endpoint in the server's place.
 * Numbers and names are those of ClickHouse's `src/Common/ErrorCodes.cpp`.
 */
export class ClickHouseException extends Error {
  override readonly name = 'ClickHouseException';
  readonly code: number;
  /** e.g. `UNKNOWN_TABLE` */
  readonly errorName: string;

  /** @param description - a sentence, as it stands between `DB::Exception: ` and ` (UNKNOWN_TABLE)` */
  constructor(code: number, errorName: string, description: string) {
    super(`Code: ${code}. DB::Exception: ${description} (${errorName})`);
    this.code = code;
    this.errorName = errorName;
  }
}

/** ClickHouse's `src/Server/HTTP/exceptionCodeToHTTPStatus.cpp`, as far as chDB can raise them. */
const NAMES_BY_STATUS: Readonly<Record<number, readonly string[]>> = {
  400: [
    'BAD_ARGUMENTS',
    'CANNOT_COMPILE_REGEXP',
    'CANNOT_PARSE_DATE',
    'CANNOT_PARSE_DATETIME',
    'CANNOT_PARSE_ESCAPE_SEQUENCE',
    'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
    'CANNOT_PARSE_NUMBER',
    'CANNOT_PARSE_QUOTED_STRING',
    'CANNOT_PARSE_TEXT',
    'CANNOT_PARSE_UUID',
    'DUPLICATE_COLUMN',
    'ILLEGAL_COLUMN',
    'INCORRECT_DATA',
    'SYNTAX_ERROR',
    'THERE_IS_NO_COLUMN',
    'TYPE_MISMATCH',
    'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE',
  ],
  403: ['ACCESS_DENIED', 'AUTHENTICATION_FAILED'],
  404: [
    'UNKNOWN_AGGREGATE_FUNCTION',
    'UNKNOWN_DATABASE',
    'UNKNOWN_DATABASE_ENGINE',
    'UNKNOWN_FORMAT',
    'UNKNOWN_FUNCTION',
    'UNKNOWN_IDENTIFIER',
    'UNKNOWN_SETTING',
    'UNKNOWN_STORAGE',
    'UNKNOWN_TABLE',
    'UNKNOWN_TYPE',
    'UNKNOWN_TYPE_OF_QUERY',
  ],
  408: ['TIMEOUT_EXCEEDED'],
  501: ['NOT_IMPLEMENTED'],
};

const STATUS_BY_NAME = new Map(
  Object.entries(NAMES_BY_STATUS).flatMap(([status, names]) =>
    names.map((name) => [name, Number(status)] as const),
  ),
);

/** `Query failed: Code: 60. DB::Exception: Unknown table …. (UNKNOWN_TABLE)` */
const CHDB_MESSAGE = /Code: (\d+)\. DB::Exception: (.*) \(([A-Z0-9_]+)\)\s*$/s;

/** What chDB has thrown, as a ClickHouse exception; anything else comes back as it is. */
export function toClickHouseException(error: unknown): unknown {
  const match = CHDB_MESSAGE.exec(error instanceof Error ? error.message : '');
  if (!match) return error;
  const [, code, description = '', errorName = ''] = match;
  return new ClickHouseException(Number(code), errorName, description);
}

export function httpStatusOf(exception: ClickHouseException): number {
  return STATUS_BY_NAME.get(exception.errorName) ?? 500;
}
