export type { CpuWait, CpuWaits } from './cpu-waits.js';
export { HookDescriptor } from './hook-descriptor.js';
export { HookAnswer, HookEvent, type LoopHook, type LoopHooks } from './loop-hooks.js';
export type { Memory } from './memory.js';
export { type Native, native } from './native.js';
export { compiledFile } from './package-folder.js';
export { errnoName, type SystemCalls } from './system-calls.js';
export type { UvLoop } from './uv.js';
export { CpuFeature, WaitDescriptor, WaitEnd } from './wait-descriptor.js';
