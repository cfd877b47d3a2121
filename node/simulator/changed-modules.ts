import { findPackageJSON, registerHooks } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What is different in modules that are loaded with a change. */
export interface ModuleChange {
  /** Unlike the names of other changes. */
  readonly name: string;
  /** @param file the path of a module from the root of the project, without its extension */
  readonly apply: (source: string, file: string) => string;
}

/** Names the change with which a module was loaded. */
const MARK = 'change';

/** Where the modules are: the source, or what is built of it. */
const extension = extname(import.meta.url) === '.ts' ? '.ts' : '.js';
const packageFolder = dirname(findPackageJSON(import.meta.url) ?? '');
const root = pathToFileURL(join(packageFolder, extension === '.ts' ? '' : 'dist', '/')).href;

/**
 * Loads a module of the project, and all of the project that it imports, with a change that is made while the source is
 * read: no file is touched. They are modules of their own, which share nothing with those that are loaded as they are.
 * @param file its path from the root of the project, without its extension
 */
export const loadChanged = async <Module>(file: string, { name, apply }: ModuleChange): Promise<Module> => {
  const marked = (url: string): string => `${url}?${MARK}=${name}`;
  const hooks = registerHooks({
    // Whatever a marked module imports of the project is marked too.
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const mark = context.parentURL === undefined ? null : new URL(context.parentURL).searchParams.get(MARK);
      // The root may be in a folder of packages itself, where the project is installed.
      const isOurs = found.url.startsWith(root) && !found.url.includes('node_modules/', root.length);
      return mark === name && isOurs ? { ...found, url: marked(found.url) } : found;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.startsWith(root) || new URL(url).searchParams.get(MARK) !== name) return loaded;
      const path = url.slice(root.length, url.indexOf(`${extension}?`));
      return { ...loaded, source: apply(textOf(loaded.source), path) };
    },
  });
  try {
    return (await import(marked(`${root}${file}${extension}`))) as Module;
  } finally {
    hooks.deregister();
  }
};

const textOf = (source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source);
