import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * One release of Debian, read through the machine's own package mirror, in an apt state of its own: the machine's is
 * neither used nor changed, and the release need not be the one that runs.
 */
export class DebianArchive {
  readonly #folder: string;
  readonly #options: readonly string[];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#options = Object.entries({
      'Dir::Etc::sourcelist': join(folder, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::State::lists': join(folder, 'lists'),
      'Dir::Cache': join(folder, 'cache'),
      'Acquire::Languages': 'none',
      'APT::Sandbox::User': 'root',
    }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  /**
   * Reads a release's list of packages, or of sources.
   * @param folder a folder for the state; it may be thrown away afterwards
   */
  static async open(folder: string, release: string, kind: 'deb' | 'deb-src'): Promise<DebianArchive> {
    mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
    const line = `${kind} [signed-by=${KEYRING}] ${await findMirror()} ${release} main\n`;
    writeFileSync(join(folder, 'sources.list'), line);
    const archive = new DebianArchive(folder);
    await archive.#apt('apt-get', '-qq', '--error-on=any', 'update');
    return archive;
  }

  #apt(command: string, ...given: string[]): Promise<string> {
    return runCommand(command, [...this.#options, ...given], { folder: this.#folder });
  }

  /** The package that a package which holds nothing itself stands for. */
  async firstDependency(name: string): Promise<string> {
    const fields = await this.#apt('apt-cache', 'show', '--no-all-versions', name);
    const match = /^Depends: (\S+)/m.exec(fields);
    if (match === null) throw new Error(`the package ${name} depends on nothing`);
    return match[1];
  }

  /** Downloads a package into the state's folder. */
  async download(name: string): Promise<void> {
    await this.#apt('apt-get', '-qq', 'download', name);
  }

  /** Downloads a package's source, as its authors released it, into the state's folder. */
  async downloadSource(name: string): Promise<void> {
    await this.#apt('apt-get', '-qq', 'source', '--download-only', '--tar-only', name);
  }
}

/** The mirror that this machine installs from. */
async function findMirror(): Promise<string> {
  const format = '$(REPO_URI)';
  const listed = await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const mirror = listed.split('\n').find((uri) => uri.includes('debian') && !uri.includes('security'));
  if (mirror === undefined) throw new Error('apt knows no mirror of Debian: see apt-get indextargets');
  return mirror;
}
