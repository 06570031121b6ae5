/** Grey shapes where something will be, of the same size, so that nothing moves when it comes. */
import './skeleton.css';

export function Skeleton({ width = '100%', height = 14 }: SkeletonProps) {
  return <span class="skeleton" style={{ width, height: `${height}px` }} aria-hidden="true" />;
}

interface SkeletonProps {
  readonly width?: string;
  /** Pixels. */
  readonly height?: number;
}
