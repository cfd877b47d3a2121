#!/usr/bin/env node
// Imports nothing before the check: an older Node could not even load it, and would say so in riddles.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `smo: Node.js 22.18 or newer is needed, this is ${process.versions.node}. Install a current one, or run smo through npx in a folder that has it.\n`,
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { runProcess } = await import('./run-process.ts');
  await runProcess(async () => (await import('../host/index.ts')).cliHost);
}

export {};
