/** Every limit on what one event may hold (docs/protocol/limits.md). A record past one is never authored nor accepted. */
export const EVENT_LIMITS = {
  /** Bytes of a whole record, codec byte included. */
  recordBytesMax: 256 * 1024,
  /** Levels of arrays and objects in a payload, the payload itself being the first. */
  payloadDepthMax: 64,
  /** UTF-8 bytes of an entity id, an actor, a relation id or a field name. */
  nameBytesMax: 512,
  /** UTF-8 bytes of an event type. */
  typeBytesMax: 256,
  /** Latest timestamp in milliseconds since 1970: the last instant that ECMAScript dates can name. */
  timestampMsMax: 8.64e15,
} as const;
