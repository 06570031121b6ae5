/** The AsyncAPI document as a page without scripts: it works wherever the query API is reached. */
import { isRecord, type SchemaRecord } from '@hookpulse/api/schema-example';
import { escapeHtml } from '@hookpulse/common/values/escape-html';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; color: #1f2937; background: #fff }
h2 { margin-top: 3rem; border-bottom: 1px solid #d1d5db } h2 small { font-weight: 400; color: #4b5563 }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #e5e7eb }
code, pre { font: 14px/1.45 ui-monospace, monospace } h2 code { font-size: 1em } pre { background: #f3f4f6; padding: .8rem; overflow-x: auto }
a { color: #4338ca }
@media (prefers-color-scheme: dark) {
  body { color: #e5e7eb; background: #111827 } pre { background: #1f2937 } a { color: #a5b4fc }
  h2, th, td { border-color: #374151 } h2 small { color: #9ca3af }
}`;

/**
 * @param document - as `asyncApiDocument` makes it
 * @param basePath - under which the app is reached; empty: none
 */
export function topicsPage(document: SchemaRecord, basePath: string): string {
  const info = recordOf(document.info);
  const channels = Object.entries(recordOf(document.channels));
  const messages = recordOf(recordOf(document.components).messages);
  const internal = Array.isArray(document['x-internal-topics'])
    ? document['x-internal-topics'].map((name) => `<code>${escaped(name)}</code>`)
    : [];
  const sections = channels.map(([name, channel]) =>
    topicSection(name, recordOf(channel), recordOf(messages[name])),
  );
  const contents = channels.map(
    ([name, channel]) =>
      `<li><a href="#${escaped(name)}"><code>${escaped(name)}</code></a> ${escaped(recordOf(channel).summary)}</li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Hookpulse topics</title><link rel="icon" href="data:,"><style>${STYLE}</style></head><body>
<h1>Hookpulse topics</h1>
${paragraphs(info.description)}
<p><a href="${escaped(basePath)}/api/asyncapi.json">AsyncAPI document</a> · <a href="${escaped(basePath)}/api/docs">HTTP API</a></p>
<h3>Public</h3><ul>${contents.join('')}</ul>
<h3>Internal</h3><p>These may change with any version: ${internal.join(', ')}.</p>
${sections.join('\n')}
</body></html>`;
}

function topicSection(name: string, channel: SchemaRecord, message: SchemaRecord): string {
  const kafka = recordOf(recordOf(channel.bindings).kafka);
  const key = recordOf(recordOf(recordOf(message.bindings).kafka).key);
  const [example] = Array.isArray(message.examples) ? message.examples : [];
  const facts = [
    ['Key', `<code>${escaped(key.description)}</code>`],
    ['Partitions', `${escaped(kafka.partitions)}, if Hookpulse creates the topic`],
    ['Order', escaped(channel['x-ordering'])],
    ['Retention', escaped(channel['x-retention'])],
    ['Duplicates', escaped(channel['x-duplicates'])],
  ];
  return `<h2 id="${escaped(name)}"><code>${escaped(name)}</code> <small>${escaped(channel.title)}</small></h2>
<p>${escaped(channel.summary)}</p>
<table>${facts.map(([what, text]) => `<tr><th>${what}</th><td>${text}</td></tr>`).join('')}</table>
<h3>Headers</h3>${fieldsTable(recordOf(message.headers))}
<h3>Value</h3>${fieldsTable(recordOf(message.payload))}
<details><summary>Example</summary><pre>${escaped(JSON.stringify(example, null, 2))}</pre></details>`;
}

function fieldsTable(schema: SchemaRecord): string {
  const properties = Object.entries(recordOf(schema.properties));
  if (properties.length === 0) return `<p>${escaped(schema.description ?? '')}</p>`;
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const rows = properties.map(([name, given]) => {
    const property = recordOf(given);
    const presence = required.includes(name) ? '' : ' (optional)';
    return `<tr><td><code>${escaped(name)}</code>${presence}</td><td>${escaped(typeWords(property))}</td><td>${escaped(descriptionOf(property))}</td></tr>`;
  });
  return `<table><tr><th>Field</th><th>Type</th><th></th></tr>${rows.join('')}</table>`;
}

function typeWords(schema: SchemaRecord): string {
  if (Array.isArray(schema.anyOf))
    return schema.anyOf.map((one) => typeWords(recordOf(one))).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.join(', ');
  return schema.type === undefined ? 'any' : String(schema.type);
}

/** Of a value that may be null, the description is that of its other form. */
function descriptionOf({ description, anyOf }: SchemaRecord): unknown {
  if (description !== undefined || !Array.isArray(anyOf)) return description ?? '';
  return anyOf.map((one) => recordOf(one).description).find((text) => text !== undefined) ?? '';
}

function paragraphs(text: unknown): string {
  return String(text)
    .split('\n\n')
    .map((one) => `<p>${escaped(one).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
    .join('\n');
}

function escaped(value: unknown): string {
  return escapeHtml(String(value));
}

function recordOf(value: unknown): SchemaRecord {
  return isRecord(value) ? value : {};
}
