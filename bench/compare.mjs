import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Node 20 loads these certificates at every start, which would hide every difference. */
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;

export const RUNS = Number(process.env.RUNS ?? 15);

export function installed(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}

/** One run: wall-clock milliseconds, exit code, and on Linux the peak of resident memory in MB. */
function once({ argv, cwd, input }) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(argv[0], argv.slice(1), { cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'] });
    let peak = 0;
    const look = () => {
      try {
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1000);
      } catch { /* it has ended, or this is no Linux */ }
    };
    const timer = setInterval(look, 5);
    if (input !== undefined) child.stdin.end(input);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(timer);
      resolve({ ms: Number(process.hrtime.bigint() - started) / 1e6, code, peak });
    });
  });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length % 2 ? sorted[(sorted.length - 1) / 2] : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
}

/**
 * Runs the commands in turn, A B C A B C ..., after one round that does not count, and prints medians and the median of the
 * ratios to the second one, pair by pair: the machine's drift falls on all alike. Gives the results by name.
 */
export async function compare(title, commands, runs = RUNS) {
  const results = new Map(commands.map(({ name }) => [name, []]));
  for (let round = 0; round <= runs; round++) {
    for (const command of commands) {
      const result = await once(command);
      if (round > 0) results.get(command.name).push(result);
    }
  }
  console.log(`\n${title}  (median of ${runs}, in turn, Node ${process.versions.node})`);
  const reference = results.get(commands[1].name);
  for (const { name } of commands) {
    const list = results.get(name);
    const ratio = median(list.map(({ ms }, i) => ms / reference[i].ms));
    const peak = median(list.map(({ peak: mb }) => mb));
    console.log(`  ${name.padEnd(34)} ${median(list.map(({ ms }) => ms)).toFixed(1).padStart(9)} ms  ${ratio.toFixed(2).padStart(7)} x${peak ? `  ${peak.toFixed(0).padStart(5)} MB` : ''}  exit ${[...new Set(list.map(({ code }) => code))].join(',')}`);
  }
  return results;
}

/** What ripgrep is asked for: the literals keylint looks for. */
export const anchors = ['PRIVATE KEY', 'UBLIC KEY-----', 'CERTIFICATE-----', 'PuTTY-User-Key-File-', 'BEGIN SSH2 PUBLIC KEY', 'AAAAB3NzaC1yc2E', 'AAAAB3NzaC1kc3M', 'AAAAE2VjZHNhLXNoYTIt',
  'AAAAC3NzaC1lZDI1NTE5', 'AAAACXNzaC1lZDQ0OA', 'AAAAGnNrLXNzaC1lZDI1NTE5', 'AAAAInNrLWVjZHNh'];
export const ripgrep = (folder) => ({ name: 'rg -uuu -a -c', argv: ['rg', '-uuu', '-a', '-c', ...anchors.flatMap((anchor) => ['-e', anchor]), folder] });
