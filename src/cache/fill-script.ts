/**
 * Puts a value in the place of its reader's lease, and nowhere else. A write that came between took the lease away, and
 * so did a later reader's lease: what this reader read may be older than what they know of.
 */
export const fillScript = `
if redis.call('get', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`;
