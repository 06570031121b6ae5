/** Flags of Node that write a CPU profile when the process ends. @param folder - null: none */
export function profileFlags(folder: string | null): readonly string[] {
  return folder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
