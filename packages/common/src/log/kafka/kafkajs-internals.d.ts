/**
 * The internals of kafkajs that are used: see `quiet-request-queue.ts`, `lost-topics.ts`,
 * `client-sockets.ts` and `sasl-mechanism.ts`.
 */

declare module 'kafkajs/src/network/requestQueue/index.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class RequestQueue {
    pending: readonly unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class ConsumerGroup {
    recoverFromFetch(error: Error): Promise<void>;
  }
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function createSocketFactory(): ISocketFactory;
}

/** `plain`, `scram256`, `scram512`: functions of one form. */
declare module 'kafkajs/src/broker/saslAuthenticator/*.js' {
  import type { AuthenticationProviderArgs, Authenticator } from 'kafkajs';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function provider(credentials: {
    readonly username: string;
    readonly password: string;
  }): (args: AuthenticationProviderArgs) => Authenticator;
}
