/** How many files a container may open at most, where the machine forbids what docker-compose.yml asks for. */
import { readFileSync } from 'node:fs';

/** Of Linux: the right to raise a limit beyond the hard one. */
const CAP_SYS_RESOURCE = 24n;

/** The hard limit, when root itself cannot raise it, as in some virtual machines; else null. */
export function lowOpenFilesLimit(): number | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(
    readFileSync('/proc/self/status', 'utf8'),
  )?.[1];
  if ((BigInt(`0x${capabilities ?? '0'}`) >> CAP_SYS_RESOURCE) & 1n) return null;
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? 1024);
}
