import type { Surroundings } from './config/places.ts';
import { type Config, readConfig } from './config.ts';

/** The settings of a command that a person typed, who is told once what they may not expect of them. */
export function commandSettings(surroundings: Omit<Surroundings, 'reader'>, say: (line: string) => void) {
  let config: Config | undefined;
  const read = () => {
    if (config !== undefined) return config;
    config = readConfig({ ...surroundings, reader: 'command' });
    const { beside, files } = config.told;
    if (beside !== undefined) say(`Settings are taken from ${beside} too.`);
    for (const line of files) say(line);
    return config;
  };
  return {
    /** @throws GoalAgentError `configuration` with a line for each wrong variable */
    config: read,
    /** The same; the person is told of all that was seen and is not used, too. */
    withNotices(): Config {
      const { told } = read();
      for (const line of told.notices) say(line);
      return read();
    },
  };
}
