/** `POST /api/admin/backups`: copies the embedded log and store into the data folder. */
import { BACKUPS_PATH, type Backup, BackupSchema } from '@hookpulse/api/backup';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, HttpError } from '@hookpulse/service-kit/http/http-error';
import Type from 'typebox';
import { oneAtATime } from '../one-at-a-time.ts';
import { optionalBody } from './optional-body.ts';

export interface BackupRoutesDeps {
  /** Null: an engine is a server, with means of its own. */
  readonly makeBackup: (() => Promise<Backup>) | null;
}

const Body = Type.Object({}, { additionalProperties: false });

export function registerBackups(app: HttpApp, { makeBackup }: BackupRoutesDeps): void {
  const inTurn = oneAtATime();

  app.post(
    BACKUPS_PATH,
    {
      ...optionalBody,
      config: { ...optionalBody.config, access: 'admin' },
      schema: {
        tags: ['administration'],
        summary: 'Makes a backup of the embedded log and store, while they are used',
        description:
          'The backup is a new folder in `DATA_DIR/backups`. It holds secrets, as the data folder does. `npx hookpulse restore` makes a data folder from it. 409 when Hookpulse runs on Kafka or on a ClickHouse server: back those up by their own means.',
        body: Body,
        response: {
          201: BackupSchema,
          400: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (_request, reply) => {
      if (makeBackup === null) {
        throw new HttpError(
          409,
          'This Hookpulse runs on Kafka or on a ClickHouse server. Back them up by their own means; see docs/guides/operations.md.',
        );
      }
      return reply.code(201).send(await inTurn(makeBackup));
    },
  );
}
