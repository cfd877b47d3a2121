export {
  FAR_FUTURE_MS,
  type HybridClock,
  isFarFuture,
  nextTimestamp,
  observeForeign,
  observeOwn,
  startOfTime,
} from './hybrid-clock.ts';
export { type Place, placeRecord } from './place.ts';
