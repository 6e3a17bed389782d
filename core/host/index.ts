/** The public `tamga/core`: raw bytes in, columns and parsed codes out. */
export { compileCore, type LoadOptions, loadCore } from './load.js';
export * from './portable.js';
