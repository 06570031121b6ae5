/**
 * Hosts on one machine: each a network namespace of Linux, joined by a cable (a veth pair) to a switch in a
 * namespace of its own, to which the machine is joined by another one. A cut host reaches nobody but itself.
 */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Opened } from '../support/opened.ts';
import { freeSubnet } from './free-subnet.ts';

export interface HostNetwork {
  /** The machine's own address, where hosts find what runs on none of them. */
  readonly outside: string;
  readonly hosts: readonly NetworkHost[];
  /** Two hosts reach each other no more; everybody else reaches both. */
  cutBetween(one: NetworkHost, other: NetworkHost): Promise<void>;
  healBetween(one: NetworkHost, other: NetworkHost): Promise<void>;
  /** Removes everything, also what still runs on the hosts. */
  close(): Promise<void>;
}

export interface NetworkHost {
  readonly address: string;
  /** Becomes, on this host, the command that it is given. */
  readonly launcher: readonly string[];
  /** Pulls its cable: whoever sends to it hears nothing. */
  cut(): Promise<void>;
  heal(): Promise<void>;
}

/** Why there are no hosts here, in one line. */
export class NoHostNetworkError extends Error {
  override readonly name = 'NoHostNetworkError';
}

/** With the id of the process that made them, so that those of one that is gone can be told. */
const NAMESPACE = /^hookpulse-(\d+)-/;
const OUTSIDE_BYTE = 1;
const FIRST_HOST_BYTE = 11;

/** Removes before what runs that are gone have left. @throws NoHostNetworkError */
export async function openHostNetwork(size: number): Promise<HostNetwork> {
  assertPossible();
  await removeStale();
  const opened = new Opened();
  const namespace = async (purpose: string): Promise<string> => {
    const name = `hookpulse-${process.pid}-${purpose}`;
    await ip('netns', 'add', name);
    return opened.add(name, removeNamespace);
  };
  try {
    const subnet = await chooseSubnet();
    // With its namespace go the switch, all cables, and both ends of each.
    const hub = await namespace('switch');
    await ip('-n', hub, 'link', 'add', 'name', 'switch', 'type', 'bridge');
    await ip('-n', hub, 'link', 'set', 'switch', 'up');
    const plugIn = async (port: string, end: string, where: string) => {
      await ip(
        '-n',
        hub,
        ...`link add name ${port} type veth peer name ${end}`.split(' '),
        ...['netns', where],
      );
      await ip('-n', hub, 'link', 'set', port, 'master', 'switch', 'up');
    };

    const outside = `${subnet}.${OUTSIDE_BYTE}`;
    const end = `hp-${process.pid}`;
    await plugIn('outside', end, `${process.pid}`);
    opened.add(end, (one) => ip('link', 'del', one));
    await ip('addr', 'add', `${outside}/24`, 'dev', end);
    await ip('link', 'set', end, 'up');

    const ports = new Map<NetworkHost, string>();
    for (let number = 1; number <= size; number += 1) {
      const port = `host-${number}`;
      const name = await namespace(port);
      const address = `${subnet}.${FIRST_HOST_BYTE + number - 1}`;
      await plugIn(port, 'eth0', name);
      await ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      await ip('-n', name, 'link', 'set', 'eth0', 'up');
      await ip('-n', name, 'link', 'set', 'lo', 'up');
      const host: NetworkHost = {
        address,
        launcher: ['ip', 'netns', 'exec', name],
        cut: () => ip('-n', hub, 'link', 'set', port, 'down'),
        heal: () => ip('-n', hub, 'link', 'set', port, 'up'),
      };
      ports.set(host, port);
    }

    /** Isolated ports reach only those that are not. */
    const isolate = async (hosts: readonly NetworkHost[], state: 'on' | 'off') => {
      for (const host of hosts) {
        const port = ports.get(host) ?? '';
        await ip('-n', hub, 'link', 'set', port, 'type', 'bridge_slave', 'isolated', state);
      }
    };
    return {
      outside,
      hosts: [...ports.keys()],
      cutBetween: (one, other) => isolate([one, other], 'on'),
      healBetween: (one, other) => isolate([one, other], 'off'),
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function assertPossible(): void {
  if (process.getuid?.() !== 0) {
    throw new NoHostNetworkError('Hosts are network namespaces of Linux, which only root makes.');
  }
  if (spawnSync('ip', ['-V'], { stdio: 'ignore' }).status !== 0) {
    throw new NoHostNetworkError('Hosts need the program ip (apt-get install -y iproute2).');
  }
}

async function chooseSubnet(): Promise<string> {
  const subnet = freeSubnet(await routes(), process.pid);
  if (subnet === null) {
    throw new NoHostNetworkError('No network of 10.213.0.0/16 is free for the hosts.');
  }
  return subnet;
}

async function routes(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ip', ['-4', '-j', 'route', 'show']);
  return (JSON.parse(stdout) as { dst: string }[]).map(({ dst }) => dst);
}

async function removeStale(): Promise<void> {
  for (const name of await namespaces()) {
    const [, pid] = NAMESPACE.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await removeNamespace(name);
  }
}

async function namespaces(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ip', ['netns', 'list']);
  // Each with an id behind it.
  return stdout.split('\n').flatMap((line) => line.split(' ').slice(0, 1));
}

/** One that something runs in would live on without a name. */
async function removeNamespace(name: string): Promise<void> {
  const { stdout } = await promisify(execFile)('ip', ['netns', 'pids', name]);
  for (const pid of stdout.split('\n').filter(Boolean)) {
    if (isRunning(Number(pid))) process.kill(Number(pid), 'SIGKILL');
  }
  await ip('netns', 'del', name);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @throws NoHostNetworkError with what `ip` says */
async function ip(...args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)('ip', args);
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : error;
    throw new NoHostNetworkError(`ip ${args.join(' ')}: ${said}`);
  }
}
