/** The OpenAPI document as one page for people: plain HTML, without scripts and without a network. */

import { isRecord, type SchemaRecord } from '@hookpulse/api/schema-example';
import { DOCS_STYLE } from './docs-style.ts';
import type { OpenApiDocument, Operation } from './openapi.ts';

interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** @param basePath - under which the API is reached; empty: none */
export function docsPage(document: OpenApiDocument, basePath: string): string {
  const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = document.tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags[0] === tag.name),
  }));
  const links = groups.map(({ name }) => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`);
  const sections = groups.map(
    ({ name, description, operations: shown }) =>
      `<section id="${escapeHtml(name)}"><h2>${escapeHtml(name)}</h2><p>${escapeHtml(description)}</p>
${shown.map(operationHtml).join('\n')}</section>`,
  );
  const { title, version, description } = document.info;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title>
<style>${DOCS_STYLE}</style></head><body>
<header><h1>${escapeHtml(title)} <small>${escapeHtml(version)}</small></h1><p>${escapeHtml(description)}</p>
<p>Send a token as <code>Authorization: Bearer &lt;token&gt;</code>. For programs:
<a href="${escapeHtml(basePath)}/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p></header>
<nav aria-label="Groups">${links.join(' ')}</nav>
<main>${sections.join('\n')}</main></body></html>
`;
}

function operationHtml({ method, path, operation }: PlacedOperation): string {
  const { operationId, summary, description, security, parameters } = operation;
  return `<details id="${escapeHtml(operationId)}"><summary><b class="${method}">${method.toUpperCase()}</b>
<code>${escapeHtml(path)}</code> <span>${escapeHtml(summary)}</span></summary><div>
${description === undefined ? '' : `<p>${escapeHtml(description)}</p>`}
<p class="access">${accessSentence(security)}</p>
${parametersHtml(parameters)}
${bodyHtml(operation)}
<h3>Responses</h3>${Object.entries(operation.responses).map(answerHtml).join('\n')}
<h3>Try it</h3><pre>${escapeHtml(curlOf(method, path, operation))}</pre></div></details>`;
}

function accessSentence(security: readonly SchemaRecord[]): string {
  if (security.length === 0) return 'No authentication required.';
  return security.some((one) => Object.keys(one).length === 0)
    ? 'Public unless READ_TOKEN is set.'
    : 'Requires a token or a session.';
}

function parametersHtml(parameters: readonly SchemaRecord[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(place)}${required ? ', required' : ''}</td>
<td>${escapeHtml(description ?? typeOf(schema))}</td></tr>`,
  );
  return `<h3>Parameters</h3><table><thead><tr><th>Name</th><th>In</th><th>Description</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
}

function bodyHtml({ requestBody }: Operation): string {
  if (!requestBody) return '';
  const { schema, example } = mediaIn(requestBody);
  const optional = requestBody.required ? '' : ' (optional)';
  return `<h3>Body${optional}</h3>${exampleHtml(example)}${schemaHtml(schema)}`;
}

function answerHtml([status, answer]: [string, SchemaRecord]): string {
  const { schema, example } = mediaIn(answer);
  const head = `<p><b>${escapeHtml(status)}</b> ${escapeHtml(answer.description)}</p>`;
  return schema === undefined || Number(status) >= 400
    ? head
    : `${head}${exampleHtml(example)}${schemaHtml(schema)}`;
}

function exampleHtml(example: unknown): string {
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return example === undefined ? '' : `<pre>${escapeHtml(text)}</pre>`;
}

function schemaHtml(schema: unknown): string {
  return `<details class="schema"><summary>Schema</summary><pre>${escapeHtml(
    JSON.stringify(schema, null, 2),
  )}</pre></details>`;
}

function mediaIn({ content }: SchemaRecord): SchemaRecord {
  const [media] = isRecord(content) ? Object.values(content) : [];
  return isRecord(media) ? media : {};
}

function typeOf(schema: unknown): string {
  return isRecord(schema) && typeof schema.type === 'string' ? schema.type : '';
}

function curlOf(method: string, path: string, { security, requestBody }: Operation): string {
  const lines = [`curl -X ${method.toUpperCase()} "$HOOKPULSE${path}"`];
  if (security.length > 0) lines.push('-H "Authorization: Bearer $TOKEN"');
  if (requestBody) {
    const { example } = mediaIn(requestBody);
    lines.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(example)}'`);
  }
  return lines.join(' \\\n  ');
}

function escapeHtml(value: unknown): string {
  return String(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
