const commandAtEnd = /(^|: )((?:git|ssh-keygen|puttygen|openssl|keytool|gpg|gpg-connect-agent|minisign|find(?= \/)|chmod|chown) .*)$/;

/** What a finding advises, in words and, where rules end their advice with one, as the command to paste. */
export function splitHelp(help: string): { readonly words: string; readonly command?: string } {
  const command = commandAtEnd.exec(help)?.[2];
  return command === undefined ? { words: help } : { words: help.slice(0, -command.length).trimEnd(), command };
}
