-- Indexes for search and briefing.
--
-- Full-text search: docs/decisions/search.md says why these are indexes over expressions, and why workspace_id is not in them.
-- The expressions stand word for word in src/store/statements/search.ts: only so are these indexes used.
--
-- A result counts with the first 8,000 characters of its texts and numbers, so that no document that the limits allow
-- is over the megabyte that a tsvector may have. Punctuation separates words: `src/parse-url.ts` is found by `url`.
-- A short list of entries that wait to be sorted in keeps the writer who has to do that from waiting long.

create index tasks_search on tasks using gin (to_tsvector('simple', translate(description || ' ' || coalesce(jira_ticket, '') || ' ' || coalesce(repo, '') || ' ' || coalesce(replace(replace(replace(replace(left(
      jsonb_path_query_array(result, 'strict $.** ? (@.type() == "string" || @.type() == "number")')::text, 8000),
      '\\', ' '), '\n', ' '), '\r', ' '), '\t', ' '), ''), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~ «·»–—‘’“”•…→　、。，', repeat(' ', 49))))
  with (gin_pending_list_limit = 256);

create index goals_search on goals using gin (to_tsvector('simple', translate(description, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~ «·»–—‘’“”•…→　、。，', repeat(' ', 49))))
  with (gin_pending_list_limit = 256);

create index goals_of_repo on goals using gin (repos) with (gin_pending_list_limit = 256);

create index notes_search on notes using gin (to_tsvector('simple', translate(text, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~ «·»–—‘’“”•…→　、。，', repeat(' ', 49))))
  with (gin_pending_list_limit = 256);

-- What is under way or stuck, and what was finished last, among any number of tasks.
create index tasks_current on tasks (workspace_id, status, updated_at)
  where status in ('in_progress', 'blocked', 'failed') and not parked;
create index tasks_finished on tasks (workspace_id, completed_at) where completed_at is not null;
