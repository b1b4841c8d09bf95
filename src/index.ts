export type { RegisterIO } from './register-io.js';
