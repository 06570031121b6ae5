/** A table whose rows have not come yet. */
import { Skeleton } from './skeleton.tsx';

const ROWS = 12;

export function TableSkeleton() {
  return (
    <div class="table" aria-busy="true">
      {Array.from({ length: ROWS }, (_, index) => (
        <div key={index} class="skeleton-row">
          <Skeleton width={`${24 + ((index * 17) % 23)}%`} />
          <Skeleton width="72px" />
          <Skeleton width="48px" />
        </div>
      ))}
      <span class="visually-hidden" role="status">
        Loading
      </span>
    </div>
  );
}
