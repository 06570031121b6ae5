/**
 * Runs a module while building, and puts the data that it exports in its place: what it is made of stays
 * out of the browser.
 */
import { type Plugin, runnerImport } from 'vite';

/** @param ending - of the path of the module, such as `/packages/api/src/alert-form.ts` */
export function evaluate(ending: string): Plugin {
  return {
    name: 'evaluate',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(ending)) return null;
      const { module } = await runnerImport<Readonly<Record<string, unknown>>>(id);
      const data = Object.entries(module);
      return data
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
        .join('\n');
    },
  };
}
