import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { folder, keylint, spawn, write, type JsonReport } from '../program.ts';

/** A guide's commands, run in a home folder with nothing in it, and what keylint makes of what they leave behind. */
export interface Guide {
  /** The home folder; `~` in an argument of `run` stands for it. */
  readonly home: string;
  /** Runs a command in the home folder; throws when it fails. */
  run(...command: readonly string[]): string;
  /** Runs a line that keylint advises, as it is pasted into a shell; `more` are words that the command would ask for. */
  paste(advice: string, ...more: readonly string[]): string;
  /** Writes a file, with the folders above it. */
  write(path: string, content: string, mode?: number): void;
  read(path: string): string;
  /** Lints with a preset and expects exactly these verdicts, each `PATH:LINE SEVERITY RULE`, and the exit code that goes with them. */
  expectVerdicts(preset: string, verdicts: readonly string[], ...args: readonly string[]): readonly Finding[];
  /** Lints with several presets that all have to give the same. */
  expectOfAll(presets: readonly string[], verdicts: readonly string[], ...args: readonly string[]): readonly Finding[];
  /** What is printed for people. */
  stylish(preset: string, ...args: readonly string[]): string;
}

export interface Finding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly help: string;
  readonly path: string;
  readonly line: number;
}

export function makeGuide(): Guide {
  const home = folder('guide');
  const policies = folder('policies');
  chmodSync(home, 0o755);
  const options = { cwd: home, env: { HOME: home } };
  const policy = (preset: string): readonly string[] => {
    const path = join(policies, `${preset}.json`);
    write(path, JSON.stringify({ extends: `keylint:${preset}` }));
    return ['-c', path];
  };
  const checked = ([command, ...args]: readonly string[]): string => {
    const { status, stdout, stderr } = spawn(command!, args, options);
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout;
  };
  const guide: Guide = {
    home,
    run: (...command) => checked(command.map((word) => word.replace(/^~/, home))),
    paste: (advice, ...more) => checked(['sh', '-c', `${/(?:^|: )((?:git|ssh-keygen|puttygen|openssl|chmod) .*)$/.exec(advice)![1]!} "$@"`, 'sh', ...more]),
    write(path, content, mode = 0o644) {
      const at = join(home, path);
      mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
      write(at, content);
      chmodSync(at, mode);
    },
    read: (path) => readFileSync(join(home, path), 'utf8'),
    expectVerdicts(preset, verdicts, ...args) {
      const { status, stdout, stderr } = keylint([...policy(preset), '-f', 'json', ...args], options);
      expect(stderr).toBe('');
      const findings = (JSON.parse(stdout) as JsonReport).findings as unknown as readonly Finding[];
      expect(findings.map(({ path, line, severity, rule }) => `${path}:${line} ${severity} ${rule}`).sort(), preset).toEqual([...verdicts].sort());
      expect(status, preset).toBe(verdicts.some((verdict) => verdict.includes(' error ')) ? 1 : 0);
      return findings;
    },
    expectOfAll: (presets, verdicts, ...args) => presets.map((preset) => guide.expectVerdicts(preset, verdicts, ...args))[0]!,
    stylish: (preset, ...args) => keylint([...policy(preset), ...args], options).stdout,
  };
  return guide;
}
