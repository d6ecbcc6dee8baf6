/**
 * The sizes that the product accepts. A value over a limit is an error that names the limit; nothing is ever cut on the
 * way in.
 */
export const limits = {
  /** Characters of a goal's or task's description. */
  description: 10_000,
  /** Characters of a note. */
  note: 10_000,
  /** Characters of a short field: a task's type, repository, ticket, effort or tool, a repository of a goal. */
  shortText: 200,
  /** Characters of a reason. */
  reason: 1_000,
  /** Entries of a goal's `repos` or a task's `tools`. */
  listEntries: 100,
  /** Characters of a label, and labels of a goal or task. */
  label: 60,
  labels: 20,
  /** Characters of a criterion, and criteria of a task. */
  criterion: 300,
  criteria: 20,
  /** Levels of goals, from one without a parent to those that have no sub-goals. */
  goalLevels: 8,
  /** Bytes of a goal's metadata or a task's result, as JSON in UTF-8. */
  jsonBytes: 256 * 1024,
  /** Levels of nesting in metadata and result. PostgreSQL's own parser gives up at some thousands; no real document nears this. */
  jsonDepth: 100,
  /** Digits of a number in metadata and result. PostgreSQL takes no more behind the point. */
  numberDigits: 16_383,
  subtasksPerCall: 1_000,
  updatesPerCall: 500,
  taskIdsPerCall: 500,
  dependenciesPerTask: 200,
  /** Entries of one page. */
  page: 200,
} as const;

/** Rows that are counted at most: to count on takes longer than to list some. A count that is so high means "at least". */
export const countedAtMost = {
  /** Of a list. */
  rows: 1_000,
  /** Goals of several labels, or of a label in a repository: whether one counts is seen only by looking at it. */
  labelled: 200,
  /** Of each list of a briefing, which has many of them; ready tasks and goals are lists of their own. */
  briefed: 200,
  /** Goals of a workspace, with their tasks. */
  goals: 500,
  /** Goals below one goal. */
  below: 10_000,
} as const;

/**
 * The amount of stored text that one answer carries. Answers go into a model's context window:
 * docs/decisions/bounded-answers.md.
 */
export const answerBudget = {
  /** Characters of the JSON of one answer. */
  total: 18_000,
  /** Characters of a description in a list. */
  listText: 240,
  /** Characters of metadata or a result, as JSON, in a list. */
  listJson: 240,
  /** Characters of a note that is shown with its goal or task. */
  noteText: 500,
  /** Task IDs of a goal in a list of goals. */
  listIds: 10,
  /** Characters of metadata or a result, as JSON, where one goal or task is asked for. */
  json: 12_000,
} as const;
