import { makeRepository, type NewCommit, type NewFile } from './make-repository.ts';

/**
 * Makes a small bare repository to try things with, the same to the last bit on every machine: 31 commits of
 * three sample authors. It holds what makes histories hard:
 * - `plans/trip.md`: two branches changed it differently, the merge made a third text of them;
 * - `plans/packing.md`: deleted on one branch, changed on the other, kept by the merge;
 * - `README.md`: the same change on two branches, so that their merge changes nothing;
 * - Sample Author A on two branches at once, a merge of three, a symbolic link, a change of mode alone, a file
 *   that becomes a folder, a text that returns to what it was, and a path with blanks, quotes and umlauts.
 *
 * @param folder a new or empty folder
 * @throws SmoError as `makeRepository` does
 */
export const makeSampleRepository = (folder: string): Promise<void> => makeRepository(folder, SAMPLE_COMMITS);

/** 2024-01-01T08:00:00Z; each commit is an hour later than the one before. */
const FIRST_AT_SECONDS = 1_704_096_000;

const A = 'Sample Author A <author-a@sample.invalid>';
const B = 'Sample Author B <author-b@sample.invalid>';
const C = 'Sample Author C <author-c@sample.invalid>';

type SampleCommit = readonly [
  author: string,
  parents: readonly number[],
  message: string,
  /** Texts by path, null to delete. */
  texts: Readonly<Record<string, string | null>>,
];

const ODD_PATH = 'notes/zwei Wörter, "quoted".txt';

/** In the order of their indices, by which `parents` names them. */
const COMMITS: readonly SampleCommit[] = [
  [
    A,
    [],
    'Begin the notebook',
    { 'README.md': 'A notebok\n', 'notes/shopping.md': 'bread\n', 'notes/ideas.md': '-\n' },
  ],
  [A, [0], 'Plan a trip', { 'plans/trip.md': 'Go by train.\n' }],
  [B, [1], 'Start a packing list', { 'plans/packing.md': 'socks\n' }],
  [C, [2], 'Add a file with an odd name', { [ODD_PATH]: 'odd\n' }],
  [A, [3], 'Name a first idea', { 'notes/ideas.md': '- a garden\n' }],
  // B plans the trip on a branch while A does so on the main line.
  [B, [4], 'Go by boat', { 'plans/trip.md': 'Go by boat.\n' }],
  [B, [5], 'Add a route', { 'plans/route.md': 'down the river\n' }],
  [A, [4], 'Go by bicycle', { 'plans/trip.md': 'Go by bicycle.\n' }],
  [A, [7], 'Add a tool', { 'tools/count.sh': 'wc -l notes/*\n' }],
  [
    A,
    [8, 6],
    'Merge the boat trip',
    { 'plans/trip.md': 'Boat, then bicycle.\n', 'plans/route.md': 'down the river\n' },
  ],
  // A and C fill the pantry on a branch while A also shops on the main line.
  [C, [9], 'Open a pantry', { 'pantry/list.md': 'rice\n', 'pantry/jam.md': 'plum\n' }],
  [A, [9], 'Shop for milk', { 'notes/shopping.md': 'bread\nmilk\n' }],
  [C, [10], 'Fill the pantry', { 'pantry/list.md': 'rice\nbeans\n' }],
  [A, [12], 'Make more jam', { 'pantry/jam.md': 'plum\ncherry\n' }],
  [A, [11], 'Shop for tea', { 'notes/shopping.md': 'bread\nmilk\ntea\n' }],
  [B, [14], 'Drop the packing list', { 'plans/packing.md': null }],
  [B, [13], 'Pack jam', { 'plans/packing.md': 'socks\njam\n' }],
  [
    C,
    [15, 16],
    'Merge the pantry, keep the packing list',
    {
      'pantry/list.md': 'rice\nbeans\n',
      'pantry/jam.md': 'plum\ncherry\n',
      'plans/packing.md': 'socks\njam\n',
    },
  ],
  // Both mend the same word.
  [A, [17], 'Mend a word', { 'README.md': 'A notebook\n' }],
  [B, [17], 'Mend a word', { 'README.md': 'A notebook\n' }],
  [A, [18, 19], 'Merge the mended word', {}],
  [A, [20], 'Name another idea', { 'notes/ideas.md': '- a garden\n- a boat\n' }],
  [B, [20], 'Add notes of B', { 'notes/of-b': 'B was here\n' }],
  [C, [20], 'Add notes of C', { 'notes/of-c': 'C was here\n' }],
  [A, [21, 22, 23], 'Merge all notes', { 'notes/of-b': 'B was here\n', 'notes/of-c': 'C was here\n' }],
  [B, [24], 'Make the tool executable', { 'tools/count.sh': 'wc -l notes/*\n' }],
  [C, [25], 'Link to the newest note', { 'notes/newest': 'of-c' }],
  [B, [25], 'Make a folder of a file', { 'notes/of-b': null, 'notes/of-b/part one': 'B was here\n' }],
  [A, [26, 27], 'Merge the folder', { 'notes/of-b': null, 'notes/of-b/part one': 'B was here\n' }],
  [C, [28], 'Need but bread again', { 'notes/shopping.md': 'bread\n' }],
  [
    A,
    [29],
    'Close the notebook',
    { 'README.md': 'A notebook, full\n', 'notes/of-c': null, 'notes/newest': null },
  ],
];

/** Modes of the files that are not plain, by path, from the commit with this index on. */
const MODES: Readonly<Record<string, readonly [from: number, mode: NonNullable<NewFile['mode']>]>> = {
  'tools/count.sh': [25, '100755'],
  'notes/newest': [0, '120000'],
};

const SAMPLE_COMMITS: readonly NewCommit[] = COMMITS.map(([author, parents, message, texts], index) => ({
  author,
  parents,
  message,
  atSeconds: FIRST_AT_SECONDS + index * 3600,
  files: Object.entries(texts).map(([path, content]) => {
    const [from, mode] = MODES[path] ?? [0, '100644'];
    return { path, content, mode: index >= from ? mode : '100644' };
  }),
}));
