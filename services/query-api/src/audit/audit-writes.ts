/**
 * Puts every write, and reading of what people wrote, on the audit topic before it is answered, and into the log output. The answer
 * waits until it can be read there, so that whoever was told of a change finds it; a change that is
 * made is answered even when the audit cannot take it, and is then in the log output only.
 */

import { randomUUID } from 'node:crypto';
import { type AuditEntry, auditedChange, auditedTarget } from '@hookpulse/api/audit-entry';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { clientAddress } from '@hookpulse/service-kit/http/client-address';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { auditMessage } from './audit-message.ts';
import type { AuditTrail } from './audit-trail.ts';

export interface AuditWritesDeps {
  readonly log: Pick<EventLog, 'publish'>;
  /** Null until it could be read. */
  readonly audit: { readonly table: AuditTrail | null };
  readonly clock: Clock;
  readonly logger: Logger;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True: reading it is recorded, too. False: writing is not. */
    isAudited?: boolean;
  }
  interface FastifyRequest {
    /** What a write has done where that is more than was asked for, such as by a default. */
    done: Readonly<Record<string, unknown>> | null;
  }
}

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const TOO_MANY_REQUESTS = 429;

export function auditWrites(app: HttpApp, deps: AuditWritesDeps): void {
  const { log, clock, logger } = deps;
  app.decorateRequest('done', null);
  app.addHook('onSend', async (request, reply) => {
    if (!isAudited(request, reply)) return;
    const audit = entryOf(request, reply, clock.now());
    logger.info({ audit }, 'audit');
    const { table: trail } = deps.audit;
    try {
      await (trail ? trail.add(audit) : log.publish([auditMessage(audit)]));
    } catch (error) {
      logger.error({ err: error, audit }, 'an audit entry may be missing: the log did not take it');
    }
  });
}

/**
 * Writes of everybody who is known, refused ones included, and signing in. A stranger changes nothing
 * and could fill the topic, by tries to sign in as well; so could a caller that is over its limit.
 */
function isAudited(request: FastifyRequest, { statusCode }: FastifyReply): boolean {
  const { isAudited: isSaid = !READING_METHODS.has(request.method) } = request.routeOptions.config;
  if (request.is404 || !isSaid) return false;
  if (statusCode === TOO_MANY_REQUESTS) return false;
  return request.caller !== null;
}

function entryOf(request: FastifyRequest, reply: FastifyReply, nowMs: number): AuditEntry {
  const { caller, method, routeOptions } = request;
  const location = reply.getHeader('location');
  const { url: route = '' } = routeOptions;
  return {
    audit_id: randomUUID(),
    at: iso(nowMs),
    request_id: request.id,
    actor: {
      access: caller?.access ?? null,
      via: caller?.via ?? null,
      session_id: caller?.session?.sessionId ?? null,
      address: clientAddress(request),
      token: caller?.token ?? null,
    },
    method,
    route,
    target: typeof location === 'string' ? location : auditedTarget(route, request.params),
    change: auditedChange([request.query, request.body, request.done], reply.statusCode),
    status: reply.statusCode,
  };
}
