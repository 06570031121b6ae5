/** Fastify and `node:sqlite`: a transaction a request, synced before the answer. */
import { DatabaseSync } from 'node:sqlite';
import { serve } from './app.mjs';

const { DATABASE = '' } = process.env;

const database = new DatabaseSync(DATABASE);
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE updates (id INTEGER PRIMARY KEY, bot_id TEXT NOT NULL, body TEXT NOT NULL);
`);
const insert = database.prepare('INSERT INTO updates (bot_id, body) VALUES (?, ?)');
await serve((botId, update) => insert.run(botId, JSON.stringify(update)));
