/** The sections of CHANGELOG.md, by Keep a Changelog 1.1 (https://keepachangelog.com). */

/** In the order in which a section has them. */
const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
const UNRELEASED = 'Unreleased';

/** The text of a version's section; null: there is none. */
export function notesOf(wanted: string, changelog: string): string | null {
  const section = sections(changelog).find(({ version }) => version === wanted);
  return section?.text ?? null;
}

/** What speaks against releasing a version by this changelog; empty: nothing. */
export function changelogProblems(version: string, changelog: string): string[] {
  const all = sections(changelog);
  const released = all.filter((section) => section.version !== UNRELEASED);
  const problems: string[] = [];
  if (released[0]?.version !== version) {
    problems.push(`The newest section of CHANGELOG.md must be “## [${version}] - <date>”.`);
  }
  for (const { version: name, date } of released) {
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) {
      problems.push(`CHANGELOG.md: ${name} has no date (YYYY-MM-DD).`);
    }
  }
  for (const { version: name, text } of all) {
    const kinds = [...text.matchAll(/^### (.+)$/gm)].map(([, kind = '']) => kind.trim());
    for (const kind of kinds) {
      if (!KINDS.includes(kind)) {
        problems.push(
          `CHANGELOG.md: ${name} has “### ${kind}”, which is none of ${KINDS.join(', ')}.`,
        );
      }
    }
    if (new Set(kinds).size < kinds.length) {
      problems.push(`CHANGELOG.md: ${name} has a kind of change twice.`);
    }
  }
  const unreleased = all.find((section) => section.version === UNRELEASED);
  if (unreleased && unreleased.text !== '') {
    problems.push(
      `CHANGELOG.md: what is under ${UNRELEASED} belongs to ${version}, or to a later one.`,
    );
  }
  return problems;
}

interface Section {
  readonly version: string;
  /** Empty: there is none. */
  readonly date: string;
  readonly text: string;
}

function sections(changelog: string): Section[] {
  return changelog
    .split(/^## /m)
    .slice(1)
    .map((text) => {
      const [heading = ''] = text.split('\n', 1);
      const [, version = '', date = ''] =
        /^\[?([^\]\s]+)\]?(?:\s+-\s+(\S+))?\s*$/.exec(heading) ?? [];
      return { version, date, text: text.slice(heading.length).trim() };
    });
}
