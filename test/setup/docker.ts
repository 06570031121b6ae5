/** Whether there is a container engine to run servers in. */
import { getContainerRuntimeClient } from 'testcontainers';

export async function isDockerAnswering(): Promise<boolean> {
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}
