/** Why a request failed, as reports name it. */
import {
  type ConnectionFailureKind,
  connectionFailure,
} from '@hookpulse/common/values/connection-failure';
import { HostRefusedError } from '@hookpulse/service-kit/http/host-guard';

export interface FailureWords {
  /** At most 100 characters. */
  readonly errorType: string;
  readonly message: string;
}

/** `error_type` of reports. */
export const FAILURE_TYPES: Readonly<Record<ConnectionFailureKind, string>> = {
  timeout: 'Timeout',
  'no connection in time': 'Timeout',
  'connection refused': 'ConnectionRefused',
  'connection closed': 'ConnectionClosed',
  'unknown host': 'DnsFailure',
  'unreachable host': 'Unreachable',
  'certificate refused': 'TlsFailure',
  'no secure connection': 'TlsFailure',
  other: 'RequestFailed',
};

export function describeFailure(error: unknown, timeoutMs: number): FailureWords {
  if (error instanceof HostRefusedError) {
    return { errorType: 'HostRefused', message: error.message };
  }
  const { kind, code } = connectionFailure(error);
  return { errorType: FAILURE_TYPES[kind], message: messageOf(kind, code, timeoutMs) };
}

function messageOf(kind: ConnectionFailureKind, code: string | null, timeoutMs: number): string {
  switch (kind) {
    case 'timeout':
      return `no answer within ${timeoutMs / 1_000} s`;
    case 'connection refused':
      return 'the connection was refused';
    case 'connection closed':
      return 'the connection was closed';
    case 'unknown host':
      return `the host name could not be resolved: ${code}`;
    case 'unreachable host':
      return `the host cannot be reached: ${code}`;
    case 'certificate refused':
      return `the certificate is not valid: ${code}`;
    case 'no secure connection':
      return `no secure connection: ${code}`;
    case 'no connection in time':
      return kind;
    case 'other':
      return `the request failed: ${code ?? 'unknown'}`;
  }
}
