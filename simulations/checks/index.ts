export { viewOfMembership } from './membership-view.ts';
