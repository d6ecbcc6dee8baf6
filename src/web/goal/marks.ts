import { computed } from '@preact/signals';
import { isClosedTask } from '../../domain/closed-task.ts';
import { nowMs } from '../state/clock.ts';
import { loaded } from './store.ts';
import { isLate } from './task.ts';

const tasks = computed(() => [...(loaded.value?.tasks.values() ?? [])]);

/** The labels of a goal's tasks. */
export const labels = computed(() => [...new Set(tasks.value.flatMap((task) => task.labels))].sort());
const due = computed(() => tasks.value.filter(({ due_at }) => due_at !== null));
export const hasDue = computed(() => due.value.length > 0);
/** Tasks that should be done by now. */
export const lateCount = computed(() => due.value.filter((task) => isLate(task, nowMs.value)).length);
const hasCriteria = computed(() => tasks.value.some(({ criteria_met }) => criteria_met !== null));
/** Whether cards have a line for labels, dates and criteria: all of them, or none. */
export const hasMarks = computed(() => hasDue.value || labels.value.length > 0 || hasCriteria.value);
/** Tasks that ask for nothing more. */
export const closedCount = computed(() => tasks.value.filter(({ status }) => isClosedTask(status)).length);
