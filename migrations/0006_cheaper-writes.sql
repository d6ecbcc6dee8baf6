-- What the database does beside each write, cheaper.
--
-- Punctuation becomes a blank by one regular expression: translate compares each character with each of 49, and took
-- three quarters of what a task cost in its search index, again with every change of the task. docs/decisions/search.md has the figures.
-- White space of any kind is in it: PostgreSQL's parser takes some of it for a part of a word.
-- The expressions stand word for word in src/store/statements/search.ts: only so are these indexes used.

drop index tasks_search, goals_search, notes_search;

create index tasks_search on tasks using gin (to_tsvector('simple', regexp_replace(description || ' ' || coalesce(jira_ticket, '') || ' ' || coalesce(repo, '') || ' ' || coalesce(replace(replace(replace(replace(left(
      jsonb_path_query_array(result, 'strict $.** ? (@.type() == "string" || @.type() == "number")')::text, 8000),
      '\\', ' '), '\n', ' '), '\r', ' '), '\t', ' '), ''), '[!"#$%&''()*+,./:;<=>?@[\\\]^_`{|}~«·»–—‘’“”•…→、。，\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff-]+', ' ', 'g')))
  with (gin_pending_list_limit = 256);

create index goals_search on goals using gin (to_tsvector('simple', regexp_replace(description, '[!"#$%&''()*+,./:;<=>?@[\\\]^_`{|}~«·»–—‘’“”•…→、。，\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff-]+', ' ', 'g')))
  with (gin_pending_list_limit = 256);

create index notes_search on notes using gin (to_tsvector('simple', regexp_replace(text, '[!"#$%&''()*+,./:;<=>?@[\\\]^_`{|}~«·»–—‘’“”•…→、。，\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff-]+', ' ', 'g')))
  with (gin_pending_list_limit = 256);

-- No statement looks for an image, a result or metadata by its value: nothing has to be known of how the values are spread.
alter table events
  alter column before set statistics 0,
  alter column after set statistics 0;
alter table tasks alter column result set statistics 0;
alter table goals alter column metadata set statistics 0;
