// A module of its own, so that it can be loaded when it is needed: the library is CommonJS, whose names a bundle knows
// only where they are imported statically.
export { createClient } from 'redis';
