export { type Interval, median, medianInterval, SAMPLES_MIN } from './median.ts';
