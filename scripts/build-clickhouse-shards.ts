/** `npm run clickhouse-shards`: writes deploy/clickhouse/shards.sql from the migrations. */
import { writeFileSync } from 'node:fs';
import { shardsSql } from './clickhouse/shards-sql.ts';

writeFileSync(new URL('../deploy/clickhouse/shards.sql', import.meta.url), await shardsSql());
