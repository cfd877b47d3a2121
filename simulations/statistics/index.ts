export { type Interval, median, medianInterval } from './median.ts';
