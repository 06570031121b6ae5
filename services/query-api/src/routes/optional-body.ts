/** For routes whose body has defaults for everything: `config` and hook that let it be left out. */
import type { preValidationHookHandler } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the body may be left out; default: where there is a schema, it may not. */
    hasOptionalBody?: boolean;
  }
}

const takeNothingAsEmpty: preValidationHookHandler = (request, _reply, done) => {
  // Not what is sent and means nothing, like `null`.
  if (request.body === undefined) request.body = {};
  done();
};

export const optionalBody = {
  config: { hasOptionalBody: true },
  preValidation: takeNothingAsEmpty,
} as const;
