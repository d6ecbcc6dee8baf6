import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The receiver is at an address that only this machine or its network has. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';

  constructor() {
    super('the address is not public');
  }
}

/** Whether anybody on the internet means the same machine by this address. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` sees an IPv4 address inside of an IPv6 one
  return ipaddr.process(address).range() === 'unicast';
}

/** The host of a URL as an IP address, if it is one. */
export function addressIn({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/**
 * Resolves a name for a connection that is being made, and refuses addresses that are not public: what the name stood for
 * before does not count. Hosts that are addresses are not resolved, so nobody comes here for them (addressIn).
 */
export function publicLookup(lookup: typeof resolve = resolve): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) callback(error ?? new Error('no address'), '', 0);
      else if (!found.every(({ address }) => isPublic(address))) callback(new PrivateAddressError(), '', 0);
      else if (options.all) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}
