import type { Surroundings } from './config/places.ts';
import { type Config, readConfig } from './config.ts';

/** The settings of a command that a person typed. The person hears once about settings that they may not expect. */
export function commandSettings(surroundings: Omit<Surroundings, 'reader'>, say: (line: string) => void) {
  let config: Config | undefined;
  const read = () => {
    if (config !== undefined) return config;
    config = readConfig({ ...surroundings, reader: 'command' });
    const { beside, files } = config.told;
    if (beside !== undefined) say(`Settings also come from ${beside}.`);
    for (const line of files) say(line);
    return config;
  };
  return {
    /** @throws GoalAgentError `configuration` with a line for each wrong variable */
    config: read,
    /** The same. The person also hears about all settings that are not used. */
    withNotices(): Config {
      const { told } = read();
      for (const line of told.notices) say(line);
      return read();
    },
  };
}
