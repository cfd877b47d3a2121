import { isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Mistake, Position } from './mistakes.ts';

/** A YAML text that was read, and where in it everything stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Why it is no YAML; nothing else is worth saying then. */
  readonly mistakes: readonly Mistake[];
  positionOf(mistake: Mistake): Position;
}

/** Reads one document of YAML 1.2. Anything doubtful in it is a mistake. */
export const readYaml = (text: string): YamlSource => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const offsets = new Map<Mistake, number>();
  for (const error of [...document.errors, ...document.warnings]) {
    const message =
      error.code === 'MULTIPLE_DOCS'
        ? 'found a second document, expected one'
        : `this is no YAML: ${error.message}`;
    offsets.set({ path: [], message }, error.pos[0]);
  }
  let value: unknown;
  if (offsets.size === 0) {
    try {
      value = document.toJS();
    } catch (error) {
      offsets.set({ path: [], message: `this is no YAML: ${(error as Error).message}` }, 0);
    }
  }
  return {
    value,
    mistakes: [...offsets.keys()],
    positionOf: (mistake) => {
      const offset = offsets.get(mistake) ?? offsetOf(document.contents, mistake);
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
};

/** Where a thing begins that stands at a path; of what is missing, where that begins in which it is missing. */
const offsetOf = (root: Node | null, { path, isKey = false }: Mistake): number => {
  let node: Node | null = root;
  let offset = startOf(root) ?? 0;
  for (const [depth, step] of path.entries()) {
    const [key, value] = memberOf(node, step);
    const isLast = depth === path.length - 1;
    const found = isLast && isKey ? startOf(key) : (startOf(value) ?? startOf(key));
    if (found === undefined) return offset;
    offset = found;
    node = value;
  }
  return offset;
};

/** The key and the value of a member; of an alias none, so that the alias itself is what is named. */
const memberOf = (node: Node | null, step: string | number): readonly [Node | null, Node | null] => {
  if (isMap(node)) {
    const pair = node.items.find(
      ({ key }) => isNode(key) && 'value' in key && String(key.value) === String(step),
    );
    return [asNode(pair?.key), asNode(pair?.value)];
  }
  if (isSeq(node)) return [null, asNode(node.items[Number(step)])];
  return [null, null];
};

const asNode = (value: unknown): Node | null => (isNode(value) ? value : null);

const startOf = (node: Node | null | undefined): number | undefined => node?.range?.[0] ?? undefined;
