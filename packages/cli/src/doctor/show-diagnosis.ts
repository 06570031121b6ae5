/** A diagnosis as text for people. */
import { table } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import type { Check } from './check.ts';
import type { Diagnosis } from './diagnosis.ts';

export function showDiagnosis(diagnosis: Diagnosis, terminal: Terminal): void {
  const { style } = terminal;
  const variables = diagnosis.configuration.map(({ name, value, source }) => {
    const cells = [name, text(value), source];
    return source === 'default' ? cells.map((cell) => style('dim', cell)) : cells;
  });
  terminal.print(style('bold', 'Configuration'));
  const columns = [{ title: 'variable' }, { title: 'value' }, { title: 'from' }];
  for (const line of table(columns, variables, '  ')) terminal.print(line);
  terminal.print('');
  terminal.print(style('bold', 'Checks'));
  const checks = [...configurationChecks(diagnosis), ...diagnosis.checks];
  const rows = checks.map(({ state, name, detail }) => [mark(state, terminal), name, detail]);
  const [, ...lines] = table([{ title: '' }, { title: '' }, { title: '' }], rows, '  ');
  for (const [index, line] of lines.entries()) {
    terminal.print(line);
    const remedy = checks[index]?.remedy;
    if (remedy !== undefined) terminal.print(style('dim', `     → ${remedy}`));
  }
}

const PROBLEM_REMEDY =
  'Correct it in the environment or in .env (docs/guides/configuration.md), and restart.';
const WARNING_REMEDY = 'Correct the name or remove it: it has no effect.';

export function configurationChecks({ problems, warnings }: Diagnosis): Check[] {
  const name = 'configuration';
  const usable: Check = { name, state: 'ok', detail: 'every value is valid' };
  return [
    ...(problems.length === 0 ? [usable] : []),
    ...problems.map(
      (detail): Check => ({ name, state: 'problem', detail, remedy: PROBLEM_REMEDY }),
    ),
    ...warnings.map(
      (detail): Check => ({ name, state: 'warning', detail, remedy: WARNING_REMEDY }),
    ),
  ];
}

function mark(state: Check['state'], { style }: Terminal): string {
  switch (state) {
    case 'ok':
      return style('green', '✓');
    case 'warning':
      return style('yellow', '!');
    case 'problem':
      return style('red', '✗');
    case 'skipped':
      return style('dim', '–');
    default:
      return state satisfies never;
  }
}

function text(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}
