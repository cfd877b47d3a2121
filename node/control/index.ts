export { connectControl } from './client.ts';
export { type ControlServer, createControlServer } from './server.ts';
