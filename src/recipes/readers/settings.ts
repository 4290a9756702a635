import { bypassIn, isLocalHost } from '../host-keys.ts';
import { linesOf, type Found, type Reader } from '../snippet.ts';

/** Settings on lines: of ssh as guides show them, and of Ansible. */
export const readSettings: Reader = (snippet) => {
  const found: Found[] = [];
  let hosts: readonly string[] = [];
  for (const { text, start } of linesOf(snippet.text)) {
    const [, host] = /^\s*Host(?:Name)?\s+(.*\S)/i.exec(text) ?? [];
    if (host !== undefined) hosts = /^\s*HostName/i.test(text) ? [...hosts, host] : host.split(/\s+/);
    const setting = /^\s*[#;]/.test(text) ? undefined : bypassIn(text);
    if (!setting || hosts.length > 0 && hosts.some(isLocalHost)) continue;
    const begin = start + text.search(/\S/);
    found.push({ start: begin, end: start + text.trimEnd().length, tool: hosts.length > 0 || !/=/.test(text) ? 'ssh_config' : 'the setting', words: [], does: { act: 'trust-any-host', setting } });
  }
  return found;
};
