/** What a container may not do, asked of the kernel from inside where that is possible, not of the settings. */
import type { ComposeProject } from './compose-project.ts';
import type { DockerEngine } from './docker-engine.ts';

/** @param isOurs - one of our services: it is held to more than an engine of others */
export async function assertContained(
  project: ComposeProject,
  id: string,
  isOurs: boolean,
): Promise<void> {
  const settings = await project.inspect(
    id,
    '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} {{index .HostConfig.LogConfig.Config "max-size"}} {{.Config.User}}',
  );
  const [memory, restart, logSize, user = ''] = settings.split(' ');
  expectEqual('restart policy', restart, 'unless-stopped');
  expectEqual('log size', logSize, '10m');
  if (!(Number(memory) > 0)) throw new Error('its memory has no limit');
  if (user === '' || /^(root|0)\b/.test(user)) throw new Error(`it runs as ${user || 'root'}`);
  if (!isOurs) return;
  const status = await project.exec(id, 'cat', '/proc/1/status');
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
  expectEqual('real, effective, saved and file user', field('Uid'), '1000\t1000\t1000\t1000');
  expectEqual('capabilities it could get', field('CapBnd'), '0000000000000000');
  expectEqual('new privileges forbidden', field('NoNewPrivs'), '1');
  // Whatever its user may write to, the file system is read-only.
  const root = await project.exec(id, 'sh', '-c', "grep ' / ' /proc/mounts");
  if (!/^\S+ \/ \S+ ro,/.test(root)) throw new Error(`its root can be written: ${root}`);
  await project.exec(id, 'sh', '-c', 'touch /tmp/x && ! touch /app/x 2> /dev/null');
}

/** @returns what is published */
export async function assertPublished(
  { docker }: DockerEngine,
  project: ComposeProject,
): Promise<string> {
  const published = new Set<string>();
  for (const id of await project.containers()) {
    const lines = await docker('port', id);
    for (const line of lines.split('\n')) {
      if (line !== '') published.add(line.slice(line.indexOf('-> ') + 3));
    }
  }
  const wanted = Object.values(project.ports).map((port) => `127.0.0.1:${port}`);
  expectEqual('published ports', [...published].toSorted().join(), wanted.toSorted().join());
  return wanted.join(', ');
}

function expectEqual(what: string, found: string | undefined, wanted: string): void {
  if (found !== wanted)
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}
