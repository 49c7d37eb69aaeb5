import { hash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './record-error.ts';

/**
 * Where a process number means something. Several machines and containers may share one home, and a
 * number is used again: without these, a live writer would be taken for dead.
 */
export interface Machine {
  /** Of this machine and its space of process numbers. */
  readonly id: string;
  /** Of this run of the machine: another one means that whatever wrote then is dead. */
  readonly boot: string;
}

let known: Machine | undefined;

export function thisMachine(): Machine {
  known ??= {
    id: short([hostname(), read('/etc/machine-id'), link('/proc/self/ns/pid')].join('\n')),
    boot: short(read('/proc/sys/kernel/random/boot_id')),
  };
  return known;
}

/** When the process began, in the kernel's own ticks since boot; empty where that cannot be known. */
export function processStart(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  // Behind the name, which may hold anything: the 20th field that follows.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** False only where it is certain that the process that began then runs no more. */
export function mayBeAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  const now = processStart(pid);
  return now === '' || start === '' || now === start;
}

const short = (text: string): string => hash('sha256', text).slice(0, 16);

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    // Not Linux, or a closed /proc: then less is known, and a writer is held for alive.
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
