/** Folders on disks of a few megabytes, which a test can fill. Linux makes them for root only. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  /** Leaves no room on it. */
  fill(): Promise<void>;
  /** Makes room again. */
  free(): Promise<void>;
  unmount(): void;
}

const FILLER = '.filler';
const BLOCK = Buffer.alloc(1024 * 1024);

/** Why there are none on this machine; null: there are. */
export function whyNoSmallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'hookpulse-mount-'));
  try {
    mountSmallDisk(folder, 1).unmount();
    return null;
  } catch {
    return 'small disks need Linux, root and the right to mount';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param folder - made when it is missing; what it holds is hidden until the disk is unmounted */
export function mountSmallDisk(folder: string, sizeMiB: number): SmallDisk {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const options = `size=${sizeMiB}m,mode=0700`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'hookpulse-test', folder], {
    stdio: 'ignore',
  });
  const filler = join(folder, FILLER);
  return {
    fill: () => fillUp(folder, filler),
    free: () => rm(filler, { force: true }),
    // Lazily: a process that was killed a moment ago may still hold a file.
    unmount: () => {
      execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
    },
  };
}

async function fillUp(folder: string, filler: string): Promise<void> {
  const file = await open(filler, 'a');
  try {
    for (;;) {
      const { bavail, bsize } = await statfs(folder);
      const leftBytes = bavail * bsize;
      if (leftBytes === 0) return;
      await file.write(BLOCK, 0, Math.min(BLOCK.length, leftBytes));
    }
  } catch (error) {
    // Somebody else was faster with the last block.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
}
