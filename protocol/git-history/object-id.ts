/** SHA-1 in 40 lower-case hex characters, or SHA-256 in 64. */
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** True for the full id of a git object. */
export const isObjectId = (text: string): boolean => OBJECT_ID.test(text);

/** Id of the tree without entries, which git knows in every repository, in the same hash as `id`. */
export const emptyTreeLike = (id: string): string =>
  id.length === 40
    ? '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    : '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321';
