export {
  type ConformanceCase,
  compareConformance,
  runConformanceCase,
  type ViewDifference,
} from './conformance-case.ts';
export {
  type ConformanceCandidate,
  type ConformanceConflict,
  type ConformanceView,
  conformanceView,
} from './conformance-view.ts';
export {
  type ImportChain,
  type ImportPlan,
  type ImportSight,
  type ImportStep,
  type LateEvent,
  planImport,
} from './import-plan.ts';
export { type BundleHeader, writeSmoOsBundle } from './smo-os-bundle.ts';
export { sees, supersedes } from './smo-os-causality.ts';
export { LEGACY_ORIGIN, parseSmoOsEvent, type SmoOsEvent, type SmoOsEventFault } from './smo-os-event.ts';
export { deviceIdFromPem, parseSmoOsRegistry, type RegisteredKey } from './smo-os-keys.ts';
export { parseSmoOsLines, type SmoOsLine, type SmoOsLines, type SmoOsLinesFault } from './smo-os-lines.ts';
export type { SmoOsManifestFault } from './smo-os-manifest.ts';
export { type MergedSmoOsEvents, mergeSmoOsEvents, type SmoOsSource } from './smo-os-merge.ts';
export {
  type PlacedSegmentFault,
  type SmoOsFolder,
  type SmoOsFolderReport,
  type SmoOsSegmentFault,
  type SmoOsSegmentFiles,
  type SmoOsSegmentReport,
  verifySmoOsFolder,
} from './smo-os-segment.ts';
export { draftOfSmoOs, originalOf, smoOsOf } from './smo-os-source.ts';
