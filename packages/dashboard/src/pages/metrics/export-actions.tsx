/** The chosen rows as a file, and as a command that makes the same file elsewhere. */
import { Download } from 'lucide';
import { curlOf } from '../../format/curl.ts';
import { useNow } from '../../state/use-now.ts';
import { LinkButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { csvPath, type MetricsQuery } from './metrics-query.ts';

export function ExportActions({ query }: { readonly query: MetricsQuery }) {
  const path = csvPath(query, useNow());
  return (
    <>
      <CopyButton
        text={curlOf(path, window.location.origin)}
        what="the command"
        title="Copy as curl"
      />
      <LinkButton href={path} icon={Download} download="hookpulse.csv">
        Export CSV
      </LinkButton>
    </>
  );
}
