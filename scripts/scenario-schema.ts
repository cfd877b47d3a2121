/**
 * Writes simulations/scenario.schema.json, by which editors check and complete scenario files, from the schema that
 * the program itself checks them with.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { toJsonSchema } from '@valibot/to-json-schema';
import { scenarioSchema } from '../simulations/scenario/scenario-schema.ts';

export const SCHEMA_FILE = join(import.meta.dirname, '../simulations/scenario.schema.json');

/** The JSON Schema of a scenario as it is written: with texts for times, and without what has a default. */
export const scenarioJsonSchema = (): object => ({
  title: 'A scenario of Smo Mesh',
  // What no JSON Schema can say is said by the program alone.
  ...toJsonSchema(scenarioSchema, { typeMode: 'input', ignoreActions: ['check', 'transform'] }),
});

if (process.argv[1] === import.meta.filename)
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
