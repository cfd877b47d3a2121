import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '../../../node/host/doctor/checks.ts';
import { REPAIRS } from '../../../node/host/doctor/finding.ts';

const root = resolve(import.meta.dirname, '../../..');
const guide = readFileSync(resolve(root, 'docs/guides/doctor.md'), 'utf8');

test('the guide explains every code that the doctor gives a finding', () => {
  const sources = globSync('node/host/doctor/*.ts', { cwd: root }).map((file) =>
    readFileSync(resolve(root, file), 'utf8'),
  );
  const codes = new Set(
    [...sources.join('\n').matchAll(/\b(?:finding|selfMade)\(\s*'([a-z_]+)'/g)].map(([, code = '']) => code),
  );
  expect(codes.size).toBeGreaterThan(25);
  expect([...codes].filter((code) => !guide.includes(`\`${code}\``))).toEqual([]);
});

test('the guide names every check and every repair', () => {
  const names = [...CHECKS.map(({ name }) => name), ...REPAIRS];
  expect(names.filter((name) => !guide.includes(`| \`${name}\` |`))).toEqual([]);
});
