export { IdleBudget } from './idle-budget.js';
export { type IdlePreset, type IdleSettings, idlePresets } from './idle-settings.js';
export { Inflow } from './inflow.js';
export { type KernelWait, KernelWaitEnd } from './kernel-wait.js';
export { MailboxPoller } from './mailbox-poller.js';
export { Nap } from './nap.js';
export type { Poller } from './poller.js';
export { RingPoller } from './ring-poller.js';
export { Scheduler } from './scheduler.js';
export type { SchedulerParts } from './scheduler-parts.js';
export { SleepState } from './sleep-state.js';
export { glance, SpinEnd, spin } from './spin.js';
export { Stage } from './stage.js';
export { describeUmwaitControl } from './umwait-control.js';
export {
  chooseWaiter,
  isWaiterAvailable,
  Waiter,
  type WaiterChoice,
  type WaiterName,
  whyNoWaiter,
} from './waiter.js';
