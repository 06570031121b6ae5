/**
 * `npm run test:deployment`: builds the images, runs docker-compose.yml and the container that has
 * everything, breaks them, and counts. The last line is `Deployment: 41 passed, 0 failed, 0 skipped`.
 *
 * It takes the Docker of this machine; with `CI=true` it installs and starts one where there is none, and
 * where that is not possible, it is skipped with the reason on screen. What it starts has a name of its own,
 * and is removed in the end; images stay for the next run.
 */
import { composeCommand } from './compose-command.ts';
import { ComposeProject } from './compose-project.ts';
import { runComposeScenario, SCENARIO_ENV } from './compose-scenario.ts';
import { type DockerEngine, openDockerEngine } from './docker-engine.ts';
import { clickhouse } from './images/clickhouse.ts';
import { kafka } from './images/kafka.ts';
import { mailpit } from './images/mailpit.ts';
import { nodeBase } from './images/node-base.ts';
import { ensureImage } from './images/recipe.ts';
import { NotRunnableHereError, neededHere } from './not-runnable-here.ts';
import { runOneContainerScenario } from './one-container-scenario.ts';
import {
  assertRegistryIsReached,
  buildProjectImages,
  SLIM_IMAGE,
  WHOLE_IMAGE,
} from './project-images.ts';
import { Report } from './report.ts';

const SHOWN_LOG_LINES = '15';

const report = new Report();
/** What has been started, to be undone in reverse, whatever happens. */
const undo: (() => Promise<unknown>)[] = [];
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A signal to the whole process group comes several times: npm and the launcher pass it on.
  process.on(signal, () => {
    if (isEnding) return;
    isEnding = true;
    void cleanUp().finally(() => process.exit(1));
  });
}
try {
  const engine = await neededHere('Docker', openDockerEngine);
  undo.push(() => engine.close());
  const compose = await neededHere('Docker Compose', () => composeCommand(engine.client));
  const standIns = await neededHere('images', () => makeBases(engine));
  await makeImages(engine, standIns);
  await independent(() => runOneContainerScenario(engine, report));
  const project = await ComposeProject.create(engine, compose, SCENARIO_ENV);
  undo.push(() => project.close());
  await independent(() => runComposeScenario(engine, project, report)).then(async (isGreen) => {
    if (!isGreen) console.log(await project.compose('logs', '--tail', SHOWN_LOG_LINES));
  });
} catch (error) {
  if (error instanceof NotRunnableHereError && process.env.CI === 'true') {
    report.skip(error.message);
  } else {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} finally {
  await cleanUp();
}
console.log(report.lastLine());
if (!report.isGreen) process.exitCode = 1;

/** A part that fails does not keep the next one from running. @returns whether it was green */
async function independent(part: () => Promise<void>): Promise<boolean> {
  // The report has said what was wrong.
  return part().then(
    () => true,
    () => false,
  );
}

/** What the images of the project, and those beside it, are made from. @returns the tags that could not be pulled */
async function makeBases(engine: DockerEngine): Promise<string[]> {
  const standIns: string[] = [];
  for (const recipe of [nodeBase, kafka, mailpit]) {
    if (await ensureImage(engine, recipe)) standIns.push(recipe.tag);
  }
  await assertRegistryIsReached(engine, nodeBase.tag);
  return standIns;
}

async function makeImages(engine: DockerEngine, standIns: string[]): Promise<void> {
  await report.step('the images are there', async () => {
    await buildProjectImages(engine);
    if (await ensureImage(engine, clickhouse)) standIns.push(clickhouse.tag);
    return standIns.length === 0 ? 'all pulled' : `made here: ${standIns.join(', ')}`;
  });
  for (const image of [SLIM_IMAGE, WHOLE_IMAGE]) {
    await report.step(`the size of ${image}`, async () => {
      const bytes = Number(await engine.docker('image', 'inspect', '-f', '{{.Size}}', image));
      return `${Math.round(bytes / 1e6)} MB unpacked`;
    });
  }
}

async function cleanUp(): Promise<void> {
  for (const step of undo.splice(0).toReversed()) {
    await step().catch((error: unknown) => console.error(String(error)));
  }
}
