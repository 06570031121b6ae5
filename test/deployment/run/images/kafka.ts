/**
 * Kafka as its image runs it: settings from variables, a user of its own, data in /var/lib/kafka/data. The
 * broker is of the jars that tests on the local Java use.
 */
import { cp, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { prepareLocalBroker } from '../../../kafka-broker/local-broker.ts';
import { imageOf } from '../../../setup/images.ts';
import { debian } from './debian.ts';
import { type Recipe, readBeside } from './recipe.ts';

const DOCKERFILE = `
FROM ${debian.tag}
RUN mkdir -p /usr/share/man/man1 && apt-get update \\
    && apt-get install -y --no-install-recommends openjdk-17-jre-headless \\
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 1000 --create-home appuser && mkdir -p /opt/kafka/config /var/lib/kafka/data \\
    && chown -R appuser /opt/kafka /var/lib/kafka
COPY --chmod=755 run.sh /etc/kafka/docker/run
COPY --chmod=755 libs/ /opt/kafka/libs/
USER appuser
EXPOSE 9092
VOLUME /var/lib/kafka/data
CMD ["/etc/kafka/docker/run"]
`;
const ENTRY_POINT = await readBeside('kafka-run.sh');

export const kafka: Recipe = {
  tag: imageOf('kafka'),
  fingerprint: DOCKERFILE + ENTRY_POINT + debian.fingerprint,
  base: debian,
  async make({ docker }, folder, label) {
    const { classpath } = await prepareLocalBroker();
    for (const jar of classpath.trim().split(delimiter)) {
      await cp(jar, join(folder, 'libs', basename(jar)));
    }
    await writeFile(join(folder, 'run.sh'), ENTRY_POINT);
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
    await docker('build', '--label', label, '--tag', kafka.tag, folder);
  },
};
