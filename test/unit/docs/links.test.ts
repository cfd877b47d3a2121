import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../node/cli/index.ts';
import { fakeIo } from '../cli/run.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root }).sort()];
const guides = ['README.md', ...pages.filter((page) => page.startsWith('docs/guides/'))];

/** The page without its code: there, brackets and hashes mean something else. */
const proseOf = (text: string): string => text.replace(/^ *```.*?^ *```$/gms, '').replace(/`[^`\n]*`/g, '');

/** Targets of relative links. */
const linksIn = (page: string): readonly string[] =>
  [...proseOf(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** Anchors of a page's headings, by GitHub's rule. */
const anchorsIn = (page: string): ReadonlySet<string> => {
  const headings = read(page)
    .replace(/^ *```.*?^ *```$/gms, '')
    .matchAll(/^#{1,6} +(.+)$/gm);
  return new Set([...headings].map(([, heading = '']) => anchorOf(heading)));
};

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const problemOf = (page: string, link: string): string | undefined => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (target.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(root, target))) return 'there is no such file';
  if (anchor === undefined) return undefined;
  if (!statSync(join(root, target)).isFile()) return 'a folder has no headings';
  return anchorsIn(target).has(anchor) ? undefined : 'there is no such heading';
};

describe('links', () => {
  test.each(pages)('of %s lead somewhere', (page) => {
    const broken = linksIn(page).flatMap((link) => {
      const problem = problemOf(page, link);
      return problem === undefined ? [] : [`${link}: ${problem}`];
    });
    expect(broken).toEqual([]);
  });

  test('are found at all, and broken ones told apart', () => {
    expect(linksIn('docs/README.md').length).toBeGreaterThan(10);
    expect(problemOf('docs/README.md', 'guides/nowhere.md')).toBe('there is no such file');
    expect(problemOf('docs/README.md', 'architecture.md#nowhere')).toBe('there is no such heading');
  });
});

describe('commands', () => {
  /** Names that the program's own help lists: `  name [options] <argument>   summary`. */
  const commandNames = async (): Promise<ReadonlySet<string>> => {
    const { io, texts } = fakeIo();
    await runCli({
      argv: ['--help'],
      io,
      host: () => Promise.reject(new Error('help needs no device')),
      version: '0',
    });
    return new Set([...texts.stdout.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name = '']) => name));
  };

  /** Words after `smo` in code, leaving out global options before them. */
  const commandsIn = (text: string): readonly string[] => {
    const code = [...text.matchAll(/^ *```.*?^ *```$/gms), ...text.matchAll(/`[^`\n]+`/g)].join('\n');
    return [...code.matchAll(/(?<![\w/.-])smo (?:--(?:home \S+|json) )*([a-z]+)(?![\w.-])/g)].map(
      ([, name = '']) => name,
    );
  };

  test.each(guides)('that %s names exist', async (page) => {
    const known = await commandNames();
    expect(commandsIn(read(page)).filter((name) => !known.has(name))).toEqual([]);
  });

  test('of the program are all named somewhere', async () => {
    const named = new Set(
      [...guides, 'CHANGELOG.md'].flatMap((page) =>
        [...read(page).matchAll(/`([a-z]+)`|smo ([a-z]+)/g)].map(([, alone, after]) => alone ?? after),
      ),
    );
    expect([...(await commandNames())].filter((name) => !named.has(name))).toEqual([]);
  });

  test('are found at all, and unknown ones told apart', () => {
    expect(commandsIn('`smo --home /tmp/x list`, `npx smo frobnicate`, a smo word')).toEqual([
      'list',
      'frobnicate',
    ]);
  });
});

describe('error codes', () => {
  test('of errors that the node and the transports throw are all explained', () => {
    const sources = globSync('{node,transports}/**/*.ts', { cwd: root }).map(read).join('\n');
    const codes = new Set(
      [...sources.matchAll(/new SmoError\(\s*'([a-z_]+)'/g)].map(([, code = '']) => code),
    );
    const page = read('docs/guides/troubleshooting.md');
    expect(codes.size).toBeGreaterThan(30);
    expect([...codes].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});
