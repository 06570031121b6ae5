/**
 * ClickHouse's HTTP interface over chDB, the endpoint of the tests, under the tag of the server: with its
 * user, its port, its data folder, and `wget` for the health check.
 */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageOf } from '../../../setup/images.ts';
import { moduleGraph } from '../../../support/module-graph.ts';
import { ROOT, readText } from '../../compose.ts';
import { WHOLE_IMAGE } from '../project-images.ts';
import type { Recipe } from './recipe.ts';

const MAIN = 'test/clickhouse-server/main.ts';
/** chDB is in our own image. */
const DOCKERFILE = `
FROM ${WHOLE_IMAGE}
USER root
RUN apt-get update && apt-get install -y --no-install-recommends wget && rm -rf /var/lib/apt/lists/*
RUN install -d -m 777 /var/lib/clickhouse
COPY test/ /app/test/
ENV CLICKHOUSE_USER=default CLICKHOUSE_PASSWORD= CLICKHOUSE_DB=default
USER 101:101
EXPOSE 8123
VOLUME /var/lib/clickhouse
ENTRYPOINT ["sh", "-c"]
CMD ["exec node --disable-warning=ExperimentalWarning /app/${MAIN} --host 0.0.0.0 --port 8123 \\
  --data-dir /var/lib/clickhouse/data --user $CLICKHOUSE_USER --password $CLICKHOUSE_PASSWORD --database $CLICKHOUSE_DB"]
`;
const files = [...moduleGraph([MAIN]).files];

export const clickhouse: Recipe = {
  tag: imageOf('clickhouse'),
  fingerprint: [DOCKERFILE, ...files.map(readText)].join('\n'),
  async make({ docker }, folder, label) {
    for (const file of files) await cp(join(ROOT, file), join(folder, file));
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
    await docker('build', '--label', label, '--tag', clickhouse.tag, folder);
  },
};
