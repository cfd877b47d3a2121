import { defineConfig, type Plugin } from 'vite';

/**
 * What dependencies import of HTTP, without what an import of it brings along (node/control/http.ts). What they require
 * is without it already.
 */
const leanHttp: Plugin = {
  name: 'smo:lean-http',
  enforce: 'pre',
  resolveId: {
    filter: { id: /^(?:node:)?https?$/ },
    handler: (id, _, { kind }) =>
      kind === 'import-statement' ? `\0lean:${id.replace(/^node:/, '')}` : undefined,
  },
  load: {
    filter: { id: /^\0lean:/ },
    handler: (id) => `export default process.getBuiltinModule('node:${id.split(':')[1]}');`,
  },
};

/**
 * The program `smo` as a few files: it starts in a third of the time that its thousand modules take
 * (docs/decisions/0050).
 */
export default defineConfig({
  plugins: [leanHttp],
  build: {
    ssr: true,
    outDir: 'dist/program',
    // Of the Node.js that the program asks for.
    target: 'node22.18',
    minify: false,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: {
        main: 'node/cli/main.ts',
        // Processes of their own, which are started by their files.
        'run-worker': 'node/simulator/run-worker.ts',
        'device-worker': 'node/host/real/device-worker.ts',
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  ssr: {
    noExternal: true,
    // Finds its native part from where it is installed.
    external: ['classic-level'],
  },
});
